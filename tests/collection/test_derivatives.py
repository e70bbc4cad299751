"""What visitors get to see: small, upright, in the right colours, and nothing but pixels."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from collection import imaging
from collection.files import derivatives
from tests import pictures

APPENDED = b"<html><script>alert(1)</script></html>"


@pytest.fixture
def made(tmp_path: Path) -> Any:
    """Bytes of an original -> its derivatives as Pillow opens them, by file name."""

    def make(data: bytes, sides_px: tuple[int, ...] = (40, 120, 300)) -> dict[str, Image.Image]:
        original = tmp_path / "original"
        original.write_bytes(data)
        paths = derivatives.make(original, tmp_path / "derivatives", sides_px)
        opened = {path.name: Image.open(path) for path in paths}
        for image in opened.values():
            image.load()
        return opened

    return make


def scene() -> Image.Image:
    return pictures.painted(360, 240)


def test_each_side_is_made_as_webp_and_jpeg(made: Any) -> None:
    found = made(pictures.packed(scene(), "JPEG"))

    assert {name: (image.format, image.size) for name, image in found.items()} == {
        "40.webp": ("WEBP", (40, 27)),
        "40.jpg": ("JPEG", (40, 27)),
        "120.webp": ("WEBP", (120, 80)),
        "120.jpg": ("JPEG", (120, 80)),
        "300.webp": ("WEBP", (300, 200)),
        "300.jpg": ("JPEG", (300, 200)),
    }


def test_a_small_picture_is_not_enlarged(made: Any) -> None:
    found = made(pictures.packed(pictures.painted(60, 48)))

    assert [found[name].size for name in ("40.jpg", "120.jpg", "300.jpg")] == [(40, 32), (60, 48), (60, 48)]


@pytest.mark.parametrize("size", [(20_000, 3), (3, 4_000), (1, 1)])
def test_no_side_ever_ends_as_nothing(made: Any, size: tuple[int, int]) -> None:
    found = made(pictures.packed(Image.new("RGB", size, "navy")))

    assert all(min(image.size) >= 1 and max(image.size) <= 300 for image in found.values())


@cache
def originals() -> dict[str, bytes]:
    """One of everything that libvips and Pillow might see differently."""
    exchanged = pictures.profile_with_red_and_green_exchanged()
    clear = scene().convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    palette = scene().quantize(32)
    deep = Image.fromarray(pictures.ramp_16_bit(360, 240))
    return {
        "jpeg": pictures.packed(scene(), "JPEG", quality=95),
        "grey jpeg": pictures.packed(scene().convert("L"), "JPEG", quality=95),
        "jpeg with a profile": pictures.packed(scene(), "JPEG", quality=95, icc_profile=exchanged),
        "jpeg with a broken profile": pictures.packed(scene(), "JPEG", quality=95, icc_profile=exchanged[:200]),
        "turned jpeg": pictures.photograph(6, scene(), quality=95),
        "turned png": pictures.photograph(5, scene(), "PNG"),
        "turned tiff": pictures.photograph(8, scene(), "TIFF"),
        "turned webp": pictures.photograph(7, scene(), "WEBP", quality=95),
        "turned avif": pictures.photograph(6, scene(), "AVIF", quality=95),
        "cmyk": pictures.packed(scene().convert("CMYK"), "JPEG", quality=95),
        "cmyk with a profile": pictures.packed(
            scene().convert("CMYK"), "JPEG", quality=95, icc_profile=pictures.cmyk_profile_without_colour()
        ),
        "16-bit grey png": pictures.packed(deep),
        "16-bit grey tiff": pictures.packed(deep, "TIFF"),
        "float tiff": pictures.packed(Image.fromarray(np.float32(pictures.ramp_16_bit(360, 240))), "TIFF"),
        "alpha png": pictures.packed(clear),
        "alpha png with a profile": pictures.packed(clear, icc_profile=exchanged),
        "alpha webp": pictures.packed(clear, "WEBP", lossless=True),
        "grey alpha png": pictures.packed(clear.convert("LA")),
        "palette png": pictures.packed(palette),
        "palette png with a clear colour": pictures.packed(palette, transparency=3),
        "1-bit png": pictures.packed(scene().convert("1", dither=Image.Dither.NONE)),
        "tiff of pages": pictures.packed(scene(), "TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9))]),
        "animated gif": pictures.packed(scene(), "GIF", save_all=True, append_images=[Image.new("RGB", (360, 240))]),
        "heic": pictures.packed(scene(), "HEIF", quality=95),
    }


@pytest.mark.parametrize("name", originals())
def test_derivatives_have_the_colours_and_the_position_that_were_checked(made: Any, name: str) -> None:
    data = originals()[name]

    found = made(data)

    upright = imaging.open_upright(data)
    for file in ("300.webp", "300.jpg", "120.webp"):
        expected = upright.resize(found[file].size, Image.Resampling.LANCZOS)
        assert pictures.difference(found[file].convert("RGB"), expected) < 5, file


def test_nothing_but_pixels_is_handed_out(made: Any) -> None:
    data = pictures.photograph(
        6, scene(), icc_profile=pictures.profile_with_red_and_green_exchanged(), comment=b"secret", xmp=b"<x:xmpmeta/>"
    )

    found = made(data + APPENDED)

    for name, image in found.items():
        assert image.mode == "RGB"
        assert not image.getexif(), name
        assert image.info.keys() <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
            "loop",
            "background",
            "timestamp",
            "duration",
            "dpi",
        }, name


def test_what_was_appended_to_a_picture_does_not_survive(made: Any, tmp_path: Path) -> None:
    made(pictures.packed(scene()) + APPENDED)

    written = [path.read_bytes() for path in (tmp_path / "derivatives").iterdir()]

    assert len(written) == 6
    assert not any(b"script" in data for data in written)


def test_making_them_twice_leaves_the_same_files_and_no_others(made: Any, tmp_path: Path) -> None:
    folder = tmp_path / "derivatives"
    made(pictures.packed(scene()))
    first = {path.name: path.read_bytes() for path in folder.iterdir()}

    made(pictures.packed(scene()))

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


@pytest.mark.parametrize(
    "data", [b"", b"no picture", pictures.packed(scene(), "JPEG")[:2_000], b"<svg/>", b"P6\n1 1\n255\nabc"]
)
def test_an_original_that_cannot_be_read_fails_with_a_sentence_and_leaves_nothing(
    made: Any, tmp_path: Path, data: bytes
) -> None:
    with pytest.raises(derivatives.DerivativeError, match="can no longer be read: This file"):
        made(data)

    assert not list((tmp_path / "derivatives").iterdir())


def test_an_original_that_is_gone_fails_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(derivatives.DerivativeError, match="missing from the store"):
        derivatives.make(tmp_path / "gone.jpg", tmp_path / "derivatives")
