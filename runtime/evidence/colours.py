"""Colour evidence: the named colours of the middle of the picture, and of each thing in view without its background.

Where most pixels have little colour of their own, the lit ones tell whether the thing is white, grey or black: the
shaded side of a white sheep is grey. Else a pixel takes the name of the nearest prototype in CIELAB. Prototypes are
sRGB values from the XKCD colour survey (Munroe 2010, CC0), which asked some 200,000 people; the names are English's
basic colour terms (Berlin and Kay 1969) with light and dark where people make the difference.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from edgemm.media import Pixels, VideoFrame
from runtime.evidence import Evidence, EvidenceKind, Region
from runtime.evidence.foreground import thing_pixels

CENTRE: Region = (0.35, 0.35, 0.65, 0.65)
SAMPLED_SIDE_PX = 48
NEUTRAL_CHROMA = 14.0
"""CIELAB chroma up to which light may have coloured a pixel that is white, grey or black."""
MOSTLY_NEUTRAL = 0.5
"""Share of such pixels from which the region is one of these."""
LIT = 75.0
"""Percentile of their lightness that stands for the side in the light ..."""
WHITE_FROM = 72.0
"""... and its lightness from which the thing is white."""
PATCH = 0.3
"""Share of dark and share of light pixels from which both are named: a zebra."""
DARK_BELOW, LIGHT_FROM = 30.0, 65.0
BRIGHTEST = 99.0
"""Percentile of the picture's pixels that a well exposed picture has near white ..."""
MOST_GAIN = 1.5
"""... and by how much a darker picture is brightened, at most, before colours are named."""
MOSTLY = 0.7
"""Share of the pixels from which a region has one colour."""
PARTLY = 0.2
"""Share from which a second colour is named."""
GREY_CHROMA = 10.0
"""CIELAB chroma below which a pixel is black, grey or white."""
LIGHTNESS_WEIGHT = 0.6
"""Shade moves lightness more than hue; lightness counts less than the colour axes."""
MOST_THINGS = 12

# the name that is spoken, sRGB, the survey's name where it is another
_PALETTE = (
    ("red", 0xE50000),
    ("red", 0xBE0119),  # scarlet
    ("dark red", 0x840000),
    ("pink", 0xFF81C0),
    ("pink", 0xFF796C),  # salmon
    ("pink", 0xFFD1DF),  # light pink
    ("orange", 0xF97306),
    ("brown", 0x653700),
    ("brown", 0x3D1C02),  # chocolate
    ("light brown", 0xD1B26F),  # tan
    ("beige", 0xE6DAA6),
    ("yellow", 0xFFFF14),
    ("green", 0x15B01A),
    ("green", 0x3F9B0B),  # grass green
    ("green", 0x677A04),  # olive green
    ("light green", 0x96F97B),
    ("light green", 0x87AE73),  # sage
    ("dark green", 0x06470C),  # forest green
    ("turquoise", 0x06C2AC),
    ("blue", 0x0343DF),
    ("blue", 0x2C6FBB),  # medium blue
    ("light blue", 0x75BBFD),  # sky blue
    ("dark blue", 0x01153E),  # navy
    ("purple", 0x7E1E9C),
    ("light purple", 0xC79FEF),  # lavender
)
_GREYS = ((20.0, "black"), (42.0, "dark grey"), (68.0, "grey"), (82.0, "light grey"), (101.0, "white"))
"""CIELAB lightness up to which a colourless pixel has the name."""

Lab = npt.NDArray[np.float32]


_FAMILY = {
    "light brown": "brown",
    "dark red": "red",
    "light green": "green",
    "dark green": "green",
    "light blue": "blue",
    "dark blue": "blue",
    "light purple": "purple",
}
"""Shades that one thing has in light and in shade."""


class ColourObserver:
    """A thousand pixels for each region; some ten milliseconds for each thing."""

    kind: EvidenceKind = "colour"

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        found: tuple[Evidence, ...] = (_evidence(frame, CENTRE, _crop(frame, CENTRE)),)
        yield found
        gain = _exposure_gain(frame)
        things = [e.region for e in known if e.kind == "object" and e.region is not None][:MOST_THINGS]
        for region in dict.fromkeys(things):
            found += (_evidence(frame, region, thing_pixels(frame, region)[None], gain),)
            yield found


def _exposure_gain(frame: VideoFrame) -> float:
    step = max(1, frame.height // SAMPLED_SIDE_PX)
    brightest = float(np.percentile(frame.pixels[::step, ::step].max(axis=2), BRIGHTEST))
    return min(MOST_GAIN, 255.0 / max(brightest, 1.0))


def _evidence(frame: VideoFrame, region: Region, pixels: Pixels, gain: float = 1.0) -> Evidence:
    label, share = name_colours(np.minimum(pixels * gain, 255.0).astype(np.uint8))
    return Evidence("colour", label, share, region, "colour names", frame.capture_time_ns, frame.frame_id)


def name_colours(pixels: Pixels) -> tuple[str, float]:
    """What people call the colour of `pixels: (row, column, bgr)`, and the share of them that speaks for it."""
    lab = to_lab(pixels).reshape(-1, 3)
    neutral = np.hypot(lab[:, 1], lab[:, 2]) < NEUTRAL_CHROMA
    share = float(neutral.mean())
    if share >= MOSTLY_NEUTRAL:
        return _name_of_greys(lab[neutral, 0]), share
    shares = _shares(lab)
    return describe_shares(shares), max(_families(shares).values())


def _name_of_greys(lightness: Lab) -> str:
    """By the side in the light; "black and white" for what has much of both."""
    if (lightness < DARK_BELOW).mean() >= PATCH and (lightness > LIGHT_FROM).mean() >= PATCH:
        return "black and white"
    lit = float(np.percentile(lightness, LIT))
    return "white" if lit >= WHITE_FROM else next(name for limit, name in _GREYS if lit < limit)


def describe_shares(shares: dict[str, float]) -> str:
    """ "red", "mostly white and red", "many colours". Shades of one colour go by the name of the most frequent."""
    families = _families(shares)
    ordered = sorted(families.items(), key=lambda item: -item[1])
    named = [_shade(name, shares) for name, share in ordered if share >= PARTLY][:2]
    if ordered[0][1] >= MOSTLY:
        return named[0]
    return "mostly " + " and ".join(named) if named else "many colours"


def _families(shares: dict[str, float]) -> dict[str, float]:
    families: dict[str, float] = {}
    for name, share in shares.items():
        family = _FAMILY.get(name, name)
        families[family] = families.get(family, 0.0) + share
    return families


def _shade(family: str, shares: dict[str, float]) -> str:
    return max((name for name in shares if _FAMILY.get(name, name) == family), key=shares.__getitem__)


def _shares(lab: Lab) -> dict[str, float]:
    """Share of each colour name. `lab: (pixel, axis)`."""
    names, prototypes = _prototypes()
    weights = np.array([LIGHTNESS_WEIGHT, 1.0, 1.0], np.float32)
    distances = (((lab[:, None] - prototypes) * weights) ** 2).sum(-1)
    found = np.array(names, dtype=object)[distances.argmin(1)]
    grey = np.hypot(lab[:, 1], lab[:, 2]) < GREY_CHROMA
    limits = np.array([limit for limit, _ in _GREYS])
    grey_names = np.array([name for _, name in _GREYS], dtype=object)
    found[grey] = grey_names[np.searchsorted(limits, lab[grey, 0]).clip(max=len(_GREYS) - 1)]
    counted, counts = np.unique(found.astype(str), return_counts=True)
    return {str(name): float(count) / len(lab) for name, count in zip(counted, counts, strict=True)}


def to_lab(pixels: Pixels) -> Lab:
    """`(row, column, bgr)` uint8 → CIELAB float32, lightness 0..100."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255.0, cv2.COLOR_BGR2LAB), np.float32)


def _prototypes() -> tuple[list[str], Lab]:
    names = [name for name, _ in _PALETTE]
    bgr = np.array([[[v & 255, v >> 8 & 255, v >> 16] for _, v in _PALETTE]], np.uint8)
    return names, to_lab(bgr)[0]


def _crop(frame: VideoFrame, region: Region) -> Pixels:
    """The inner part of the region, where background is rare, at most `SAMPLED_SIDE_PX` on a side, as BGR."""
    x1, y1, x2, y2 = region
    inset_x, inset_y = (x2 - x1) * 0.2, (y2 - y1) * 0.2
    left, right = _span(x1 + inset_x, x2 - inset_x, frame.width)
    top, bottom = _span(y1 + inset_y, y2 - inset_y, frame.height)
    step = max(1, max(right - left, bottom - top) // SAMPLED_SIDE_PX)
    crop = frame.pixels[top:bottom:step, left:right:step]
    return crop if frame.colour_order == "bgr" else crop[..., ::-1]


def _span(low: float, high: float, size: int) -> tuple[int, int]:
    """At least one pixel inside the picture."""
    start = min(max(int(low * size), 0), size - 1)
    return start, max(start + 1, min(int(high * size), size))
