"""The state of the view, from photographs made dark, bright, blurred, covered, frozen and missing."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from edgemm.media import NS_PER_MS, VideoFrame
from runtime.items import Item, Tick, ViewState
from runtime.stages.frame_quality import FrameQuality, FrameQualitySettings
from tests.moving_pictures import photograph

NAMES = ["astronaut", "chelsea", "coffee", "rocket"]
Change = Callable[[np.ndarray], np.ndarray]

CHANGES: dict[str, Change] = {
    "ok": lambda pixels: pixels,
    "dark": lambda pixels: pixels * 0.1,
    "bright": lambda pixels: pixels * 5.0 + 80.0,
    "blurred": lambda pixels: cv2.GaussianBlur(pixels, (0, 0), 10.0) * 1.2,
    "covered": lambda pixels: 60.0 + cv2.GaussianBlur(pixels, (0, 0), 200.0) * 0.05,
}


def frames(name: str, change: Change, count: int = 5, noise: float = 2.0, start: int = 0) -> list[VideoFrame]:
    """30 frames a second of a changed photograph at 1280x720, each with its own sensor noise."""
    rng = np.random.default_rng(3)
    changed = change(photograph(name, 1280, 720).astype(np.float32))
    pictures = (np.clip(changed + rng.normal(0.0, noise, changed.shape), 0, 255) for _ in range(count))
    return [VideoFrame(p.astype(np.uint8), (start + i) * 33 * NS_PER_MS, start + i) for i, p in enumerate(pictures)]


def states(stage: FrameQuality, sent: list[VideoFrame]) -> list[str]:
    told = [item for frame in sent for item in stage.step("frame", frame, frame.capture_time_ns)]
    return [item.state for item in told if isinstance(item, ViewState)]


def tick(stage: FrameQuality, at_ms: int) -> list[Item]:
    return list(stage.step("tick", Tick(), at_ms * NS_PER_MS))


@pytest.mark.parametrize("state", list(CHANGES))
@pytest.mark.parametrize("name", NAMES)
def test_each_state_is_told_once(name: str, state: str) -> None:
    assert states(FrameQuality(), frames(name, CHANGES[state])) == [state]


def test_one_blurred_frame_of_a_pan_is_not_an_event() -> None:
    film = frames("coffee", CHANGES["ok"], 4)
    film += frames("coffee", CHANGES["blurred"], 2, start=4) + frames("coffee", CHANGES["ok"], 4, start=6)
    assert states(FrameQuality(), film) == ["ok"]


def test_a_view_that_becomes_dark_and_light_again_is_told_both_times() -> None:
    film = frames("coffee", CHANGES["ok"], 4)
    film += frames("coffee", CHANGES["dark"], 4, start=4) + frames("coffee", CHANGES["ok"], 4, start=8)
    assert states(FrameQuality(), film) == ["ok", "dark", "ok"]


def test_identical_pixels_are_a_frozen_camera() -> None:
    still = frames("coffee", CHANGES["ok"], 1)[0].pixels
    film = [VideoFrame(still, i * 33 * NS_PER_MS, i) for i in range(90)]
    assert states(FrameQuality(), film) == ["ok", "frozen"]


def test_a_still_scene_with_sensor_noise_is_not_frozen() -> None:
    assert states(FrameQuality(), frames("coffee", CHANGES["ok"], 66, noise=1.0)) == ["ok"]


def test_a_source_of_still_pictures_is_never_frozen() -> None:
    still = frames("coffee", CHANGES["ok"], 1)[0].pixels
    film = [VideoFrame(still, i * 33 * NS_PER_MS, i) for i in range(90)]
    assert states(FrameQuality(FrameQualitySettings(frozen_after_s=None)), film) == ["ok"]


def test_frames_that_stay_away_are_stale_then_missing_and_their_return_is_told() -> None:
    stage = FrameQuality()
    assert states(stage, frames("coffee", CHANGES["ok"], 4)) == ["ok"]
    told = [tick(stage, at_ms) for at_ms in (500, 1500, 2500, 6000, 7000)]
    assert [[item.state for item in items if isinstance(item, ViewState)] for items in told] == [
        [],
        ["stale"],
        [],
        ["missing"],
        [],
    ]
    assert states(stage, frames("coffee", CHANGES["ok"], 1, start=300)) == ["ok"]


def test_a_camera_that_never_sends_is_missing() -> None:
    stage = FrameQuality()
    assert tick(stage, 0) == []
    assert [item.state for item in tick(stage, 1500) if isinstance(item, ViewState)] == ["missing"]


def page(words: str, size: float, ink: tuple[int, int, int], paper: tuple[int, int, int]) -> np.ndarray:
    """A screenshot or scan; colours are BGR."""
    pixels = np.empty((720, 1280, 3), np.uint8)
    pixels[:] = paper
    for row, line in enumerate(words.split("/")):
        place = (60, 60 + int(50 * size) + int(60 * size) * row)
        cv2.putText(pixels, line, place, cv2.FONT_HERSHEY_DUPLEX, size, ink, max(1, int(2 * size)), cv2.LINE_AA)
    return pixels


LETTER = "Dear Ms Smith,/your appointment is on Friday/at ten in the morning./The City Clinic"
WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (119, 119, 119)
INKS = {"black": BLACK, "grey": GREY, "blue": (238, 0, 0), "red": (0, 0, 255)}


@pytest.mark.parametrize("words", [LETTER, "a single line of small print", "STOP"])
@pytest.mark.parametrize("ink", list(INKS))
@pytest.mark.parametrize("size", [0.8, 1.4])
@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_a_white_page_is_not_too_bright(words: str, ink: str, size: float, noise: float) -> None:
    rng = np.random.default_rng(1)
    pixels = page(words, size, INKS[ink], WHITE) + rng.normal(0.0, noise, (720, 1280, 3))
    assert states(FrameQuality(), [VideoFrame(np.clip(pixels, 0, 255).astype(np.uint8), 0, 0)]) == ["ok"]


@pytest.mark.parametrize("words", [LETTER, "a single line of small print"])
@pytest.mark.parametrize("ink", [WHITE, (170, 170, 170), (0, 255, 0), (0, 0, 255)])
@pytest.mark.parametrize("paper", [BLACK, (18, 18, 18)])
def test_a_page_in_dark_mode_is_not_dark(words: str, ink: tuple[int, int, int], paper: tuple[int, int, int]) -> None:
    assert states(FrameQuality(), [VideoFrame(page(words, 1.0, ink, paper), 0, 0)]) == ["ok"]


@pytest.mark.parametrize("size", [(3508, 2480), (600, 900), (120, 160)])
@pytest.mark.parametrize("big", [WHITE, BLACK])
def test_a_huge_letter_fills_a_page_of_any_size(size: tuple[int, int], big: tuple[int, int, int]) -> None:
    pixels = np.empty((*size, 3), np.uint8)
    pixels[:] = [255 - tone for tone in big]
    scale = size[0] / 60
    cv2.putText(pixels, "A", (size[1] // 3, size[0] * 4 // 5), cv2.FONT_HERSHEY_DUPLEX, scale, big, int(scale) + 1)
    assert states(FrameQuality(), [VideoFrame(pixels, 0, 0)]) == ["ok"]


@pytest.mark.parametrize(("shade", "state"), [(0, "dark"), (10, "dark"), (255, "bright"), (120, "covered")])
def test_a_view_of_nothing_is_no_page(shade: int, state: str) -> None:
    assert states(FrameQuality(), [VideoFrame(np.full((720, 1280, 3), shade, np.uint8), 0, 0)]) == [state]


def test_a_few_lamps_in_the_night_are_no_page() -> None:
    night = np.zeros((720, 1280, 3), np.uint8)
    for number in range(5):
        cv2.circle(night, (200 * number + 90, 300 - 30 * number), 9, WHITE, -1)
    assert states(FrameQuality(), [VideoFrame(cv2.GaussianBlur(night, (0, 0), 6), 0, 0)]) == ["dark"]


def test_a_blurred_page_is_blurred() -> None:
    blurred = cv2.GaussianBlur(page("STOP", 9, BLACK, WHITE), (0, 0), 12)
    assert states(FrameQuality(), [VideoFrame(blurred, 0, 0)]) == ["blurred"]
