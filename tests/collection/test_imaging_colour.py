"""Whatever mode a file has, people and networks see the same upright sRGB picture."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from collection import imaging
from tests import pictures

WHITE = (255, 255, 255)


def seen(image: Image.Image, kind: str = "PNG", **options: Any) -> Image.Image:
    """The picture after a trip through a file."""
    return imaging.open_upright(pictures.packed(image, kind, **options))


def test_an_embedded_profile_is_converted() -> None:
    scene = pictures.painted()

    red, green, blue = seen(scene, icc_profile=pictures.profile_with_red_and_green_exchanged()).split()

    exchanged = Image.merge("RGB", (green, red, blue))
    assert pictures.difference(exchanged, scene) < 2


def test_the_profile_of_a_palette_and_of_a_transparent_picture_is_converted() -> None:
    profile = pictures.profile_with_red_and_green_exchanged()
    red = Image.new("RGB", (32, 32), (200, 0, 0))

    palette = seen(red.convert("P", palette=Image.Palette.ADAPTIVE), icc_profile=profile)
    transparent = seen(red.convert("RGBA"), icc_profile=profile)

    assert pictures.difference(palette, Image.new("RGB", (32, 32), (0, 200, 0))) < 2
    assert pictures.difference(transparent, Image.new("RGB", (32, 32), (0, 200, 0))) < 2


def test_a_grey_profile_is_converted() -> None:
    linear = Image.new("L", (32, 32), 128)

    upright = seen(linear, icc_profile=pictures.grey_profile_of_gamma_1())

    assert upright.getpixel((0, 0)) == pytest.approx((188, 188, 188), abs=1)


def test_an_srgb_profile_changes_no_pixel() -> None:
    scene = pictures.painted()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    assert pictures.difference(seen(scene, icc_profile=profile), scene) == 0


@pytest.mark.parametrize("length", [10, 127, 128, 200, 400])
def test_a_broken_profile_is_ignored(length: int) -> None:
    scene = pictures.painted()

    upright = seen(scene, icc_profile=pictures.profile_with_red_and_green_exchanged()[:length])

    assert pictures.difference(upright, scene) == 0


def test_a_profile_for_other_pixels_is_ignored() -> None:
    scene = pictures.painted()
    grey = scene.convert("L")

    as_rgb = seen(scene, icc_profile=pictures.cmyk_profile_without_colour())
    as_grey = seen(grey, icc_profile=pictures.profile_with_red_and_green_exchanged())

    assert pictures.difference(as_rgb, scene) == 0
    assert pictures.difference(as_grey, grey.convert("RGB")) == 0


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile_has_the_colours_of_its_inks(kind: str) -> None:
    inks = [(255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255), (0, 0, 0, 0)]
    options = {"quality": 100} if kind == "JPEG" else {}

    colours = [seen(Image.new("CMYK", (32, 32), ink), kind, **options).getpixel((16, 16)) for ink in inks]

    expected = [(0, 255, 255), (255, 0, 255), (255, 255, 0), (0, 0, 0), WHITE]
    assert np.abs(np.subtract(colours, expected)).max() <= 3


def test_cmyk_with_a_profile_has_the_colours_of_its_profile() -> None:
    cyan = Image.new("CMYK", (32, 32), (255, 0, 0, 0))

    upright = seen(cyan, "JPEG", quality=100, icc_profile=pictures.cmyk_profile_without_colour())

    red, green, blue = upright.getpixel((16, 16))
    assert max(red, green, blue) - min(red, green, blue) <= 2
    assert 170 < green < 210


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_not_clipped(kind: str) -> None:
    ramp = pictures.ramp_16_bit()

    upright = seen(Image.fromarray(ramp), kind)

    expected = np.rint(ramp / 257)
    assert np.abs(pictures.array(upright)[..., 0] - expected).max() <= 1


@pytest.mark.parametrize(
    ("dtype", "most"), [("int32", 255), ("int32", 65_535), ("int32", 10**6), ("float32", 1), ("float32", 255)]
)
def test_grey_of_32_bit_is_scaled_by_the_white_it_must_have_had(dtype: str, most: int) -> None:
    ramp = np.tile(np.linspace(0, most, 256), (32, 1)).astype(dtype)

    upright = seen(Image.fromarray(ramp), "TIFF")

    expected = np.tile(np.arange(256.0), (32, 1))
    assert np.abs(pictures.array(upright)[..., 1] - expected).max() <= 1


def test_numbers_that_are_none_and_numbers_below_zero_are_shown_all_the_same() -> None:
    values = np.tile(np.linspace(-2, 2, 64), (32, 1)).astype(np.float32)
    values[0, :4] = np.nan, np.inf, -np.inf, 0

    upright = pictures.array(seen(Image.fromarray(values), "TIFF"))

    assert (upright[16, 0, 0], upright[16, -1, 0]) == (0, 255)
    assert set(upright[0, :4, 0]) == {128.0}


def half_clear(mode: str) -> Image.Image:
    """Left half clear over a black ground, right half opaque red (or grey 76)."""
    image = Image.new("RGBA", (64, 32), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (32, 0, 64, 32))
    return image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "kind", "colour"),
    [
        ("RGBA", "PNG", (255, 0, 0)),
        ("RGBA", "WEBP", (255, 0, 0)),
        ("RGBA", "TIFF", (255, 0, 0)),
        ("LA", "PNG", (76, 76, 76)),
        ("RGBA", "AVIF", (255, 0, 0)),
        ("RGBA", "GIF", (255, 0, 0)),
    ],
)
def test_what_is_clear_becomes_white(mode: str, kind: str, colour: tuple[int, int, int]) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}

    upright = seen(half_clear(mode), kind, **options)

    assert upright.getpixel((4, 16)) == pytest.approx(WHITE, abs=2)
    assert upright.getpixel((60, 16)) == pytest.approx(colour, abs=3)


@pytest.mark.parametrize(
    ("image", "clear"),
    [
        (Image.new("RGB", (32, 32), "navy").quantize(4), 0),
        (Image.new("L", (32, 32), 7), 7),
        (Image.new("RGB", (32, 32), (1, 2, 3)), (1, 2, 3)),
        (Image.fromarray(np.full((32, 32), 1_000, np.uint16)), 1_000),
    ],
    ids=["palette", "grey", "colours", "16-bit grey"],
)
def test_the_one_colour_of_a_png_that_is_clear_becomes_white(image: Image.Image, clear: Any) -> None:
    upright = seen(image, transparency=clear)

    assert upright.getpixel((5, 5)) == WHITE


def test_half_transparency_mixes_with_white() -> None:
    upright = seen(Image.new("RGBA", (32, 32), (0, 0, 0, 128)))

    assert upright.getpixel((5, 5)) == pytest.approx((127, 127, 127), abs=1)


@pytest.mark.parametrize("mode", ["1", "L", "P", "YCbCr", "LAB", "CMYK", "RGBX", "RGBA", "HSV", "La", "RGBa", "PA"])
def test_every_mode_becomes_rgb_of_the_same_size(mode: str) -> None:
    if mode in ("La", "RGBa"):
        image = pictures.painted().convert("LA" if mode == "La" else "RGBA").convert(mode)
    elif mode == "LAB":
        image = Image.new("LAB", (96, 64), (128, 128, 128))
    elif mode == "PA":
        image = pictures.painted().convert("P").convert("PA")
    else:
        image = pictures.painted().convert(mode)

    upright = imaging.to_srgb(image)

    assert (upright.mode, upright.size) == ("RGB", (96, 64))


def test_lab_is_converted_to_the_colours_it_means() -> None:
    grey_and_red = Image.new("LAB", (64, 32), (137, 128, 128))
    grey_and_red.paste((136, 208, 195), (32, 0, 64, 32))

    upright = seen(grey_and_red, "TIFF")

    assert upright.getpixel((4, 4)) == pytest.approx((128, 128, 128), abs=3)
    assert upright.getpixel((60, 4)) == pytest.approx((254, 0, 0), abs=12)


def test_what_was_handed_in_stays_as_it_is() -> None:
    scene = pictures.painted()
    scene.info = {"icc_profile": pictures.profile_with_red_and_green_exchanged(), "comment": b"mine"}
    before = scene.copy()

    upright = imaging.to_srgb(scene)

    assert pictures.difference(scene, before) == 0
    assert scene.info["comment"] == b"mine"
    assert not upright.info
