"""Pictures for calibration and evaluation: the photographs of configs/photographs and seeded variations of them.

No photograph serves both sets. `origin` of an example is its photograph, so that figures can say how many distinct ones
they rest on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np

from edgemm.media import Pixels
from edgemm.pictures.photographs import read_photographs

VARIATIONS_EACH = {"calibration": 3, "evaluation": 3}
SEEDS = {"calibration": 1, "evaluation": 2}
JPEG_QUALITY = 92

Generator = np.random.Generator


def build_calibration(folder: Path) -> None:
    """What activations look like: pictures that no figure is measured on."""
    _build(folder, "calibration")


def build_evaluation(folder: Path) -> None:
    """What figures are measured on: pictures that calibration has not seen."""
    _build(folder, "evaluation")


def inputs() -> list[Path]:
    """The files that both sets are made from: when one changes, so do the sets."""
    return [photo.file for photo in read_photographs() if photo.use in SEEDS]


def _build(folder: Path, use: Literal["calibration", "evaluation"]) -> None:
    import cv2

    lines = []
    for index, photograph in enumerate(photo for photo in read_photographs() if photo.use == use):
        pixels: Any = cv2.imread(str(photograph.file), cv2.IMREAD_COLOR)
        generator = np.random.default_rng([SEEDS[use], index])
        for number in range(1 + VARIATIONS_EACH[use]):
            picture = pixels if number == 0 else vary(pixels, generator)
            name = f"{photograph.name}-{number}.jpg"
            cv2.imwrite(str(folder / name), picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
            group = "photograph" if number == 0 else "variation"
            lines.append(json.dumps({"image": name, "group": group, "origin": photograph.name}))
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def vary(pixels: Pixels, generator: Generator) -> Pixels:
    """Another view of the same scene: crop or distance, mirrored or not, and other light."""
    picture = _FRAMINGS[generator.integers(len(_FRAMINGS))](pixels, generator)
    if generator.random() < 0.5:
        picture = picture[:, ::-1]
    return _FAULTS[generator.integers(len(_FAULTS))](_relight(picture, generator), generator)


def _crop(pixels: Pixels, generator: Generator) -> Pixels:
    """A window of 60 to 90 % of each side."""
    rows, columns = pixels.shape[:2]
    height, width = (int(side * generator.uniform(0.6, 0.9)) for side in (rows, columns))
    top, left = generator.integers(rows - height + 1), generator.integers(columns - width + 1)
    return pixels[top : top + height, left : left + width]


def _from_afar(pixels: Pixels, generator: Generator) -> Pixels:
    """The picture at 50 to 80 % of its size, its edges carried on as far as needed, as a wider lens would see it."""
    import cv2

    rows, columns = pixels.shape[:2]
    ratio = generator.uniform(0.5, 0.8)
    small = cv2.resize(pixels, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    down, right = rows - small.shape[0], columns - small.shape[1]
    top, left = int(generator.integers(down + 1)), int(generator.integers(right + 1))
    return _pixels(cv2.copyMakeBorder(small, top, down - top, left, right - left, cv2.BORDER_REPLICATE))


def _relight(pixels: Pixels, generator: Generator) -> Pixels:
    """Other exposure, contrast and colour of the light."""
    gains = generator.uniform(0.65, 1.35) * generator.uniform(0.92, 1.08, size=3)
    curve = np.linspace(0.0, 1.0, 256) ** generator.uniform(0.75, 1.35)
    tables = np.clip(curve[:, None] * gains * 255.0, 0, 255).astype(np.uint8)
    return _pixels(np.stack([tables[pixels[..., channel], channel] for channel in range(3)], axis=-1))


def _blur(pixels: Pixels, generator: Generator) -> Pixels:
    import cv2

    return _pixels(cv2.GaussianBlur(pixels, (0, 0), generator.uniform(0.6, 1.4)))


def _noise(pixels: Pixels, generator: Generator) -> Pixels:
    noisy = pixels + generator.normal(0.0, generator.uniform(2.0, 8.0), pixels.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _untouched(pixels: Pixels, generator: Generator) -> Pixels:
    return pixels


def _pixels(array: Any) -> Pixels:
    return np.asarray(array, np.uint8)


_FRAMINGS: tuple[Callable[[Pixels, Generator], Pixels], ...] = (_untouched, _crop, _from_afar)
_FAULTS: tuple[Callable[[Pixels, Generator], Pixels], ...] = (_untouched, _blur, _noise)
