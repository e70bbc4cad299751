"""Pictures are read strip by strip, by several decoders, and have the digests that they always had."""

import hashlib
from functools import cache

import numpy as np
import pytest
from PIL import Image

from collection import imaging
from collection.imaging.streaming.strips import STRIP_PIXELS
from tests import pictures

KINDS = ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"]


def scene() -> Image.Image:
    """Enough pixels for more than one strip."""
    assert STRIP_PIXELS < 601 * 509
    return pictures.painted(601, 509)


@cache
def unusual() -> dict[str, bytes]:
    exchanged = pictures.profile_with_red_and_green_exchanged()
    clear = scene().convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    palette = scene().quantize(32)
    deep = pictures.ramp_16_bit(600, 500)
    return {
        "grey jpeg": pictures.packed(scene().convert("L"), "JPEG"),
        "progressive jpeg with a profile": pictures.packed(scene(), "JPEG", progressive=True, icc_profile=exchanged),
        "jpeg of red, green and blue": pictures.packed(scene(), "JPEG", keep_rgb=True, subsampling="4:4:4"),
        "cmyk jpeg": pictures.packed(scene().convert("CMYK"), "JPEG"),
        "webp with alpha and a profile": pictures.packed(clear, "WEBP", lossless=True, icc_profile=exchanged),
        "heic with alpha": pictures.packed(clear, "HEIF"),
        "png with a clear colour": pictures.packed(palette, transparency=3),
        "16-bit png": pictures.packed(Image.fromarray(deep)),
        "16-bit png with a clear level": pictures.packed(Image.fromarray(deep), transparency=int(deep[0, 50])),
        "float tiff": pictures.packed(Image.fromarray(np.float32(deep)), "TIFF"),
        "tiff by lzw": pictures.packed(scene(), "TIFF", compression="tiff_lzw"),
        "tiff by jpeg": pictures.packed(scene(), "TIFF", compression="jpeg"),
        "gif": pictures.packed(palette, "GIF"),
        "animated webp": pictures.frames(3, "WEBP"),
    }


def digest_of(upright: Image.Image) -> str:
    """The digest as stored rows have it: of all pixels at once, decoded by Pillow."""
    return hashlib.sha256(f"{upright.width}x{upright.height}\n".encode() + upright.tobytes()).hexdigest()


@pytest.mark.parametrize("name", unusual())
def test_the_digest_of_strips_is_that_of_the_whole_picture(name: str) -> None:
    data = unusual()[name]

    checked = imaging.check(data)

    assert checked.pixel_digest == digest_of(imaging.open_upright(data))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_is_read_in_upright_strips(kind: str, orientation: int) -> None:
    data = pictures.photograph(orientation, scene(), kind)
    upright = imaging.open_upright(data)

    checked = imaging.check(data)

    assert (checked.width_px, checked.height_px) == upright.size == scene().size
    assert checked.pixel_digest == digest_of(upright)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_reduced_picture_looks_like_the_whole_one(kind: str, orientation: int) -> None:
    data = pictures.photograph(orientation, scene(), kind)

    reduced = imaging.reduce(data, 200)

    assert reduced.size == (200, 169)
    assert pictures.difference(reduced, imaging.open_upright(data).resize(reduced.size, Image.Resampling.LANCZOS)) < 5
