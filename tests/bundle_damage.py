"""Bundles changed on purpose: another manifest with its right digest, so that only the change itself is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edgemm.bundles.bundle import DIGEST_FILE, MANIFEST_FILE


def write_manifest(folder: Path, text: str) -> None:
    """Any text as the manifest, with the digest that fits it."""
    (folder / MANIFEST_FILE).write_text(text, encoding="utf-8")
    digest = hashlib.sha256((folder / MANIFEST_FILE).read_bytes()).hexdigest()
    (folder / DIGEST_FILE).write_text(f"{digest}  {MANIFEST_FILE}\n", encoding="ascii")


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """The manifest's content changed in place."""
    content = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    change(content)
    write_manifest(folder, json.dumps(content))


def replace_file(folder: Path, name: str, data: bytes) -> None:
    """A file with other content, and the hash that fits it."""
    (folder / name).write_bytes(data)
    edit_manifest(folder, lambda content: content["files"].update({name: hashlib.sha256(data).hexdigest()}))
