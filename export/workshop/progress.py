"""Progress of exports on standard error: one bar per recipe, notes above them."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress(Protocol):
    """What the line tells while it works."""

    def start(self, recipe: str, steps: int) -> None: ...

    def step(self, what: str) -> None: ...

    def note(self, line: str) -> None: ...

    def finish(self, what: str) -> None: ...


class Quiet:
    """Tells nothing."""

    def start(self, recipe: str, steps: int) -> None: ...

    def step(self, what: str) -> None: ...

    def note(self, line: str) -> None: ...

    def finish(self, what: str) -> None: ...


class ProgressBars:
    """Bars on a terminal; on a pipe a line per step."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._bars = Bars(
            TextColumn("{task.fields[recipe]:<18}"), BarColumn(bar_width=24), TimeElapsedColumn(),
            TextColumn("{task.description}"), console=self._console, disable=not self._console.is_terminal,
        )  # fmt: skip
        self._task: TaskID | None = None
        self._recipe = ""
        self._begun = 0

    def __enter__(self) -> ProgressBars:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._task is not None and error is not None:
            self._bars.update(self._task, description="stopped" if kind is KeyboardInterrupt else "failed")
        self._bars.stop()
        if kind is KeyboardInterrupt:
            self.note(f"{self._recipe}: stopped; the next run continues after the last complete step")

    def start(self, recipe: str, steps: int) -> None:
        self._recipe, self._begun = recipe, 0
        self._task = self._bars.add_task("", total=steps, recipe=recipe)

    def step(self, what: str) -> None:
        """A step begins; the ones before it are complete."""
        if not self._console.is_terminal:
            self.note(f"{self._recipe}: {what}")
        elif self._task is not None:
            self._bars.update(self._task, description=what, completed=self._begun)
            self._begun += 1

    def note(self, line: str) -> None:
        self._console.print(line, markup=False, soft_wrap=True)

    def finish(self, what: str) -> None:
        if not self._console.is_terminal:
            self.note(f"{self._recipe}: {what}")
        elif self._task is not None:
            total = self._bars.tasks[-1].total
            self._bars.update(self._task, description=what, completed=total)
