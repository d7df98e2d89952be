"""Data sets that are built here, without a hub: human clips, synthesised speech, photographs, rendered text and codes.

Each module has one public function `build(folder: Path) -> None` that writes `manifest.jsonl` and its media
(`edgemm.tasks.examples`). Calibration and evaluation sets differ by construction: other voices, seeds, scenes.
"""

from __future__ import annotations

DATA_SETS: dict[str, str] = {
    "speech-calibration": "export.data.speech:build_calibration",
    "speech-evaluation": "export.data.speech:build_evaluation",
    "pictures-calibration": "export.data.pictures:build_calibration",
    "pictures-evaluation": "export.data.pictures:build_evaluation",
    "sentences-calibration": "export.data.sentences:build_calibration",
    "sentences-evaluation": "export.data.sentences:build_evaluation",
    "spoken-calibration": "export.data.sentences:build_spoken_calibration",
    "spoken-evaluation": "export.data.sentences:build_spoken_evaluation",
    "text-calibration": "export.data.text:build_calibration",
    "text-evaluation": "export.data.text:build_evaluation",
}
