"""The file or folder that `camera.source` names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

FILE_SCHEME = "file:"


def path_of(source: str) -> Path:
    """A plain path or `file:///media/film%201.mp4`, as a path."""
    if source.lower().startswith(FILE_SCHEME):
        source = unquote(source[len(FILE_SCHEME) :].removeprefix("//localhost").removeprefix("//"))
    return Path(source)


def is_there(path: Path) -> bool:
    """Whether it exists, as far as one may look."""
    return holds(path.exists)


def holds(question: Callable[[], bool]) -> bool:
    """The answer of `path.is_dir` and the like; False too where the system refuses the very name (an address with a
    long token) or a look into its folder."""
    try:
        return question()
    except OSError:
        return False


def found(source: str, folder: Path) -> str:
    """`source`, or the path of what has that name in `folder` when the working folder has nothing of it."""
    beside = folder / path_of(source)
    return str(beside) if not is_there(path_of(source)) and is_there(beside) else source
