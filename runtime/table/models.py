"""The models of a pack, opened by role: what the table of stages is built from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.pack import Role, bundle_folders, load_pack
from edgemm.errors import BundleError
from edgemm.host import host_target
from edgemm.tasks import open_task

TASK_OF_ROLE: dict[Role, str] = {
    "recogniser": "speech_recognition",
    "detector": "detection",
    "classifier": "classification",
    "embedder": "embedding",
    "voice": "speech_synthesis",
    "voice_activity": "voice_activity",
    "end_of_turn": "end_of_turn",
    "reader": "text_recognition",
}


class Models:
    """Opens each role's bundle when asked for; the same object every time."""

    def __init__(self, pack: str, bundles: Path, target: str | None = None, threads: int = 1) -> None:
        self._folders = bundle_folders(load_pack(pack), bundles, target or host_target())
        self._threads = threads
        self._open: dict[str, Any] = {}

    def has(self, role: Role) -> bool:
        """Whether the pack names a recipe for the role."""
        return role in self._folders

    def folder(self, role: Role) -> Path:
        """The folder of a role's bundle. Raises BundleError when the pack has none."""
        if role not in self._folders:
            raise BundleError(f"the pack has no {role}", expected="; ".join(self._folders))
        return self._folders[role]

    def get(self, role: Role) -> Any:
        """The task object of a role. Raises BundleError when the bundle is missing or damaged."""
        if role not in self._open:
            bundle = Bundle.open(self.folder(role), task=TASK_OF_ROLE[role])
            self._open[role] = open_task(bundle, threads=self._threads)
        return self._open[role]

    def later(self, role: Role) -> Callable[[], Any]:
        """`get`, put off until it is called: for models that are large and rarely used."""
        return lambda: self.get(role)
