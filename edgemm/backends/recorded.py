"""What a task's graphs are given while it works: for calibration and for measuring a typical call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from edgemm.backends import InferenceSession
from edgemm.bundles.tensors import Array

Call = tuple[str, dict[str, Array]]
"""Graph role and the inputs by the graph's own tensor names."""


class _Recorder:
    def __init__(self, role: str, session: InferenceSession, calls: list[Call]) -> None:
        self.inputs, self.outputs = session.inputs, session.outputs
        self._role, self._session, self._calls = role, session, calls

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        self._calls.append((self._role, {name: array.copy() for name, array in inputs.items()}))
        return self._session.run(inputs)


def recorded(sessions: dict[str, InferenceSession], work: Iterable[object]) -> Iterator[Call]:
    """Do the lazy `work` and yield every call that it makes to `sessions`, which are as before afterwards."""
    calls: list[Call] = []
    before = dict(sessions)
    sessions.update({role: _Recorder(role, session, calls) for role, session in before.items()})
    try:
        for _ in work:
            yield from calls
            calls.clear()
        yield from calls
    finally:
        sessions.update(before)
