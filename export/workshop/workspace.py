"""The export cache: steps that are named by a hash of all that goes into them, so that they are done once.

A step is built in a temporary folder and renamed when complete. An interrupted step leaves nothing that looks finished,
and the next run continues after the last complete one.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edgemm.errors import EdgemmError, StorageError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_TEXTS = tuple(os.strerror(number) for number in _FULL)


def cache_root() -> Path:
    """`$EDGEMM_CACHE`, or .cache/edgemm in the working folder when it is unset or empty."""
    return Path(os.environ.get("EDGEMM_CACHE") or ".cache/edgemm")


def content_hash(key: Any) -> str:
    """16 hexadecimal digits for anything that JSON can hold (paths and models as text)."""
    return hashlib.sha256(json.dumps(key, sort_keys=True, default=str).encode()).hexdigest()[:16]


def step_folder(parent: Path, label: str, key: Any) -> Path:
    """Where the result of a step is or will be."""
    return parent / f"{label}-{content_hash(key)}"


def once(parent: Path, label: str, key: Any, build: Callable[[Path], None]) -> Path:
    """The folder that `build` fills, built only if no run has built it with the same key.

    Raises StorageError when the disk is full; what `build` raises passes through.
    """
    folder = step_folder(parent, label, key)
    if folder.is_dir():
        return folder
    building = folder.with_name(f".{folder.name}.{os.getpid()}")
    with storage_errors(f"cannot write {folder}"):
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        try:
            build(building)
            try:
                building.rename(folder)
            except OSError:
                if not folder.is_dir():  # else another process was faster, with the same content
                    raise
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return folder


@contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """Turn every form in which libraries say "disk full" into one StorageError."""
    try:
        yield
    except EdgemmError:
        raise
    except Exception as error:
        full = isinstance(error, OSError) and error.errno in _FULL
        if full or any(text in str(error) for text in _FULL_TEXTS):
            raise StorageError(
                what, found=error, remedy="Free some space and run it again; bundles already written are untouched."
            ) from error
        raise


def prune(parent: Path, keep: set[Path]) -> None:
    """Delete results of earlier versions of the steps in `parent`, and what killed processes left half done."""
    for folder in parent.iterdir():
        unfinished = folder.name.startswith(".")
        if folder.is_dir() and folder not in keep and not (unfinished and _is_running(folder.suffix[1:])):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: str) -> bool:
    return process.isdigit() and Path("/proc", process).exists()
