"""`~` in a configuration, also where there is no home: containers and services run as users that nobody knows."""

from __future__ import annotations

import os
import pwd
from pathlib import Path


def expanded(path: Path) -> Path:
    """`path` with its `~` replaced. Raises ValueError where that is nobody's home."""
    if not str(path).startswith("~"):
        return path
    whose, *rest = path.parts
    home = _home_of(whose[1:])
    if home is None:
        raise ValueError(f"a path without '{whose}', for there is no such home folder")
    return home.joinpath(*rest)


def expanded_or_none(path: Path | None) -> Path | None:
    """The same for what can do without: None where there is no home."""
    try:
        return path if path is None else expanded(path)
    except ValueError:
        return None


def expanded_source(source: str) -> str:
    """The same for a camera's source, which may be a path."""
    return str(expanded(Path(source))) if source.startswith("~") else source


def _home_of(user: str) -> Path | None:
    """$HOME for the own one (""), or what the system says where that is empty or no place."""
    own = Path(os.environ.get("HOME", ""))
    if not user and own.is_absolute():
        return own
    try:
        return Path(pwd.getpwnam(user).pw_dir if user else pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        return None
