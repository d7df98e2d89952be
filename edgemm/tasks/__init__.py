"""What a model does, in NumPy. One file per task; this table is how the rest finds them.

Each task file documents its graphs by role and their tensors by role, named axes and value range. The class
takes an opened bundle and `threads`, and knows nothing of the model's family.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from edgemm.bundles.bundle import Bundle
from edgemm.errors import BundleError

TASKS: dict[str, str] = {
    "speech_recognition": "edgemm.tasks.speech_recognition:SpeechRecogniser",
    "detection": "edgemm.tasks.detection:Detector",
    "classification": "edgemm.tasks.classification:Classifier",
    "text_recognition": "edgemm.tasks.text_recognition:TextReader",
    "embedding": "edgemm.tasks.embedding:Embedder",
    "speech_synthesis": "edgemm.tasks.speech_synthesis:SpeechSynthesiser",
    "voice_activity": "edgemm.tasks.voice_activity:VoiceActivityDetector",
    "end_of_turn": "edgemm.tasks.end_of_turn:EndOfTurnDetector",
}


def open_task(bundle: Bundle, *, threads: int = 1) -> Any:
    """The task object for a bundle: `TASKS[bundle.manifest.task](bundle, threads=threads)`."""
    if bundle.manifest.task not in TASKS:
        raise BundleError(
            f"bundle {bundle.folder}: unknown task", expected=", ".join(TASKS), found=bundle.manifest.task
        )
    module, _, name = TASKS[bundle.manifest.task].partition(":")
    return getattr(import_module(module), name)(bundle, threads=threads)
