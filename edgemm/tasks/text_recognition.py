"""Text recognition: the lines of text in a picture, where they are and in which order they are read.

Graphs
    detector    in   pixels (1, 3, row, column)       normalised as `preprocess` says; sides multiples of 32
                out  probability (1, 1, row, column)  0..1 that a pixel is text
    recogniser  in   pixels (1, 3, 48, column)        one line
                out  characters (1, step, character)  probabilities; 0 is the blank of CTC (Graves et al. 2006)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from edgemm.backends import open_session
from edgemm.backends.recorded import Call, recorded
from edgemm.bundles.bundle import Bundle
from edgemm.bundles.tensors import Array
from edgemm.errors import BundleError
from edgemm.media import Pixels, VideoFrame
from edgemm.pictures.picture_files import read_picture
from edgemm.pictures.preprocess import preprocess
from edgemm.pictures.text_regions import Quadrilateral, RegionSettings, reading_order, straightened, text_regions
from edgemm.pictures.text_turns import lies_across, page_lies_across, sides, turned, upright_boxes
from edgemm.tasks.examples import Example

CHARACTERS_FILE = "characters.txt"
_MULTIPLE = 32
_LINE_HEIGHT = 48
_CERTAIN = 0.9
"""Score of a line from which it surely lies as it was read; upside down, real lines reach at most 0.8."""
_LINES_ASKED = 3
"""Lines that may say which way up the page lies."""


class TextRecognitionSettings(BaseModel):
    """Settings of a reader's bundle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    longer_side: int = 960
    """The detector sees the picture at this size: larger finds smaller text."""
    band_rows: int = 256
    """The detector works band by band, so that no call lasts over 100 ms …"""
    band_context_rows: int = 32
    """… each with rows above and below that are thrown away."""
    least_line_width: int = 320
    """A short line is padded with grey to this width, as in training."""
    most_line_width: int = 1280
    regions: RegionSettings = Field(default_factory=RegionSettings)


@dataclass(frozen=True, eq=False)
class TextLine:
    """A line of text. `score` is the mean probability of its characters; `corners (corner, xy)` in 0..1."""

    text: str
    score: float
    corners: Quadrilateral

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Corners x1, y1, x2, y2 in 0..1 of the upright box around it."""
        (x1, y1), (x2, y2) = self.corners.min(axis=0), self.corners.max(axis=0)
        return float(x1), float(y1), float(x2), float(y2)


class TextReader:
    """Finds and reads lines of text, however the page is turned; keeps nothing between pictures."""

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        self.settings = bundle.settings(TextRecognitionSettings)
        self._steps = bundle.manifest.preprocess
        self._graphs = {
            "detector": bundle.graph("detector", takes=("pixels",), gives=("probability",)),
            "recogniser": bundle.graph("recogniser", takes=("pixels",), gives=("characters",)),
        }
        self._sessions = {role: open_session(bundle.graph_path(role), threads=threads) for role in self._graphs}
        listed = bundle.text(CHARACTERS_FILE).split("\n")
        self._characters = ["", *listed, " "]
        axes = self._graphs["recogniser"].outputs["characters"].axes
        if axes[-1:] != (len(self._characters),):
            raise BundleError(f"{CHARACTERS_FILE} and recogniser", expected=axes, found=len(self._characters))

    def read(self, frame: VideoFrame) -> tuple[TextLine, ...]:
        """All lines, in reading order."""
        lines: tuple[TextLine, ...] = ()
        for found in self.lines(frame):
            lines = found
        return lines

    def lines(self, frame: VideoFrame) -> Iterator[tuple[TextLine, ...]]:
        """The same, interruptible: yields the lines read so far after each band of the picture and each line."""
        probability = np.zeros((0, 0), np.float32)
        for so_far in self._probability(frame):
            probability = so_far
            yield ()
        regions = [region.corners for region in text_regions(probability, self.settings.regions)]
        page = _Page(self, frame, regions)
        for _ in page.find_turn():
            yield ()
        lines: list[TextLine] = []
        for number in reading_order(upright_boxes(regions, page.quarters, frame.width, frame.height)):
            line = page.line(number)
            if line.text:
                lines.append(line)
            yield tuple(lines)

    def calibration_inputs(self, example: Example) -> Iterator[Call]:
        """What the graphs are given on the example's picture."""
        if example.image is not None:
            yield from recorded(self._sessions, self.lines(read_picture(example.image)))

    def _probability(self, frame: VideoFrame) -> Iterator[Array]:
        """The map as far as it is made, `(row, column)`; rows that are not done are 0."""
        import cv2

        scale = self.settings.longer_side / max(frame.height, frame.width)
        rows, columns = (max(1, round(side * scale / _MULTIPLE)) * _MULTIPLE for side in (frame.height, frame.width))
        interpolation = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
        scaled = np.asarray(cv2.resize(frame.pixels, (columns, rows), interpolation=interpolation), np.uint8)
        probability = np.zeros((rows, columns), np.float32)
        for start in range(0, rows, self.settings.band_rows):
            stop = min(start + self.settings.band_rows, rows)
            first = max(0, start - self.settings.band_context_rows)
            last = min(rows, stop + self.settings.band_context_rows)
            found = self._run("detector", "probability", scaled[first:last], frame)[0, 0]
            probability[start:stop] = found[start - first : stop - first]
            yield probability

    def read_line(self, frame: VideoFrame, corners: Quadrilateral) -> TextLine:
        """The line that begins at the first of `corners (corner, xy)`, in 0..1; its text may be empty."""
        text, score = self._recognise(straightened(frame.pixels, corners), frame)
        return TextLine(text.strip(), score, corners)

    def _recognise(self, line: Pixels, frame: VideoFrame) -> tuple[str, float]:
        """Text and mean probability of its characters; the best path (Graves et al. 2006, section 3.2)."""
        import cv2

        width = int(np.ceil(_LINE_HEIGHT * line.shape[1] / line.shape[0]))
        width = min(max(width, 1), self.settings.most_line_width)
        padded = np.full((_LINE_HEIGHT, max(width, self.settings.least_line_width), 3), 127, np.uint8)
        padded[:, :width] = cv2.resize(line, (width, _LINE_HEIGHT))
        characters = self._run("recogniser", "characters", padded, frame)[0]
        best, sure = characters.argmax(axis=1), characters.max(axis=1)
        kept = (best != 0) & np.concatenate([[True], best[1:] != best[:-1]])
        if not kept.any():
            return "", 0.0
        return "".join(self._characters[index] for index in best[kept]), float(sure[kept].mean())

    def _run(self, role: str, result: str, pixels: Pixels, frame: VideoFrame) -> Array:
        graph = self._graphs[role]
        part = VideoFrame(pixels, frame.capture_time_ns, frame.frame_id, frame.colour_order)
        planes, _ = preprocess(part, self._steps)
        return self._sessions[role].run({graph.inputs["pixels"].name: planes})[graph.outputs[result].name]


class _Page:
    """The lines of one picture and how they lie. No line is read twice the same way."""

    def __init__(self, reader: TextReader, frame: VideoFrame, regions: list[Quadrilateral]) -> None:
        self._reader, self._frame, self._regions = reader, frame, regions
        self._read: dict[tuple[int, int], TextLine] = {}
        self.quarters = int(page_lies_across(regions, frame.width, frame.height))
        """Quarter turns clockwise of the page, as far as is known."""

    def find_turn(self) -> Iterator[None]:
        """Settle `quarters` by the longest lines: one that is certain decides. Yields after each look at one."""
        size = (self._frame.width, self._frame.height)
        longest = sorted(range(len(self._regions)), key=lambda number: -max(sides(self._regions[number], *size)))
        for number in longest[:_LINES_ASKED]:
            upright, over = self._ways(number)
            if self._as_turned(number, upright).score >= _CERTAIN:
                return
            yield
            if self._as_turned(number, over).score >= _CERTAIN:
                self.quarters += 2
                return
            yield

    def line(self, number: int) -> TextLine:
        """The line as the page lies; one that is uncertain then, the better of both ways."""
        way, other = self._ways(number)
        line = self._as_turned(number, way)
        return line if line.score >= _CERTAIN else max(line, self._as_turned(number, other), key=lambda one: one.score)

    def _ways(self, number: int) -> tuple[int, int]:
        """Both turns that the shape of a line allows, first that of the page."""
        across = int(lies_across(self._regions[number], self._frame.width, self._frame.height))
        over = self.quarters // 2
        return across + 2 * over, across + 2 * (1 - over)

    def _as_turned(self, number: int, quarters: int) -> TextLine:
        if (number, quarters) not in self._read:
            corners = turned(self._regions[number], quarters)
            self._read[number, quarters] = self._reader.read_line(self._frame, corners)
        return self._read[number, quarters]
