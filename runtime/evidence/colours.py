"""Colour evidence: the named colours of the middle of the picture, and of each thing in view.

A pixel takes the name of the nearest prototype in CIELAB. Prototypes are sRGB values from the XKCD colour survey
(Munroe 2010, CC0), which asked some 200,000 people; the names are English's basic colour terms (Berlin and Kay 1969)
with light and dark where people make the difference.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from edgemm.media import Pixels, VideoFrame
from runtime.evidence import Evidence, EvidenceKind, Region

CENTRE: Region = (0.35, 0.35, 0.65, 0.65)
SAMPLED_SIDE_PX = 48
WHITE = 0.12
"""Share of white from which the greys beside it are its shade: a grey thing has no white."""
_SHADES_OF_WHITE = ("white", "light grey", "grey", "dark grey")
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


class ColourObserver:
    """A few thousand pixels for each region: well under a millisecond."""

    kind: EvidenceKind = "colour"

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        things = [e.region for e in known if e.kind == "object" and e.region is not None][:MOST_THINGS]
        yield tuple(_evidence(frame, region) for region in (CENTRE, *dict.fromkeys(things)))


def _evidence(frame: VideoFrame, region: Region) -> Evidence:
    shares = colour_shares(_crop(frame, region))
    return Evidence(
        kind="colour",
        label=describe_shares(shares),
        score=max(shares.values()),
        region=region,
        source="colour names",
        capture_time_ns=frame.capture_time_ns,
        frame_id=frame.frame_id,
    )


def describe_shares(shares: dict[str, float]) -> str:
    """ "red", "mostly white and red", "many colours". What shades from white to grey is white."""
    if shares.get("white", 0.0) >= WHITE and sum(shares.get(name, 0.0) for name in _SHADES_OF_WHITE) >= MOSTLY:
        return "white"
    ordered = sorted(shares.items(), key=lambda item: -item[1])
    named = [name for name, share in ordered if share >= PARTLY][:2]
    if ordered[0][1] >= MOSTLY:
        return ordered[0][0]
    return "mostly " + " and ".join(named) if named else "many colours"


def colour_shares(pixels: Pixels) -> dict[str, float]:
    """Share of each colour name. `pixels: (row, column, bgr)`."""
    lab = to_lab(pixels).reshape(-1, 3)
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
