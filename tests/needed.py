"""What a test needs beside the checkout. Where it must be there (`make test`), its absence fails and never skips."""

from __future__ import annotations

import importlib
import os
import shutil
from typing import Any, NoReturn

import pytest


def lack(what: str) -> NoReturn:
    """Skip, saying what is missing; with EDGEMM_REQUIRE_BUNDLES=1 (`make test`) fail."""
    if os.environ.get("EDGEMM_REQUIRE_BUNDLES") == "1":
        pytest.fail(what)
    pytest.skip(what, allow_module_level=True)


def programs(*names: str) -> None:
    """Programs that must be on the PATH; without one see `lack`. As a mark: `@pytest.mark.needs("flite")`."""
    if missing := [name for name in names if shutil.which(name) is None]:
        lack(f"needs {', '.join(missing)}: `make setup` installs what tests need")


def module(name: str) -> Any:
    """A Python module of an extra; without it see `lack`."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        lack(f"needs the module {name}: {error}")
