"""What is taken as a picture, and what is said about everything else."""

import random
from contextlib import suppress

import pytest

from collection import imaging
from tests import pictures

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("kind", "extension", "media_type"),
    [
        ("JPEG", "jpg", "image/jpeg"),
        ("PNG", "png", "image/png"),
        ("WEBP", "webp", "image/webp"),
        ("TIFF", "tif", "image/tiff"),
        ("GIF", "gif", "image/gif"),
        ("HEIF", "heic", "image/heic"),
        ("AVIF", "avif", "image/avif"),
    ],
)
def test_every_accepted_format_is_known_by_its_content(kind: str, extension: str, media_type: str) -> None:
    data = pictures.packed(pictures.painted(96, 64), kind)

    checked = imaging.check(data)

    assert (checked.format, checked.extension, checked.media_type) == (kind, extension, media_type)
    assert (checked.width_px, checked.height_px, checked.size_bytes) == (96, 64, len(data))


def test_a_jpeg_with_a_second_picture_behind_it_is_a_jpeg() -> None:
    data = pictures.frames(2, "MPO")

    checked = imaging.check(data)

    assert checked.format == "JPEG"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_only_the_first_frame_or_page_counts(kind: str) -> None:
    first = pictures.packed(pictures.painted(), kind)

    animated = pictures.frames(4, kind)

    assert pictures.difference(imaging.open_upright(animated), imaging.open_upright(first)) < 6


@pytest.mark.parametrize(
    ("data", "refusal", "said"),
    [
        (b"", imaging.EmptyFile, "empty"),
        (b'<?xml version="1.0"?><svg xmlns="x"><script>1</script></svg>', imaging.NotAPicture, "SVG drawing"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html>", imaging.NotAPicture, "HTML page"),
        (b"just a few words", imaging.NotAPicture, "text"),
        (b"%PDF-1.7\n", imaging.NotAPicture, "PDF document"),
        (b"PK\x03\x04" + bytes(40), imaging.NotAPicture, "ZIP archive"),
        (bytes(64), imaging.NotAPicture, "not a picture"),
        (b"BM" + bytes(64), imaging.UnacceptedFormat, "BMP"),
        (b"P6\n1 1\n255\n...", imaging.UnacceptedFormat, "Netpbm"),
        (b"8BPS" + bytes(64), imaging.UnacceptedFormat, "Photoshop"),
        (b"\0\0\0\x18ftypmp42" + bytes(64), imaging.UnacceptedFormat, "film"),
        (b"\xff\xd8\xff", imaging.Damaged, "JPEG"),
        (PNG_SIGNATURE, imaging.Damaged, "PNG"),
    ],
)
def test_a_refusal_names_what_was_found(data: bytes, refusal: type[imaging.Refused], said: str) -> None:
    with pytest.raises(refusal, match=said) as caught:
        imaging.check(data)

    assert str(caught.value).startswith("This ")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "HEIF", "AVIF"])
def test_half_a_picture_is_refused(kind: str) -> None:
    data = pictures.packed(pictures.painted(200, 160), kind)

    with pytest.raises(imaging.Damaged):
        imaging.check(data[: len(data) // 2])


def test_the_pixel_digest_sees_pixels_only() -> None:
    scene = pictures.painted()
    changed = scene.copy()
    changed.putpixel((50, 50), (1, 2, 3))

    plain, tiff, turned, other = (
        imaging.check(data)
        for data in (
            pictures.packed(scene, "PNG"),
            pictures.packed(scene, "TIFF", compression="tiff_lzw"),
            pictures.photograph(6, scene, "PNG"),
            pictures.packed(changed, "PNG"),
        )
    )

    assert plain.pixel_digest == tiff.pixel_digest == turned.pixel_digest
    assert len({plain.sha256, tiff.sha256, turned.sha256, other.sha256}) == 4
    assert other.pixel_digest != plain.pixel_digest


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "HEIF", "AVIF"])
def test_whatever_bytes_come_the_answer_is_a_picture_or_a_refusal(kind: str) -> None:
    dice = random.Random(f"seed of {kind}")
    whole = pictures.packed(pictures.painted(48, 40), kind)

    for _ in range(150):
        data = bytearray(whole[: dice.choice([len(whole), dice.randrange(len(whole))])])
        for _ in range(dice.choice([1, 2, 8])):
            if data:
                data[dice.randrange(len(data))] = dice.randrange(256)
        with suppress(imaging.Refused):
            imaging.check(bytes(data))


@pytest.mark.parametrize(
    "name", ["a.jpg", "picture.bmp", "no ending", "B.JPEG", "1923.4", "a.html.png", "x/y.tiff", "", "ölbild é.png"]
)
def test_names_that_nothing_would_run_are_accepted(name: str) -> None:
    imaging.check_name(name)


@pytest.mark.parametrize(
    "name",
    ["a.svg", "A.SVGZ", "a.jpg.html", "a.htm. ", "x.php", "a.pdf", "setup.exe", "C:\\a\\b.JS", ".htaccess", "a.ｓｖｇ"],
)
def test_names_that_a_browser_or_system_would_run_are_refused(name: str) -> None:
    with pytest.raises(imaging.ActiveName, match="extension of its format"):
        imaging.check_name(name)


def test_a_name_with_control_characters_is_refused() -> None:
    with pytest.raises(imaging.UnreadableName):
        imaging.check_name("a.svg\0.jpg")
