"""A picture becomes the network's input, and boxes find their way back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgemm.bundles.manifest import CentreCrop, ColourOrder, LogMel, Normalise, PreprocessStep, Resize
from edgemm.errors import BundleError
from edgemm.media import VideoFrame
from edgemm.pictures.preprocess import LETTERBOX_GREY, preprocess


def frame(height: int, width: int, seed: int = 0) -> VideoFrame:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return VideoFrame(pixels, capture_time_ns=0, frame_id=0)


STEPS: dict[str, tuple[PreprocessStep, ...]] = {
    "stretch": (Resize(mode="stretch", height=64, width=64),),
    "letterbox": (Resize(mode="letterbox", height=64, width=96),),
    "crop": (Resize(mode="shorter_side", height=64, width=64), CentreCrop(height=56, width=56)),
}
sides = st.integers(20, 300)
fractions = st.floats(0.0, 1.0, width=32)


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS.keys())
@settings(max_examples=30, deadline=None)
@given(height=sides, width=sides, a=fractions, b=fractions, c=fractions, d=fractions)
def test_a_box_of_the_frame_survives_the_way_to_the_view_and_back(
    steps: tuple[PreprocessStep, ...], height: int, width: int, a: float, b: float, c: float, d: float
) -> None:
    _, geometry = preprocess(frame(height, width), steps)
    box = np.array([[min(a, b), min(c, d), max(a, b), max(c, d)]], np.float32)
    np.testing.assert_allclose(geometry.to_frame(geometry.to_view(box)), box, atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(height=sides, width=sides, left=st.floats(0, 0.6), top=st.floats(0, 0.6))
def test_the_whole_view_of_a_region_is_the_region(height: int, width: int, left: float, top: float) -> None:
    region = (left, top, left + 0.4, top + 0.4)
    _, geometry = preprocess(frame(height, width), STEPS["stretch"], region)
    whole = geometry.to_frame(np.array([[0, 0, 1, 1]], np.float32))[0]
    pixel = 1.0 / min(height, width)
    np.testing.assert_allclose(whole, region, atol=pixel + 1e-5)


def test_a_marked_spot_lies_where_the_geometry_says() -> None:
    pixels = np.zeros((200, 400, 3), np.uint8)
    pixels[90:110, 280:300] = 255
    image, geometry = preprocess(VideoFrame(pixels, 0, 0), STEPS["letterbox"])
    grey = image[0, 0].copy()
    grey[grey == LETTERBOX_GREY] = 0
    rows, columns = np.nonzero(grey > 128)
    view = np.array(
        [[columns.min() / 96, rows.min() / 64, (columns.max() + 1) / 96, (rows.max() + 1) / 64]], np.float32
    )
    found = geometry.to_frame(view)[0]
    np.testing.assert_allclose(found, [280 / 400, 90 / 200, 300 / 400, 110 / 200], atol=0.02)


def test_colours_are_put_in_the_models_order_and_normalised_per_channel() -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:] = (10, 20, 30)  # blue, green, red
    steps = (ColourOrder(order="rgb"), Normalise(mean=(30.0, 10.0, 0.0), std=(1.0, 2.0, 5.0)))
    image, _ = preprocess(VideoFrame(pixels, 0, 0), steps)
    assert image.shape == (1, 3, 8, 8) and image.dtype == np.float32
    np.testing.assert_allclose(image[0, :, 0, 0], [0.0, 5.0, 2.0])


def test_a_frame_in_the_models_order_is_not_turned() -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[:] = (10, 20, 30)
    image, _ = preprocess(VideoFrame(pixels, 0, 0, "rgb"), (ColourOrder(order="rgb"),))
    np.testing.assert_allclose(image[0, :, 0, 0], [10.0, 20.0, 30.0])


def test_the_shorter_side_keeps_the_aspect_ratio() -> None:
    image, _ = preprocess(frame(100, 300), (Resize(mode="shorter_side", height=50, width=50),))
    assert image.shape == (1, 3, 50, 150)


def test_a_step_for_sound_is_refused() -> None:
    with pytest.raises(BundleError, match="log_mel"):
        preprocess(frame(8, 8), (LogMel(),))


def test_a_letterbox_is_framed_in_the_grey_of_training_on_both_sides() -> None:
    white = VideoFrame(np.full((50, 100, 3), 255, np.uint8), 0, 0)
    image, _ = preprocess(white, (Resize(mode="letterbox", height=64, width=64),))
    assert LETTERBOX_GREY == 114
    assert (image[0, :, :16] == 114).all() and (image[0, :, 48:] == 114).all()
    assert (image[0, :, 16:48] == 255).all()


@pytest.mark.parametrize(
    ("region", "columns", "rows"),
    [
        ((0.11, 0.12, 0.31, 0.39), range(1, 4), range(1, 4)),
        ((0.2, 0.5, 0.4, 0.6), range(2, 4), range(5, 6)),
        ((-0.5, -1.0, 0.15, 2.0), range(2), range(10)),
        ((0.42, 0.42, 0.43, 0.43), range(4, 5), range(4, 5)),
        ((1.0, 1.0, 1.0, 1.0), range(9, 10), range(9, 10)),
        ((0.0, 0.0, 0.0, 0.0), range(1), range(1)),
    ],
)
def test_a_region_holds_every_pixel_that_it_touches_and_at_least_one(
    region: tuple[float, float, float, float], columns: range, rows: range
) -> None:
    pixels = np.zeros((10, 10, 3), np.uint8)
    pixels[:, :, 0], pixels[:, :, 1] = np.meshgrid(np.arange(10), np.arange(10))
    image, geometry = preprocess(VideoFrame(pixels, 0, 0), (), region)
    assert image[0, 0, 0].tolist() == list(columns) and image[0, 1, :, 0].tolist() == list(rows)
    whole = geometry.to_frame(np.array([[0, 0, 1, 1]], np.float32))[0]
    expected = [columns[0] / 10, rows[0] / 10, (columns[-1] + 1) / 10, (rows[-1] + 1) / 10]
    np.testing.assert_allclose(whole, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("height", "width", "step", "size"),
    [
        (100, 299, Resize(mode="shorter_side", height=40, width=40), (40, 120)),  # 119.6
        (100, 301, Resize(mode="shorter_side", height=40, width=40), (40, 120)),  # 120.4
        (1000, 1, Resize(mode="letterbox", height=64, width=64), (64, 64)),
    ],
)
def test_scaled_sides_are_rounded_and_never_vanish(
    height: int, width: int, step: Resize, size: tuple[int, int]
) -> None:
    image, _ = preprocess(frame(height, width), (step,))
    assert image.shape == (1, 3, *size)
    assert (image != 114).any()
