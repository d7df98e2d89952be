"""Rendered signs and labels, and QR and bar codes: text whose truth is known. Seeded; no sentence is in both sets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edgemm.media import Pixels

if TYPE_CHECKING:
    from PIL.Image import Image

_SIZE = (640, 480)
_LEVELS = ("tilted", "hard")
_FONTS = ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono", "DejaVu Sans:bold")
_PAPERS = (
    ((255, 255, 255), (0, 0, 0)),
    ((245, 235, 200), (40, 30, 20)),
    ((20, 60, 140), (255, 255, 255)),
    ((30, 30, 30), (250, 220, 90)),
    ((190, 30, 30), (255, 255, 255)),
    ((225, 240, 225), (10, 70, 30)),
)
"""Colours of paper and ink."""
_BACKGROUNDS = ((90, 90, 90), (150, 130, 110), (60, 80, 70), (200, 200, 205))

_EVALUATION = (
    ("Exit",), ("Platform 7", "Next train 12:45"), ("Opening hours", "Monday to Friday 9:00 - 17:30"),
    ("Please ring twice",),
    ("Whole milk", "Best before 14/06/2027"), ("Caution", "Wet floor"), ("Room 214", "Dr. A. Miller"), ("No smoking",),
    ("Tomato soup 3.50", "Bread and butter 1.20", "Apple juice 2.80"), ("Push to open",), ("Bus 38", "City centre"),
    ("Take one tablet twice a day", "with plenty of water"), ("Lift out of order", "Use the stairs"), ("Way out",),
    ("Fire extinguisher",), ("Quiet please", "Examination in progress"), ("Garden centre", "400 m on the left"),
    ("Total 48.17", "Card payment", "Thank you"), ("Keep refrigerated", "Shake before use"), ("Mind the gap",),
    ("Ticket office closed", "Use machine 3"), ("Flour 1 kg",), ("Parking for residents only",), ("Pull",),
    ("Hot water", "Cold water"), ("Dear Sam,", "the keys are under the mat."), ("Gate B12", "Boarding 18:05"),
    ("Reception", "First floor"), ("Contains nuts",), ("Sold out",),
)  # fmt: skip
_CALIBRATION = (
    ("Entrance",), ("Track 2", "Departure 7:20"), ("Closed on Sundays",), ("Orange marmalade", "Net weight 340 g"),
    ("Danger", "High voltage"), ("Office 31", "Mrs. Carter"), ("Do not enter",), ("Coffee 2.40", "Tea 1.90"),
    ("Press the button",), ("Tram 5", "Old town"), ("For external use only",), ("Under repair",), ("First aid",),
    ("Meeting room", "occupied 10:15 - 11:45"), ("Library", "second door"), ("Store in a dry place",),
)  # fmt: skip


def build_evaluation(folder: Path) -> None:
    """Sixty pictures of text in two difficulties, and twenty codes."""
    _build(folder, _EVALUATION, seed=2, codes=20)


def build_calibration(folder: Path) -> None:
    """Other texts with other seeds."""
    _build(folder, _CALIBRATION, seed=1, codes=0)


def _build(folder: Path, texts: Sequence[tuple[str, ...]], *, seed: int, codes: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for index, text in enumerate(texts):
        for level, group in enumerate(_LEVELS):
            random = np.random.default_rng([seed, index, level])
            name = f"{index:03d}-{group}.png"
            _photographed(_sheet(text, random), random, level).save(folder / name)
            lines.append({"image": name, "text": "\n".join(text), "group": group})
    for index in range(codes):
        random = np.random.default_rng([seed, 1000 + index])
        content = f"https://example.org/{random.integers(10**6)}" if index % 2 else f"ITEM {random.integers(10**9)}"
        name = f"code-{index:03d}.png"
        _photographed(_code(content), random, 0).save(folder / name)
        lines.append({"image": name, "text": content, "group": "code"})
    manifest = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "manifest.jsonl").write_text(manifest, encoding="utf-8")


def _sheet(lines: Sequence[str], random: np.random.Generator) -> Image:
    """A sheet with the lines, as large as they need."""
    from matplotlib import font_manager
    from PIL import Image, ImageDraw, ImageFont

    paper, ink = _PAPERS[random.integers(len(_PAPERS))]
    family, _, weight = _FONTS[random.integers(len(_FONTS))].partition(":")
    path = font_manager.findfont(font_manager.FontProperties(family=family, weight=weight or "normal"))
    font = ImageFont.truetype(path, int(random.integers(24, 40)))
    boxes = [font.getbbox(line) for line in lines]
    step = round(font.size * 1.5)
    sheet = Image.new("RGB", (round(max(box[2] for box in boxes)) + 40, step * len(lines) + 30), paper)
    for number, line in enumerate(lines):
        ImageDraw.Draw(sheet).text((20, 15 + number * step), line, fill=ink, font=font)
    return sheet


def _code(content: str) -> Image:
    import io

    import segno
    from PIL import Image

    file = io.BytesIO()
    segno.make(content, error="m", micro=False).save(file, kind="png", scale=6, border=4)
    return Image.open(file).convert("RGB")


def _photographed(sheet: Image, random: np.random.Generator, level: int) -> Image:
    """The sheet before a background, tilted. Level 1: farther away, uneven light, blur and noise besides."""
    from PIL import Image, ImageFilter

    farther = float(random.uniform(0.35, 0.7)) if level else 1.0
    scale = farther * min(1.0, (_SIZE[0] - 60) / sheet.width, (_SIZE[1] - 60) / sheet.height)
    sheet = sheet.resize((round(sheet.width * scale), round(sheet.height * scale)), Image.Resampling.LANCZOS)
    picture = Image.new("RGB", _SIZE, _BACKGROUNDS[random.integers(len(_BACKGROUNDS))])
    rooms = (_SIZE[0] - sheet.width, _SIZE[1] - sheet.height)
    corner = [int(random.integers(10, max(11, room - 10))) for room in rooms]
    picture.paste(sheet, (corner[0], corner[1]))
    angle = float(random.uniform(-6, 6))
    picture = picture.rotate(angle, Image.Resampling.BICUBIC, fillcolor=picture.getpixel((0, 0)))
    if level == 0:
        return picture
    blurred = picture.filter(ImageFilter.GaussianBlur(float(random.uniform(0.6, 1.3))))
    return Image.fromarray(_in_bad_light(np.asarray(blurred), random))


def _in_bad_light(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """Darker to one side, with sensor noise."""
    across = np.linspace(1.0, random.uniform(0.35, 0.7), pixels.shape[1])[None, :, None]
    if random.random() < 0.5:
        across = across[:, ::-1]
    noisy = pixels * across + random.normal(0.0, 9.0, pixels.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
