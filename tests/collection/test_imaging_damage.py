"""Pictures that a decoder would patch up with grey or shifted blocks are refused; odd metadata are not."""

import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

import numpy as np
import pytest
from PIL import Image

from collection import imaging
from tests import pictures

END = b"\xff\xd9"


def scene() -> Image.Image:
    return pictures.landscape(3)


@cache
def jpeg(**options: object) -> bytes:
    return pictures.packed(scene(), "JPEG", quality=90, **options)


def with_size(data: bytes, *, more_rows: int = 0, more_columns: int = 0) -> bytes:
    """Return a JPEG whose header states other numbers of rows and columns."""
    at = next(data.find(frame) for frame in (b"\xff\xc0\0", b"\xff\xc2\0") if frame in data) + 5
    rows, columns = struct.unpack(">HH", data[at : at + 4])
    return data[:at] + struct.pack(">HH", rows + more_rows, columns + more_columns) + data[at + 4 :]


def odd_height(rows: int = 326) -> bytes:
    """Return a JPEG whose last row of blocks is cut by the edge of the picture."""
    return pictures.packed(scene().resize((500, rows)), "JPEG", quality=90)


def grey() -> bytes:
    return pictures.packed(scene().convert("L"), "JPEG")


def square() -> bytes:
    return pictures.packed(scene().resize((320, 320)), "JPEG", quality=90)


def overwritten(data: bytes, content: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + content + data[middle + len(content) :]


NOISE = np.random.default_rng(1).integers(0, 255, 200, dtype=np.uint8).tobytes()
DAMAGED_JPEGS: dict[str, Callable[[], bytes]] = {
    "half, with an end": lambda: jpeg()[: len(jpeg()) // 2] + END,
    "all but the last bytes, with an end": lambda: jpeg()[:-8] + END,
    "all but the last row of blocks": lambda: odd_height()[: int(len(odd_height()) * 0.99)] + END,
    "all but the last five rows of pixels": lambda: odd_height(261)[: int(len(odd_height(261)) * 0.985)] + END,
    "half, progressive, with an end": lambda: jpeg(progressive=True)[: len(jpeg()) // 2] + END,
    "half in CMYK, with an end": lambda: pictures.packed(scene().convert("CMYK"), "JPEG")[:20_000] + END,
    "too many rows": lambda: with_size(jpeg(), more_rows=40),
    "a row of blocks too many": lambda: with_size(odd_height(), more_rows=16),
    "too many columns": lambda: with_size(jpeg(), more_columns=40),
    "too few rows": lambda: with_size(jpeg(), more_rows=-40),
    "too few columns": lambda: with_size(jpeg(), more_columns=-40),
    "a column of blocks too few": lambda: with_size(odd_height(), more_columns=-17),
    "a column of blocks too few, in grey": lambda: with_size(grey(), more_columns=-8),
    "a column of blocks too few, with restarts": lambda: with_size(jpeg(restart_marker_rows=1), more_columns=-16),
    "a column of blocks too few, with a second picture": lambda: with_size(jpeg(), more_columns=-16) + jpeg(),
    "a column of blocks too few, a row too many": lambda: with_size(square(), more_columns=-17, more_rows=16),
    "too few rows, progressive": lambda: with_size(jpeg(progressive=True), more_rows=-40),
    "a part is missing": lambda: jpeg()[: len(jpeg()) // 3] + jpeg()[2 * len(jpeg()) // 3 :],
    "noise in progressive data": lambda: overwritten(jpeg(progressive=True), NOISE),
    "noise between restarts": lambda: overwritten(jpeg(restart_marker_rows=1), NOISE),
    "damage behind odd metadata": lambda: jpeg()[: len(jpeg()) // 2].replace(b"JFIF\0\x01", b"JFIF\0\x07") + END,
}


@pytest.mark.parametrize("name", DAMAGED_JPEGS)
def test_a_damaged_jpeg_is_refused_with_the_fault_and_what_to_do(name: str) -> None:
    data = DAMAGED_JPEGS[name]()

    for read in (imaging.check, imaging.open_upright, lambda data: imaging.shrink(data, 64)):
        with pytest.raises(imaging.Damaged, match=r"^This JPEG is damaged.*: .*; please send an undamaged copy"):
            read(data)


def odd_metadata() -> dict[str, bytes]:
    whole = jpeg()
    return {
        "padding between the first segments": whole[:2] + b"\xff\xff\xff" + whole[2:],
        "broken EXIF data": whole[:2] + b"\xff\xe1\0\x0eExif\0\0II*\0\x08\0" + whole[2:],
        "a profile with a missing part": whole[:2] + b"\xff\xe2\0\x14ICC_PROFILE\0\x01\x05abcd" + whole[2:],
        "an unknown version of JFIF": whole.replace(b"JFIF\0\x01", b"JFIF\0\x07"),
        "zeros before the end": whole[:-2] + bytes(3_000) + END,
        "a second picture behind the end": whole + jpeg(),
        "bytes behind the end": whole + b"<html>" * 100,
        "a comment": jpeg(comment=b"\xff\xd9" * 50),
    }


@pytest.mark.parametrize("name", odd_metadata())
def test_a_whole_jpeg_with_odd_metadata_is_accepted(name: str) -> None:
    checked = imaging.check(odd_metadata()[name])

    assert checked.pixel_digest == imaging.check(jpeg()).pixel_digest
    assert checked.damage == ""


@pytest.mark.parametrize(
    ("kind", "image", "options"),
    [
        ("TIFF", scene(), {"compression": "packbits"}),
        ("TIFF", scene(), {"compression": "jpeg"}),
        ("TIFF", scene().convert("1"), {"compression": "group4"}),
        ("AVIF", scene(), {}),
        ("PNG", scene(), {}),
    ],
    ids=["packbits", "jpeg in tiff", "fax", "avif", "png"],
)
def test_other_formats_are_refused_where_a_decoder_can_see_the_damage(
    kind: str, image: Image.Image, options: dict[str, object]
) -> None:
    data = pictures.packed(image, kind, **options)
    imaging.check(data)

    with pytest.raises(imaging.Damaged, match=f"{kind}.*damaged"):
        imaging.check(overwritten(data, NOISE))


@pytest.mark.parametrize("name", ["half, with an end", "too few rows", "noise in progressive data"])
def test_an_owner_can_accept_what_is_left_of_a_damaged_picture(name: str) -> None:
    data = DAMAGED_JPEGS[name]()

    checked = imaging.check(data, imaging.Limits(accepts_damage=True))

    assert checked.damage.startswith("This JPEG is damaged")
    assert imaging.reduce(data, 64).width == 64


def test_bytes_that_nothing_can_decode_are_refused_even_then() -> None:
    with pytest.raises(imaging.Damaged):
        imaging.check(jpeg()[:2_000], imaging.Limits(accepts_damage=True))


def test_pictures_in_several_threads_do_not_share_their_faults() -> None:
    whole = [pictures.packed(pictures.landscape(seed), kind) for seed in range(3) for kind in ("JPEG", "WEBP", "TIFF")]
    damaged = [DAMAGED_JPEGS["half, with an end"]()] * 3
    judge = partial(imaging.check, limits=imaging.Limits(accepts_damage=True))

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(judge, [*whole, *damaged] * 8))

    assert [bool(checked.damage) for checked in found] == [*[False] * len(whole), *[True] * len(damaged)] * 8
