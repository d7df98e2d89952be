"""Examples of a data set: a folder with `manifest.jsonl`, one JSON object per line, paths relative to the folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from edgemm.errors import InputError


class Box(BaseModel):
    """A labelled box in pixels, corners x1, y1, x2, y2."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    xyxy: tuple[float, float, float, float]


class Example(BaseModel):
    """One line of a manifest. Which fields are set depends on the task."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    audio: Path | None = None
    image: Path | None = None
    text: str | None = None
    """Transcript of `audio`, text in `image`, or the sentence itself."""
    label: str | None = None
    boxes: tuple[Box, ...] | None = None
    group: str = "default"
    """Figures are reported per group: `human`, `synthetic`, `short`, …"""
    speaker: str | None = None
    origin: str | None = None
    """The recording or photograph that this example was made from: figures say how many distinct ones there are."""


def read_examples(folder: Path) -> Sequence[Example]:
    """Examples of a data set with absolute paths. Raises InputError with file and line."""
    path = folder / "manifest.jsonl" if folder.is_dir() else folder
    if not path.is_file():
        raise InputError(f"no data set at {folder}", expected="a folder with manifest.jsonl")
    examples = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            example = Example.model_validate(json.loads(line))
        except (ValueError, ValidationError) as error:
            raise InputError(f"{path}, line {number}: not an example", found=error) from error
        media = {
            name: path.parent / value
            for name, value in (("audio", example.audio), ("image", example.image))
            if value is not None
        }
        examples.append(example.model_copy(update=media))
    if not examples:
        raise InputError(f"{path} is empty", expected="at least one example")
    return examples
