"""The photographs that come with edgemm: licence, and what a person saw in them (configs/photographs)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from edgemm.settings.config import ConfigModel, find_config, load_yaml


class Photograph(ConfigModel):
    """One photograph and the truth about it. Names of `things` and `unsure` are COCO's."""

    file: Path
    source: str
    """Package and path, and the page of the original where the package names it."""
    author: str
    licence: str
    """As the source states it."""
    use: Literal["calibration", "evaluation", "tuning", "questions"]
    """Calibration: ranges of models, and thresholds. Evaluation: figures of models, and questions. Tuning: thresholds
    only. Questions: only those. A picture never serves two."""
    things: dict[str, int | Literal["several"]]
    """Name → how many; `several` where nobody should be asked to count."""
    also: tuple[str, ...] = ()
    """Other things that are in view."""
    unsure: tuple[str, ...] = ()
    """Names that people may see either way. A name neither here nor in `things` is not in the picture."""
    small: tuple[str, ...] = ()
    """Names of `things` of which even the largest, with a box around it, fills less than 3 % of the picture."""
    at: dict[str, float] = Field(default_factory=dict)
    """Thing of which there is one → its horizontal centre, 0 left to 1 right, to a tenth."""
    colours: dict[str, str] = Field(default_factory=dict)
    """Thing → its main colour; names that people may give it are joined by "or"."""
    text: str = ""
    """Words that can be read."""

    @property
    def name(self) -> str:
        return self.file.stem


class _PhotographList(ConfigModel):
    photographs: tuple[Photograph, ...]


def read_photographs() -> tuple[Photograph, ...]:
    """All photographs, `file` as an existing path. Raises ConfigError."""
    path = find_config("photographs", "photographs")
    listed = load_yaml(_PhotographList, path).photographs
    return tuple(photo.model_copy(update={"file": path.parent / photo.file}) for photo in listed)
