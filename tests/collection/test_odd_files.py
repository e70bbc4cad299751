"""Every odd, hostile and broken file of the shared set gets the answer that its table asks for."""

import csv
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from collection import imaging
from collection.files import derivatives
from tests.pictures import difference

ODD = Path(__file__).parents[2].parent / "shared" / "data" / "odd"
TABLE = ODD / "expected.csv"
ABSENT = f"the shared set of odd files is not beside this repository ({'/'.join(TABLE.parts[-4:])})"
needs_odd_files = pytest.mark.skipif(not TABLE.exists(), reason=ABSENT)

# Where the table leaves the choice to us ("policy") and we do not take what it would.
CHOSEN_REFUSALS = {"20000x3.png": imaging.TooElongated}
REASONS: dict[str, type[imaging.Refused]] = {
    "baboon.pgm": imaging.UnacceptedFormat,
    "iggy.1024.ppm": imaging.UnacceptedFormat,
    "marbles.pbm": imaging.UnacceptedFormat,
    "plain.bmp": imaging.UnacceptedFormat,
    "jpeg_named.svg": imaging.ActiveName,
    "script.svg": imaging.ActiveName,
    "svg_named.jpg": imaging.NotAPicture,
    "zip_named.jpg": imaging.NotAPicture,
    "text.jpg": imaging.NotAPicture,
    "html.png": imaging.NotAPicture,
    "zero_bytes.jpg": imaging.EmptyFile,
    "truncated.jpg": imaging.Damaged,
    "truncated.png": imaging.Damaged,
    "header_only.jpg": imaging.Damaged,
    "one_pixel.png": imaging.TooSmall,
    "bomb_60000x60000.png": imaging.TooManyPixels,
    "bomb_15000x15000_1bit.png": imaging.TooManyPixels,
    **CHOSEN_REFUSALS,
}


def rows() -> list[Any]:
    if not TABLE.exists():
        return [pytest.param("", "", marks=pytest.mark.skip(reason=ABSENT), id="absent")]
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [pytest.param(row["filename"], row["expect"], id=row["filename"]) for row in csv.DictReader(file)]


def taken_in(name: str) -> imaging.CheckedImage:
    imaging.check_name(name)
    return imaging.check((ODD / name).read_bytes())


def upright(name: str) -> Image.Image:
    return imaging.open_upright(ODD / name)


@pytest.mark.parametrize(("name", "expected"), rows())
def test_an_odd_file_is_accepted_or_refused_as_the_table_says(name: str, expected: str) -> None:
    if expected == "accept" and name not in CHOSEN_REFUSALS:
        checked = taken_in(name)

        assert checked.width_px >= 16
        assert checked.height_px >= 16
    else:
        with pytest.raises(REASONS.get(name, imaging.Refused)) as refusal:
            taken_in(name)

        assert str(refusal.value).startswith("This ")
        assert str(refusal.value).endswith(".")


@needs_odd_files
@pytest.mark.parametrize("name", ["exif_gps_orientation6.jpg", "icc_adobe_rgb_like.jpg"])
def test_turned_and_wide_gamut_copies_look_like_the_plain_picture(name: str) -> None:
    plain = upright("plain.jpg")

    other = upright(name)

    assert other.size == plain.size
    assert difference(other, plain) < 3


@needs_odd_files
def test_the_wide_gamut_copy_would_be_too_dull_without_its_profile() -> None:
    with Image.open(ODD / "icc_adobe_rgb_like.jpg") as stored:
        ignored = stored.convert("RGB")

    assert difference(ignored, upright("plain.jpg")) > 2 * difference(
        upright("icc_adobe_rgb_like.jpg"), upright("plain.jpg")
    )


@needs_odd_files
def test_the_same_pixels_have_one_digest_whatever_file_they_are_in() -> None:
    plain, upper, progressive, broken_profile = (
        taken_in(name) for name in ("plain.jpg", "plain_upper.JPG", "progressive.jpg", "icc_broken.jpg")
    )

    assert plain.sha256 == upper.sha256
    assert plain.sha256 != progressive.sha256
    assert plain.pixel_digest == upper.pixel_digest == progressive.pixel_digest == broken_profile.pixel_digest


@needs_odd_files
@pytest.mark.parametrize("name", ["cmyk.jpg", "grey16.png", "palette_transparent.png", "html_after_iend.png"])
def test_odd_files_have_plain_derivatives(name: str, tmp_path: Path) -> None:
    paths = derivatives.make(ODD / name, tmp_path)

    small = imaging.open_upright(tmp_path / "480.webp")
    assert len(paths) == 6
    assert difference(small, upright(name).resize(small.size, Image.Resampling.LANCZOS)) < 8
    assert not any(b"<html" in path.read_bytes() or b"<script" in path.read_bytes() for path in paths)
