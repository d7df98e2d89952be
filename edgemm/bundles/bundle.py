"""Bundle: the folder that export writes and the runtime reads. The contract between the two sides."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from edgemm.bundles.manifest import SCHEMA_VERSION, Graph, Manifest
from edgemm.errors import BundleError, StorageError

MANIFEST_FILE = "manifest.json"
REPORT_FILE = "report.json"
DIGEST_FILE = "manifest.sha256"
"""The manifest's own SHA-256, as `sha256sum -c` reads it. What signs a bundle signs this file."""
OWN_FILES = frozenset({MANIFEST_FILE, DIGEST_FILE})
"""Files of a bundle that its manifest cannot list."""
MOST_MANIFEST_BYTES = 16 << 20

Settings = TypeVar("Settings", bound=BaseModel)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as lower-case hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


class Bundle:
    """An opened bundle whose files have been checked against the manifest's hashes."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @classmethod
    def open(cls, folder: Path | str, *, task: str | None = None) -> Bundle:
        """Open and check a bundle: digest, schema, hashes, gates, host, and `task` if given. Raises BundleError."""
        folder = Path(folder)
        manifest = _read_manifest(folder)
        for name, expected in manifest.files.items():
            _check_file(folder, name, expected)
        _check_gates(folder, manifest)
        _check_host(folder, manifest)
        if task is not None and manifest.task != task:
            raise BundleError(f"bundle {folder}: wrong task", expected=task, found=manifest.task)
        return cls(folder, manifest)

    def path(self, name: str) -> Path:
        """Path of a file of the bundle; BundleError if the manifest does not list it."""
        if name not in self.manifest.files:
            raise BundleError(f"bundle {self.folder}: the manifest lists no file '{name}'")
        return self.folder / name

    def unlisted(self) -> list[str]:
        """Files in the folder that the manifest does not list, by name."""
        there = {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if not path.is_dir()}
        return sorted(there - set(self.manifest.files) - OWN_FILES)

    def text(self, name: str) -> str:
        """A file of the bundle as text; BundleError if it is none."""
        try:
            return self.path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BundleError(f"bundle {self.folder}: '{name}' is no UTF-8 text", found=error) from error

    def graph(self, role: str, *, takes: Iterable[str] = (), gives: Iterable[str] = ()) -> Graph:
        """A graph by role, with at least the tensors that a task needs by role; BundleError if there is none."""
        if role not in self.manifest.graphs:
            raise BundleError(f"bundle {self.folder}: no graph '{role}'", found=", ".join(self.manifest.graphs))
        graph = self.manifest.graphs[role]
        for way, wanted, there in (("input", takes, graph.inputs), ("output", gives, graph.outputs)):
            if missing := [name for name in wanted if name not in there]:
                raise BundleError(
                    f"bundle {self.folder}: graph '{role}' lacks an {way}",
                    expected=", ".join(missing),
                    found=", ".join(there) or "none",
                )
        return graph

    def graph_path(self, role: str) -> Path:
        """Path of the ONNX file of a graph by role; BundleError if there is none."""
        return self.path(self.graph(role).file)

    def settings(self, model: type[Settings]) -> Settings:
        """The manifest's task settings, checked by the task's model."""
        try:
            return model.model_validate(self.manifest.settings)
        except ValidationError as error:
            raise BundleError(f"bundle {self.folder}: settings do not fit {model.__name__}", found=error) from error


def write_bundle(folder: Path, manifest: Manifest, files: Mapping[str, Path]) -> Bundle:
    """Write a bundle atomically: a temporary folder beside it, fsync, rename. The old one stays until then.

    `files` maps each name in the bundle to the file to copy; `manifest.files` is filled in here.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    new, old = (folder.with_name(f".{folder.name}.{state}") for state in ("new", "old"))
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        new.mkdir()
        for name, path in files.items():
            target = new / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        complete = manifest.model_copy(update={"files": {name: sha256_of(new / name) for name in sorted(files)}})
        (new / MANIFEST_FILE).write_text(complete.model_dump_json(indent=2) + "\n", encoding="utf-8")
        (new / DIGEST_FILE).write_text(_digest_line(sha256_of(new / MANIFEST_FILE)), encoding="ascii")
        for path in [*new.rglob("*"), new]:
            _fsync(path)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        _fsync(folder.parent)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise StorageError(
            f"cannot write bundle {folder}", found=error, remedy="Free some space; the old bundle is untouched."
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    return Bundle(folder, complete)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST_FILE
    try:
        if path.stat().st_size > MOST_MANIFEST_BYTES:
            raise BundleError(f"bundle {folder}: {MANIFEST_FILE} is too large", expected=f"{MOST_MANIFEST_BYTES} bytes")
        text = path.read_bytes()
    except FileNotFoundError:
        raise BundleError(
            f"no bundle at {folder}", expected=MANIFEST_FILE, remedy="Export one with `edgemm export`."
        ) from None
    except OSError as error:
        raise BundleError(f"bundle {folder}: cannot read {MANIFEST_FILE}", found=error) from error
    _check_digest(folder, hashlib.sha256(text).hexdigest())
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"bundle {folder}: cannot read {MANIFEST_FILE}", found=error) from error
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if version != SCHEMA_VERSION:
        raise BundleError(
            f"bundle {folder}: manifest schema",
            expected=f"version {SCHEMA_VERSION}",
            found=f"version {version}",
            remedy="Update edgemm, or export the bundle with this version.",
        )
    try:
        return Manifest.model_validate(raw)
    except ValidationError as error:
        raise BundleError(f"bundle {folder}: {MANIFEST_FILE} is malformed", found=error) from error


def _digest_line(sha256: str) -> str:
    return f"{sha256}  {MANIFEST_FILE}\n"


def _check_digest(folder: Path, sha256: str) -> None:
    """The manifest is the one that was written with the digest beside it."""
    try:
        stated = (folder / DIGEST_FILE).read_bytes()
    except OSError as error:
        raise BundleError(
            f"bundle {folder}: nothing vouches for its manifest",
            expected=DIGEST_FILE,
            found=error.strerror,
            remedy="Export the bundle again with `edgemm export`.",
        ) from error
    if stated != _digest_line(sha256).encode():
        raise BundleError(
            f"bundle {folder}: {MANIFEST_FILE} or {DIGEST_FILE} is damaged",
            expected=f"SHA-256 {sha256[:12]}…",
            found=repr(stated[:12])[1:],
            remedy="Copy the bundle again, or export it with `edgemm export`.",
        )


def _check_file(folder: Path, name: str, expected: str) -> None:
    """The file is there, inside the bundle, and has the hash that the manifest states."""
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise BundleError(f"bundle {folder}: the manifest lists a file outside the bundle", found=repr(name))
    try:
        found = sha256_of(folder / name)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise BundleError(
            f"bundle {folder}: a file is missing", expected=name, found=error, remedy="Copy or export the bundle again."
        ) from error
    if found != expected:
        raise BundleError(
            f"bundle {folder}: file '{name}' is damaged",
            expected=f"SHA-256 {expected[:12]}…",
            found=f"{found[:12]}…",
            remedy="Copy or export the bundle again.",
        )


def _check_gates(folder: Path, manifest: Manifest) -> None:
    failed = [figure.name for figure in manifest.figures if figure.is_gate and not figure.holds]
    if failed:
        raise BundleError(f"bundle {folder}: a gate did not hold", found=", ".join(failed), remedy="Export it again.")


def _check_host(folder: Path, manifest: Manifest) -> None:
    if manifest.host is None:
        return
    from edgemm.host import host_signature

    here = host_signature().as_dict()
    different = {key: value for key, value in manifest.host.items() if here.get(key) != value}
    if different:
        raise BundleError(
            f"bundle {folder}: built for another host",
            expected=different,
            found={key: here.get(key) for key in different},
            remedy="Build the engine on this host.",
        )
