"""Plain borders: cut off where a photograph was padded, left alone where they belong to the picture."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from similarity.vision.pixels import trimming
from tests import pictures

WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (128, 128, 128)
Pixels = NDArray[np.uint8]


def scene(width_px: int = 96, height_px: int = 64) -> Pixels:
    return np.asarray(pictures.painted(width_px, height_px))


def padded(
    picture: Pixels, left: int, top: int, right: int, bottom: int, colour: tuple[int, int, int] = WHITE
) -> Pixels:
    height, width = picture.shape[:2]
    whole = np.full((height + top + bottom, width + left + right, 3), colour, np.uint8)
    whole[top : top + height, left : left + width] = picture
    return whole


@pytest.mark.parametrize("colour", [WHITE, BLACK, GREY, (200, 30, 90)])
@pytest.mark.parametrize("widths", [(10, 20, 5, 30), (0, 40, 0, 40), (25, 0, 25, 0), (0, 0, 0, 7)])
def test_a_plain_border_is_cut_off(colour: tuple[int, int, int], widths: tuple[int, int, int, int]) -> None:
    whole = padded(scene(), *widths, colour)

    left, top, right, bottom = trimming.box(whole)

    assert np.array_equal(whole[top:bottom, left:right], scene())


def test_lines_are_counted_as_by_looking_at_every_pixel() -> None:
    rng = np.random.default_rng(4)
    for plain in (0, 1, 2, 5, 6, 21, 22, 60):
        lines = rng.integers(118, 131, (60, 33, 3)).astype(np.uint8)
        lines[plain:] = rng.integers(0, 256, (60 - plain, 33, 3))

        colour = np.median(lines[0], axis=0)
        is_plain = (np.abs(lines - colour).max(axis=2) <= 12).mean(axis=1) >= 0.9
        expected = 60 if is_plain.all() else int(is_plain.argmin())

        assert trimming.plain_lines(lines, levels=12, share=0.9) == expected


def test_a_picture_without_a_border_is_left_as_it_is() -> None:
    assert trimming.box(scene()) == (0, 0, 96, 64)


def test_a_frame_of_two_colours_is_cut_off_with_both() -> None:
    whole = padded(padded(scene(), 8, 8, 8, 8, BLACK), 12, 12, 12, 12, WHITE)

    assert trimming.box(whole) == (20, 20, 116, 84)


def test_sides_of_different_colours_are_cut_off() -> None:
    whole = padded(padded(scene(), 10, 0, 0, 10, BLACK), 0, 10, 10, 0, WHITE)

    kept = trimming.box(whole)

    assert kept == (10, 10, 106, 74)


def test_a_border_that_jpeg_has_blurred_is_cut_off() -> None:
    file = BytesIO()
    Image.fromarray(padded(scene(192, 128), 24, 24, 24, 24)).save(file, "JPEG", quality=60)
    whole = np.asarray(Image.open(file).convert("RGB"))

    off = np.subtract(trimming.box(whole), (24, 24, 216, 152))

    assert (whole[24 - 8 : 24] != 255).any()  # the border is not plain white any more
    assert np.abs(off).max() <= 8


def test_a_slightly_grainy_border_is_cut_off() -> None:
    whole = padded(scene(), 20, 20, 20, 20, (240, 236, 230))
    grain = np.random.default_rng(1).integers(-5, 6, whole.shape)
    grainy = np.clip(whole + grain, 0, 255).astype(np.uint8)

    assert trimming.box(grainy) == (20, 20, 116, 84)


@pytest.mark.parametrize("colour", [WHITE, BLACK, GREY])
def test_a_blank_picture_is_left_whole(colour: tuple[int, int, int]) -> None:
    blank = np.full((60, 80, 3), colour, np.uint8)

    assert trimming.box(blank) == (0, 0, 80, 60)


def test_noise_is_left_whole() -> None:
    noise = np.random.default_rng(2).integers(0, 256, (60, 80, 3), dtype=np.uint8)

    assert trimming.box(noise) == (0, 0, 80, 60)


def test_an_even_gradient_loses_little() -> None:
    ramp = np.repeat(np.linspace(0, 255, 80).astype(np.uint8)[None, :, None], 60, axis=0).repeat(3, axis=2)

    left, top, right, bottom = trimming.box(ramp)

    assert (top, bottom) == (0, 60)
    assert right - left >= 60


def test_a_dot_on_a_sheet_leaves_the_sheet_whole() -> None:
    sheet = padded(np.full((6, 6, 3), 20, np.uint8), 97, 97, 97, 97)

    assert trimming.box(sheet) == (0, 0, 200, 200)


def test_a_drawing_in_the_middle_of_a_sheet_loses_only_the_empty_margin() -> None:
    assert trimming.box(padded(scene(60, 60), 70, 70, 70, 70)) == (70, 70, 130, 130)


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (200, 1), (2, 3), (15, 400), (400, 15)])
@pytest.mark.parametrize("kind", ["blank", "noise", "half"])
def test_thin_and_tiny_pictures_are_left_whole_and_break_nothing(shape: tuple[int, int], kind: str) -> None:
    height, width = shape
    pixels = np.full((height, width, 3), 200, np.uint8)
    if kind == "noise":
        pixels = np.random.default_rng(3).integers(0, 256, pixels.shape, dtype=np.uint8)
    if kind == "half":
        pixels[height // 2 :, width // 2 :] = 10

    assert trimming.box(pixels) == (0, 0, width, height)
