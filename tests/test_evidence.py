"""Observers find in real pictures what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
import segno

from edgemm.media import VideoFrame
from runtime.evidence import Evidence, Observer, Region
from runtime.evidence.coco_imagenet import COCO_OF_SYNSET, is_animal, name_of
from runtime.evidence.codes import CodeObserver
from runtime.evidence.colours import ColourObserver, describe_shares, name_colours
from runtime.evidence.groups import GROUPS, groups_of
from runtime.evidence.labels import LabelObserver
from runtime.evidence.light import LightObserver
from runtime.evidence.objects import ObjectObserver
from runtime.evidence.text import TextObserver
from tests.exported import exported
from tests.moving_pictures import photograph


def framed(pixels: np.ndarray, order: str = "bgr") -> VideoFrame:
    return VideoFrame(np.ascontiguousarray(pixels, np.uint8), 5, 9, order)  # type: ignore[arg-type]


def observe(observer: Observer, pixels: np.ndarray, *known: Evidence) -> tuple[Evidence, ...]:
    *_, found = observer.gather(framed(pixels), known)
    return found


def on_a_table(picture: np.ndarray, angle_deg: float = 0.0) -> np.ndarray:
    """A white card with `picture` on it, turned, lying on a photograph of 1280x720."""
    background = photograph("coffee", 1280, 720)
    card = cv2.copyMakeBorder(picture, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    rows, columns = card.shape[:2]
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle_deg, 1.0)
    turn[:, 2] += (640 - columns / 2, 360 - rows / 2)
    return cv2.warpAffine(card, turn, (1280, 720), dst=background, borderMode=cv2.BORDER_TRANSPARENT)


def qr(content: str, scale: int = 7) -> np.ndarray:
    dark = np.array([list(row) for row in segno.make(content, error="m").matrix], np.uint8)
    return cv2.cvtColor(np.kron(255 - 255 * dark, np.ones((scale, scale), np.uint8)), cv2.COLOR_GRAY2BGR)


def ean13(digits: str) -> np.ndarray:
    import zxingcpp

    code = zxingcpp.create_barcode(digits, zxingcpp.BarcodeFormat.EAN13)
    return cv2.cvtColor(np.array(zxingcpp.write_barcode_to_image(code, scale=3)), cv2.COLOR_GRAY2BGR)


@pytest.mark.parametrize("angle_deg", [0.0, 20.0, 90.0])
def test_a_qr_code_on_a_table_is_read(angle_deg: float) -> None:
    (code,) = observe(CodeObserver(), on_a_table(qr("https://example.com/menu"), angle_deg))
    assert code.label == "QR code\nhttps://example.com/menu" and code.kind == "code"
    assert code.region is not None and code.region[0] < 0.5 < code.region[2]


def test_a_small_qr_code_is_read_in_the_second_pass() -> None:
    passes = list(CodeObserver().gather(framed(on_a_table(qr("small", 3))), ()))
    assert [code.label for code in passes[-1]] == ["QR code\nsmall"]


def test_a_bar_code_is_read() -> None:
    (code,) = observe(CodeObserver(), on_a_table(ean13("4006381333931")))
    assert code.label == "bar code\n4006381333931"


def test_a_photograph_without_a_code_has_none() -> None:
    assert observe(CodeObserver(), photograph("coffee", 1280, 720)) == ()


@pytest.mark.parametrize(
    ("bgr", "name"),
    [
        ((255, 255, 255), "white"),
        ((0, 0, 0), "black"),
        ((128, 128, 128), "grey"),
        ((30, 30, 200), "red"),
        ((40, 160, 40), "green"),
        ((200, 60, 20), "blue"),
        ((0, 220, 250), "yellow"),
        ((10, 120, 240), "orange"),
        ((25, 50, 95), "brown"),
        ((200, 130, 250), "pink"),
    ],
)
def test_a_plain_surface_has_the_name_that_people_give_it(bgr: tuple[int, int, int], name: str) -> None:
    surface = np.full((72, 128, 3), bgr, np.float64) + np.random.default_rng(0).normal(0, 3, (72, 128, 3))
    (centre,) = observe(ColourObserver(), surface.clip(0, 255))
    assert centre.label == name


def test_two_colours_are_both_named() -> None:
    half = np.full((72, 128, 3), 255, np.uint8)
    half[:, 60:] = (30, 30, 200)
    (centre,) = observe(ColourObserver(), half)
    assert centre.label in ("mostly red and white", "mostly white and red")


@pytest.mark.parametrize(("synset", "animal"), [("n01440764", True), ("n02655020", True), ("n02666196", False)])
def test_animals_are_the_first_398_classes_from_tench_to_puffer(synset: str, animal: bool) -> None:
    assert is_animal(synset) is animal


def test_a_group_is_as_sure_as_its_kinds_together() -> None:
    kinds = [Evidence("label", name, 0.3, None, "test", 0, 0) for name in ("ringlet", "admiral", "modem")]
    (butterfly,) = groups_of(kinds)
    assert butterfly.label == "butterfly" and butterfly.score == pytest.approx(0.6)


def test_the_classifier_has_every_kind_of_every_group() -> None:
    classes = exported("efficientnet-lite0").path("labels.tsv").read_text(encoding="utf-8").splitlines()
    names = {name_of(synset, name) for synset, _, name in (line.partition("\t") for line in classes)}
    assert set().union(*GROUPS.values()) - {"fish"} <= names


def test_the_background_of_a_thing_has_no_part_in_its_colour() -> None:
    """A white sheep is white, its shaded side and the meadow around it notwithstanding."""
    pixels = np.full((144, 256, 3), (40, 110, 60), np.float64)
    rows, columns = np.mgrid[:144, :256]
    sheep = ((rows - 72) / 50) ** 2 + ((columns - 128) / 70) ** 2 < 1
    pixels[sheep] = np.clip(250 - 1.6 * (rows[sheep] - 22), 60, 255)[:, None]
    pixels += np.random.default_rng(0).normal(0, 3, pixels.shape)
    box = (58 / 256, 22 / 144, 198 / 256, 122 / 144)
    seen = Evidence("object", "sheep", 0.9, box, "test", 5, 9)
    *_, found = ColourObserver().gather(framed(pixels.clip(0, 255)), (seen,))
    assert [e.label for e in found if e.region == box] == ["white"]


def test_what_is_black_and_white_has_both_names() -> None:
    stripes = np.zeros((72, 128, 3), np.uint8)
    stripes[:, ::8] = stripes[:, 1::8] = stripes[:, 2::8] = stripes[:, 3::8] = 240
    assert name_colours(stripes)[0] == "black and white"


def test_shades_of_one_colour_are_one_colour() -> None:
    assert describe_shares({"brown": 0.5, "light brown": 0.3, "black": 0.2}) == "brown"


def test_many_colours_are_not_forced_into_two() -> None:
    assert describe_shares({"red": 0.19, "blue": 0.19, "green": 0.19, "white": 0.19, "black": 0.19}) == "many colours"


def test_each_thing_in_view_has_its_own_colour_whatever_the_channel_order() -> None:
    pixels = np.full((72, 128, 3), 255, np.uint8)
    pixels[:36, :64] = (200, 60, 20)
    box = (0.0, 0.0, 0.5, 0.5)
    thing = Evidence("object", "car", 0.9, box, "test", 5, 9)
    for frame in (framed(pixels), framed(pixels[..., ::-1], "rgb")):
        *_, found = ColourObserver().gather(frame, (thing,))
        assert [e.label for e in found if e.region == box] == ["blue"]


@pytest.mark.parametrize(("gain", "label"), [(0.15, "it is dark"), (0.6, "it is dim"), (1.0, "it is light")])
def test_light_follows_the_picture(gain: float, label: str) -> None:
    (light,) = observe(LightObserver(), photograph("chelsea") * gain)
    assert light.label.split(",")[0] == label


def test_light_from_one_side_is_told() -> None:
    ramp = np.linspace(250, 40, 128)[None, :, None] * np.ones((72, 1, 3))
    assert observe(LightObserver(), ramp)[0].label == "it is light, with more light from the left"
    assert observe(LightObserver(), ramp[:, ::-1])[0].label.endswith("from the right")


@dataclass(frozen=True)
class Guess:
    label: str
    synset: str
    score: float


class TwoCats:
    """A classifier that sees a tabby in every crop."""

    def classify(self, frame: VideoFrame, region: object = None, top: int = 5) -> tuple[Guess, ...]:
        return (
            Guess("tabby", "n02123045", 0.4),
            Guess("Egyptian cat", "n02124075", 0.3),
            Guess("Quilt", "n04033995", 0.1),
        )


def test_names_below_one_coco_class_are_summed_and_others_keep_their_own() -> None:
    doubtful = Evidence("object", "person", 0.5, (0.1, 0.1, 0.5, 0.9), "test", 5, 9)
    sure = Evidence("object", "person", 0.9, (0.5, 0.1, 0.9, 0.9), "test", 5, 9)
    found = observe(LabelObserver(TwoCats(), "cats"), photograph("chelsea"), doubtful, sure)
    assert [(e.label, round(e.score, 3), e.region) for e in found] == [
        ("cat", 0.7, doubtful.region),
        ("quilt", 0.1, doubtful.region),
        ("cat", 0.7, None),
        ("quilt", 0.1, None),
    ]
    assert COCO_OF_SYNSET["n02123045"] == "cat"


@dataclass(frozen=True, eq=False)
class Boxes:
    boxes: np.ndarray
    scores: np.ndarray
    labels: tuple[str, ...]


class OneCup:
    def detect(self, frame: VideoFrame) -> Boxes:
        return Boxes(np.array([[0.1, 0.2, 0.3, 0.4]], np.float32), np.array([0.5], np.float32), ("cup",))


def test_detections_become_evidence_with_the_frames_time() -> None:
    (cup,) = observe(ObjectObserver(OneCup(), "nanodet"), photograph("coffee"))
    assert (cup.label, cup.source, cup.capture_time_ns, cup.frame_id) == ("cup", "nanodet", 5, 9)
    assert cup.region == pytest.approx((0.1, 0.2, 0.3, 0.4))


@dataclass(frozen=True)
class Line:
    text: str
    score: float = 0.9
    box: Region = (0.1, 0.1, 0.9, 0.2)


class Reader:
    def lines(self, frame: VideoFrame) -> Iterator[list[Line]]:
        yield [Line("***"), Line("Exit"), Line("• • •"), Line("4"), Line("出口")]


def test_text_evidence_has_a_letter_or_a_digit() -> None:
    (found,) = TextObserver(Reader(), "reader").gather(VideoFrame(np.zeros((8, 8, 3), np.uint8), 0, 1), ())
    assert [e.label for e in found] == ["Exit", "4", "出口"]
