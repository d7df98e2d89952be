"""Code evidence: QR codes and bar codes, by zxing-cpp. The label is "QR code\\ncontent", without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from edgemm.media import Pixels, VideoFrame
from runtime.evidence import Evidence, EvidenceKind, Region
from runtime.evidence.code_content import kept

_SIDES_PX = (640, 1280)
"""Longer side of the picture in each pass: the small one is quick and enough for a code that fills the view."""

_NAMES = {"QR": "QR code", "DataMatrix": "data matrix code", "Aztec": "Aztec code", "PDF417": "bar code"}


class CodeObserver:
    """Reads at a small size first; each pass is one call that cannot be interrupted."""

    kind: EvidenceKind = "code"

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        import zxingcpp

        for side_px in _SIDES_PX:
            pixels = _shrunk(frame.pixels, side_px)
            found = tuple(_evidence(frame, pixels, code) for code in zxingcpp.read_barcodes(pixels) if code.valid)
            yield found
            if found or max(frame.width, frame.height) <= side_px:
                return


def _shrunk(pixels: Pixels, side_px: int) -> Pixels:
    """Smaller by area, never larger. Colour order does not matter to the decoder."""
    import cv2

    scale = side_px / max(pixels.shape[:2])
    if scale >= 1.0:
        return np.ascontiguousarray(pixels)
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _evidence(frame: VideoFrame, pixels: Pixels, code: Any) -> Evidence:
    name = next((spoken for part, spoken in _NAMES.items() if part in code.format.name), "bar code")
    return Evidence(
        kind="code",
        label=f"{name}\n{kept(code.text)}",
        score=1.0,  # zxing-cpp returns only codes whose checksum holds
        region=_region(pixels, code.position),
        source="zxing-cpp",
        capture_time_ns=frame.capture_time_ns,
        frame_id=frame.frame_id,
    )


def _region(pixels: Pixels, position: Any) -> Region:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    xs = [corner.x / pixels.shape[1] for corner in corners]
    ys = [corner.y / pixels.shape[0] for corner in corners]
    return min(xs), min(ys), max(xs), max(ys)
