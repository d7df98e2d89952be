"""Pictures as people have them: transparent, turned, for print, of formats that are not read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from edgemm.errors import InputError
from edgemm.pictures.picture_files import decode_picture, read_picture
from tests.test_media_files import png_that_claims

CLEAR, RED = (0, 0, 0, 0), (255, 0, 0, 255)


def file_of(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def layered() -> Image.Image:
    """A red square on what is transparent, and black underneath."""
    image = Image.new("RGBA", (30, 20), CLEAR)
    image.paste(RED, (5, 5, 10, 10))
    return image


def sixteen_bits() -> bytes:
    pixels = np.asarray(layered())[:, :, [2, 1, 0, 3]].astype(np.uint16) * 257
    return cv2.imencode(".png", pixels)[1].tobytes()


def palette() -> bytes:
    image = Image.new("P", (30, 20), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(1, (5, 5, 10, 10))
    return file_of(image, "PNG", transparency=0)


TRANSPARENT = {
    "png": lambda: file_of(layered(), "PNG"),
    "webp": lambda: file_of(layered(), "WEBP", lossless=True),
    "bmp": lambda: cv2.imencode(".bmp", np.asarray(layered())[:, :, [2, 1, 0, 3]])[1].tobytes(),
    "16 bits": sixteen_bits,
    "palette": palette,
}


@pytest.mark.parametrize("form", list(TRANSPARENT))
def test_what_is_transparent_is_white_paper(form: str) -> None:
    pixels = decode_picture(TRANSPARENT[form](), form)
    assert (pixels.shape, pixels.dtype) == ((20, 30, 3), np.uint8)
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[7, 7].tolist() == [0, 0, 255]


def test_grey_with_transparency_is_laid_on_paper_too() -> None:
    grey = Image.merge("LA", (Image.new("L", (4, 1), 0), Image.new("L", (4, 1))))
    for column, alpha in enumerate((0, 85, 170, 255)):
        grey.putpixel((column, 0), (0, alpha))
    assert decode_picture(file_of(grey, "PNG"), "grey")[0, :, 1].tolist() == [255, 170, 85, 0]


@pytest.mark.parametrize("mode", ["1", "L", "I;16"])
@pytest.mark.parametrize("paper", [0, 1])
def test_grey_whose_one_shade_is_transparent_is_laid_on_paper_too(mode: str, paper: int) -> None:
    image = Image.fromarray(np.array([[0, 1], [1, 0]], np.uint16)).convert("I;16") if mode == "I;16" else None
    image = image or Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8) * (255 if mode == "1" else 1)).convert(mode)
    pixels = decode_picture(file_of(image, "PNG", transparency=paper * (255 if mode == "1" else 1)), mode)
    assert pixels[0, paper].tolist() == [255, 255, 255]
    assert (pixels[0, 1 - paper] < 255).all() or mode == "1"


def test_the_meaningless_fourth_byte_of_a_bitmap_is_no_transparency() -> None:
    pixels = np.full((20, 30, 4), 90, np.uint8)
    pixels[:, :, 3] = 0
    assert (decode_picture(cv2.imencode(".bmp", pixels)[1].tobytes(), "bitmap") == 90).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_upright_as_its_camera_says(orientation: int) -> None:
    upright = np.zeros((20, 30, 3), np.uint8)
    upright[:10, :15, 0] = 255
    # How the camera stored it, so that `orientation` brings it back (Exif 2.32, tag 274).
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }
    exif = Image.Exif()
    exif[274] = orientation
    image = Image.fromarray(np.ascontiguousarray(stored[orientation]))
    pixels = decode_picture(file_of(image, "JPEG", quality=95, exif=exif), "photo")
    assert pixels.shape == (20, 30, 3)
    assert pixels[4, 4, 2] > 200 and pixels[15, 25, 2] < 50 and pixels[4, 25, 2] < 50 and pixels[15, 4, 2] < 50


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_with_transparency_is_turned_like_the_same_one_without(kind: str, orientation: int) -> None:
    shades = np.random.default_rng(5).integers(0, 255, (2, 3, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    exif = Image.Exif()
    exif[0x0112] = orientation
    opaque = Image.fromarray(shades)
    layered = opaque.convert("RGBA")
    layered.putpixel((0, 0), (*layered.getpixel((0, 0))[:3], 254))  # type: ignore[index]
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(file_of(opaque, "PNG", exif=exif)))))[
        :, :, ::-1
    ]
    found = decode_picture(file_of(layered, kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {})), kind)
    assert found.shape == expected.shape and np.abs(found.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("length", [0, 4, 8, 14, 19])
def test_damaged_exif_data_leaves_a_picture_as_it_is(length: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    damaged = exif.tobytes()[: 6 + length]
    assert decode_picture(file_of(layered(), "PNG", exif=damaged), "x").shape == (20, 30, 3)


def test_a_photograph_for_print_keeps_its_colours() -> None:
    pixels = decode_picture(file_of(Image.new("CMYK", (30, 20), (0, 255, 255, 0)), "JPEG"), "print")
    blue, green, red = pixels[5, 5].tolist()
    assert red > 200 and max(blue, green) < 60


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_picture_is_read(kind: str) -> None:
    first, second = Image.new("RGB", (30, 20), (250, 0, 0)), Image.new("RGB", (30, 20), (0, 0, 250))
    data = file_of(first, kind, save_all=True, append_images=[second], **({"lossless": True} if kind == "WEBP" else {}))
    assert decode_picture(data, "animation")[5, 5].tolist() == [0, 0, 250]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (file_of(Image.new("RGB", (30, 20)), "GIF"), "a GIF"),
        (file_of(Image.new("RGB", (30, 20)), "TIFF"), "a TIFF picture"),
        (file_of(Image.new("RGB", (30, 20)), "JPEG2000"), "a JPEG 2000 picture"),
        (b"\0\0\0\x24ftypheic\0\0\0\0mif1heic", "a HEIC picture"),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1", "an AVIF picture"),
    ],
)
def test_a_format_that_is_not_read_is_named_with_a_way_to_convert_it(data: bytes, found: str) -> None:
    with pytest.raises(InputError, match=f"found {found}.*ffmpeg"):
        decode_picture(data, "picture")


@pytest.mark.parametrize(("width", "height"), [(0, 0), (0, 10), (10, 0), (2_000_000, 1)])
def test_a_picture_without_area_or_of_impossible_sides_is_an_input_error(
    tmp_path: Path, width: int, height: int
) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(png_that_claims(width, height))
    with pytest.raises(InputError, match="is damaged"):
        read_picture(path)
