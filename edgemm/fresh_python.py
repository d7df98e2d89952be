"""A Python process of our own, in whatever folder we were started: what lies there is not taken for a library."""

from __future__ import annotations

import sys
from pathlib import Path

_ROOT = str(Path(__file__).resolve().parent.parent)


def run_module(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours."""
    return run_code(f"import runpy; runpy.run_module({module!r}, run_name='__main__', alter_sys=True)", *arguments)


def run_code(code: str, *arguments: str) -> list[str]:
    """The command that runs `code`, which may import our packages and what they need."""
    return [sys.executable, "-c", f"import sys; sys.path[0] = {_ROOT!r}\n{code}", *arguments]
