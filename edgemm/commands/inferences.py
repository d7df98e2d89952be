"""What `edgemm infer` shows for each task. A function per task: (task object, inputs) → one result for each input."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Inference:
    """A result: `text` for people, `data` for programs, and how to save it in its own form."""

    text: str
    data: dict[str, Any]
    save: Callable[[Path], None] | None = None
    saves: tuple[str, ...] = ()
    """Suffixes that `save` can write, besides .json."""

    def write(self, path: Path) -> None:
        """Write to `path` in the form that its suffix asks for."""
        if path.suffix.lower() == ".json":
            path.write_text(json.dumps(self.data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        elif self.save is not None:
            self.save(path)


Show = Callable[[Any, Sequence[str]], list[Inference]]

_SHOWS: dict[str, str] = {
    "detection": "edgemm.commands.infer_pictures:detections",
    "classification": "edgemm.commands.infer_pictures:classes",
    "text_recognition": "edgemm.commands.infer_pictures:texts",
    "speech_recognition": "edgemm.commands.infer_sounds:transcripts",
    "voice_activity": "edgemm.commands.infer_sounds:voices",
    "end_of_turn": "edgemm.commands.infer_sounds:turns",
    "embedding": "edgemm.commands.infer_texts:vectors",
    "speech_synthesis": "edgemm.commands.infer_texts:speech",
}


def show_of(task: str) -> Show:
    """The function for a task."""
    module, _, name = _SHOWS[task].partition(":")
    show: Show = getattr(import_module(module), name)
    return show
