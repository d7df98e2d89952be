"""Text recognition: lines found, read and put into reading order, one interruptible step at a time."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from edgemm.media import VideoFrame
from edgemm.pictures.text_regions import RegionSettings, reading_order, straightened, text_regions
from edgemm.pictures.text_turns import upright_boxes
from edgemm.tasks.text_recognition import TextReader
from tests.exported import exported

Box = tuple[float, float, float, float]


def row(x: float, y: float, width: float = 40, height: float = 10) -> Box:
    return (x, y, x + width, y + height)


def test_rows_are_read_from_the_top_and_words_from_the_left() -> None:
    assert reading_order([row(60, 0), row(0, 30), row(0, 1)]) == [2, 0, 1]


def test_columns_are_read_one_after_the_other() -> None:
    left, right = [row(0, y) for y in (0, 15, 30)], [row(70, y) for y in (0, 15, 30)]
    assert reading_order([*right, *left]) == [3, 4, 5, 0, 1, 2]


def test_a_title_over_two_columns_comes_first() -> None:
    columns = [row(x, y) for x in (0, 70) for y in (40, 55, 70)]
    assert reading_order([*columns, row(0, 0, width=110)]) == [6, 0, 1, 2, 3, 4, 5]


def test_a_wide_gap_within_one_row_is_no_column() -> None:
    assert reading_order([row(100, 0), row(0, 0), row(0, 20, width=140)]) == [1, 0, 2]


def test_tight_lines_whose_boxes_overlap_stay_in_order() -> None:
    assert reading_order([row(0, y, width=100, height=14) for y in (0, 10, 20, 30)]) == [0, 1, 2, 3]


def test_nothing_is_read_in_no_order() -> None:
    assert reading_order([]) == []


def map_with_bar(angle_degrees: float) -> tuple[np.ndarray, np.ndarray]:
    import cv2

    corners = cv2.boxPoints(((100.0, 60.0), (80.0, 12.0), angle_degrees))
    probability = np.zeros((120, 200), np.float32)
    cv2.fillPoly(probability, [np.round(corners).astype(np.int32)], 1.0)
    return probability, corners


@pytest.mark.parametrize("angle", [-20.0, 0.0, 15.0])
def test_a_region_surrounds_its_core_grown_on_all_sides(angle: float) -> None:
    probability, core = map_with_bar(angle)
    (region,) = text_regions(probability, RegionSettings())
    corners = region.corners * (200, 120)
    assert region.score > 0.8
    width, height = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])
    grow = 80 * 12 * 1.6 / 92
    assert width == pytest.approx(80 + grow, abs=6) and height == pytest.approx(12 + grow, abs=6)
    np.testing.assert_allclose(corners.mean(axis=0), core.mean(axis=0), atol=1.5)


def test_faint_and_tiny_spots_are_no_text() -> None:
    probability = np.zeros((60, 60), np.float32)
    probability[10:20, 10:50] = 0.35
    probability[40:41, 40:41] = 1.0
    assert text_regions(probability, RegionSettings()) == []


def map_with_cells(rows: int, columns: int) -> np.ndarray:
    probability = np.zeros((20 * rows, 40 * columns), np.float32)
    for row, column in itertools.product(range(rows), range(columns)):
        probability[20 * row + 6 : 20 * row + 14, 40 * column + 5 : 40 * column + 30] = 1.0
    return probability


def test_every_cell_of_a_large_table_is_read_in_order(caplog: pytest.LogCaptureFixture) -> None:
    regions = text_regions(map_with_cells(40, 10), RegionSettings())
    assert len(regions) == 400 and not caplog.records
    boxes = upright_boxes([region.corners for region in regions], 0, 400, 800)
    assert sorted(reading_order(boxes)) == list(range(400))


def test_text_beyond_the_limit_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert len(text_regions(map_with_cells(5, 5), RegionSettings(max_regions=20))) == 20
    assert "more than 20 pieces of text" in caplog.text


def test_a_single_column_of_the_most_lines_can_be_ordered() -> None:
    most = RegionSettings().max_regions
    assert reading_order([row(0, 15 * number) for number in range(most)]) == list(range(most))


def test_a_tilted_line_is_straightened() -> None:
    probability, _ = map_with_bar(15.0)
    picture = np.repeat((255 * probability).astype(np.uint8)[:, :, None], 3, axis=2)
    (region,) = text_regions(probability, RegionSettings())
    line = straightened(picture, region.corners)
    middle = line[line.shape[0] // 2, :, 0]
    assert line.shape[1] > 3 * line.shape[0]
    assert middle[line.shape[1] // 4 : line.shape[1] * 3 // 4].min() > 200
    assert line[:2].max() < 50 and line[-2:].max() < 50


def test_an_upright_line_is_turned() -> None:
    tall = np.zeros((100, 50, 3), np.uint8)
    corners = np.array([[0.4, 0.1], [0.6, 0.1], [0.6, 0.9], [0.4, 0.9]], np.float32)
    line = straightened(tall, corners)
    assert line.shape[1] > line.shape[0]


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader(exported("pp-ocrv6-small"))


def picture_of(texts: list[tuple[str, tuple[int, int]]], size: tuple[int, int] = (640, 360)) -> VideoFrame:
    from matplotlib import font_manager
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", size, "white")
    font = ImageFont.truetype(str(Path(font_manager.findfont("DejaVu Sans"))), 28)
    for text, place in texts:
        ImageDraw.Draw(image).text(place, text, fill="black", font=font)
    return VideoFrame(np.asarray(image).copy(), 0, 0, "rgb")


def test_lines_are_read_with_place_and_score(reader: TextReader) -> None:
    lines = reader.read(picture_of([("Platform 7", (40, 40)), ("Next train 12:45", (40, 200))]))
    assert [line.text for line in lines] == ["Platform 7", "Next train 12:45"]
    assert all(line.score > 0.9 for line in lines)
    x1, y1, x2, y2 = lines[0].box
    assert 0.03 < x1 < 0.08 and 0.08 < y1 < 0.14 and 0.28 < x2 < 0.4 and 0.18 < y2 < 0.25


def test_two_columns_are_not_mixed(reader: TextReader) -> None:
    left, right = ["Soup", "Bread", "Cheese"], ["Water", "Juice", "Coffee"]
    placed = [(t, (40, 60 + 60 * i)) for i, t in enumerate(left)] + [
        (t, (400, 60 + 60 * i)) for i, t in enumerate(right)
    ]
    assert [line.text for line in reader.read(picture_of(placed))] == left + right


def test_an_empty_wall_has_no_text(reader: TextReader) -> None:
    assert reader.read(picture_of([])) == ()


def test_reading_can_stop_between_bands_and_lines(reader: TextReader) -> None:
    steps = list(reader.lines(picture_of([("One", (40, 40)), ("Two", (40, 200))])))
    counts = [len(step) for step in steps]
    assert counts[0] == 0 and counts == sorted(counts) and counts[-1] == 2
    assert max(later - earlier for earlier, later in itertools.pairwise(counts)) == 1


def test_colour_order_is_heeded(reader: TextReader) -> None:
    frame = picture_of([("Exit", (40, 40))])
    swapped = VideoFrame(frame.pixels[:, :, ::-1].copy(), 0, 0, "bgr")
    assert [line.score for line in reader.read(frame)] == [line.score for line in reader.read(swapped)]


LETTER = ["Dear Ms Smith,", "your appointment is on Friday", "at ten in the morning.", "The City Clinic"]


def turned_page(texts: list[str], quarters: int) -> VideoFrame:
    """A page turned clockwise by so many quarters."""
    page = picture_of([(text, (40, 40 + 60 * row)) for row, text in enumerate(texts)])
    return VideoFrame(np.rot90(page.pixels, -quarters).copy(), 0, 0, "rgb")


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("texts", [LETTER, ["Platform 7", "12:45"], ["EXIT"]])
def test_a_page_is_read_however_it_is_turned(reader: TextReader, quarters: int, texts: list[str]) -> None:
    lines = reader.read(turned_page(texts, quarters))
    assert [line.text for line in lines] == texts
    assert all(line.score > 0.9 for line in lines)


@pytest.mark.parametrize("quarters", [0, 2])
def test_columns_of_a_page_upside_down_are_read_in_order(reader: TextReader, quarters: int) -> None:
    left, right = ["Soup", "Bread", "Cheese"], ["Water", "Juice", "Coffee"]
    placed = [(t, (40, 60 + 60 * i)) for i, t in enumerate(left)]
    page = picture_of([*placed, *((t, (400, 60 + 60 * i)) for i, t in enumerate(right))])
    frame = VideoFrame(np.rot90(page.pixels, quarters).copy(), 0, 0, "rgb")
    assert [line.text for line in reader.read(frame)] == left + right


def test_a_line_that_runs_up_beside_an_upright_text_is_read_too(reader: TextReader) -> None:
    page = picture_of([(text, (40, 40 + 60 * row)) for row, text in enumerate(LETTER)])
    spine = picture_of([("Volume three", (10, 4))], (300, 40))
    page.pixels[20:320, 580:620] = np.rot90(spine.pixels)
    assert {line.text for line in reader.read(page)} == {*LETTER, "Volume three"}


@pytest.mark.parametrize(("quarters", "passes"), [(0, 4), (1, 4), (2, 5), (3, 5)])
def test_a_certain_page_is_read_once(
    reader: TextReader, monkeypatch: pytest.MonkeyPatch, quarters: int, passes: int
) -> None:
    count, session = itertools.count(), reader._sessions["recogniser"]
    run = session.run

    def counted(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        next(count)
        return run(inputs)

    monkeypatch.setattr(session, "run", counted)
    assert len(reader.read(turned_page(LETTER, quarters))) == 4
    assert next(count) == passes


def test_the_box_of_a_turned_line_is_where_it_stands_in_the_picture(reader: TextReader) -> None:
    upright, over = reader.read(turned_page(["Platform 7"], 0))[0], reader.read(turned_page(["Platform 7"], 2))[0]
    x1, y1, x2, y2 = upright.box
    assert over.box == pytest.approx((1 - x2, 1 - y2, 1 - x1, 1 - y1), abs=0.02)
    assert over.corners[0][0] > over.corners[1][0]
