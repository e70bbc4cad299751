"""Sizes, shapes and traps are held against the limits before a pixel is decoded."""

import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from collection import imaging
from tests import pictures


@pytest.mark.parametrize(
    ("size", "limits", "refusal"),
    [
        ((1, 1), imaging.Limits(), imaging.TooSmall),
        ((16, 15), imaging.Limits(), imaging.TooSmall),
        ((20_000, 3), imaging.Limits(), imaging.TooElongated),
        ((1_616, 16), imaging.Limits(), imaging.TooElongated),
        ((60_000, 60_000), imaging.Limits(), imaging.TooManyPixels),
        ((1_001, 1_000), imaging.Limits(pixels_mp=1), imaging.TooManyPixels),
        ((16_000, 16_000), imaging.Limits(pixels_mp=256), imaging.Damaged),
    ],
)
def test_the_header_alone_is_held_against_the_limits(
    size: tuple[int, int], limits: imaging.Limits, refusal: type[imaging.Refused]
) -> None:
    data = pictures.png_claiming(*size)

    with pytest.raises(refusal):
        imaging.check(data, limits)


@pytest.mark.parametrize("size", [(16, 16), (1_600, 16)])
def test_a_picture_at_its_limits_is_accepted(size: tuple[int, int]) -> None:
    checked = imaging.check(pictures.packed(pictures.painted(*size)))

    assert (checked.width_px, checked.height_px) == size


def test_a_file_of_too_many_bytes_is_refused_by_its_size() -> None:
    data = pictures.packed(pictures.painted()) + bytes(2**20)

    with pytest.raises(imaging.TooManyBytes, match=r"1\.0 MiB large; at most 1 MiB"):
        imaging.check(data, imaging.Limits(size_mib=1))


def hostile_text() -> bytes:
    return pictures.png_with_chunk(pictures.painted(), b"zTXt", b"Comment\0\0" + zlib.compress(bytes(20_000_000)))


def hostile_profile() -> bytes:
    return pictures.png_with_chunk(pictures.painted(), b"iCCP", b"x\0\0" + zlib.compress(bytes(20_000_000)))


def hostile_scans() -> bytes:
    data = pictures.packed(pictures.painted(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * 500 + data[-2:]


def hostile_tiles() -> bytes:
    return pictures.tiff_in_one_tile(64, 64, tile_px=60_000)


def raw_photograph() -> bytes:
    return pictures.tiff_with_tags(pictures.painted(), {0x00FE: 1, 0x014A: 8})


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (hostile_text, imaging.TooMuchMetadata),
        (hostile_profile, imaging.TooMuchMetadata),
        (hostile_scans, imaging.TooManyScans),
        (hostile_tiles, imaging.TooManyPixels),
        (raw_photograph, imaging.PreviewOnly),
    ],
)
def test_hostile_and_misleading_files_are_refused(make: Callable[[], bytes], refusal: type[imaging.Refused]) -> None:
    data = make()

    with pytest.raises(refusal):
        imaging.check(data)


def test_a_tiff_of_very_many_pages_is_read_like_one_of_one_page() -> None:
    page = pictures.packed(pictures.painted(), "TIFF")
    pages = 100_000
    (directory,) = struct.unpack("<I", page[4:8])
    (entries,) = struct.unpack("<H", page[directory : directory + 2])
    link = directory + 2 + 12 * entries
    first = len(page) + len(page) % 2
    chain = b"".join(struct.pack("<HI", 0, first + 6 * (n + 1) * (n + 1 < pages)) for n in range(pages))

    data = (page[:link] + struct.pack("<I", first) + page[link + 4 :]).ljust(first, b"\0") + chain

    assert imaging.check(data).pixel_digest == imaging.check(page).pixel_digest


def test_a_limit_in_the_settings_replaces_the_default() -> None:
    data = pictures.packed(Image.fromarray(np.zeros((8, 8, 3), np.uint8)))

    checked = imaging.check(data, imaging.Limits(min_side_px=8))

    assert checked.width_px == 8
