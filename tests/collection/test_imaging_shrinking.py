"""A search picture is made small before it is handed on."""

from io import BytesIO

import pytest
from PIL import Image

from collection import imaging
from tests import pictures


def test_a_shrunken_copy_is_small_upright_and_plain() -> None:
    scene = pictures.painted(900, 600)

    small = imaging.shrink(pictures.photograph(6, scene, quality=95), 90)

    with Image.open(BytesIO(small)) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (90, 60))
        assert not image.info
        assert pictures.difference(image, scene.resize((90, 60), Image.Resampling.LANCZOS)) < 3


def test_a_shrunken_copy_is_never_enlarged_and_keeps_a_pixel_each_way() -> None:
    tiny, long = pictures.painted(20, 16), pictures.painted(1_600, 16)

    sizes = [
        imaging.open_header(imaging.shrink(pictures.packed(image), 80), imaging.Limits(min_side_px=1)).size
        for image in (tiny, long)
    ]

    assert sizes == [(20, 16), (80, 1)]


def test_shrinking_refuses_what_checking_refuses() -> None:
    bomb, half = pictures.png_claiming(60_000, 60_000), pictures.packed(pictures.painted(), "JPEG")[:-200]

    with pytest.raises(imaging.TooManyPixels):
        imaging.shrink(bomb, 500)
    with pytest.raises(imaging.Damaged):
        imaging.shrink(half, 500)
    with pytest.raises(imaging.EmptyFile):
        imaging.shrink(b"", 500)


def test_a_draft_is_never_smaller_than_asked_for() -> None:
    data = pictures.packed(pictures.painted(1_000, 700), "JPEG")

    sizes = [imaging.open_upright(data, side_px).size for side_px in (2_000, 500, 400, 100)]

    assert sizes == [(1_000, 700), (500, 350), (500, 350), (125, 88)]


def test_a_detail_is_cut_out_of_the_upright_picture() -> None:
    scene = pictures.painted(900, 600)
    crop = imaging.Crop(0.5, 0.25, 0.4, 0.5)

    detail = imaging.shrink(pictures.photograph(6, scene, quality=95), 500, crop=crop)

    with Image.open(BytesIO(detail)) as image:
        assert image.size == (360, 300)
        assert pictures.difference(image, scene.crop((450, 150, 810, 450))) < 3


def test_a_detail_of_a_large_photograph_is_as_sharp_as_the_file_has_it() -> None:
    scene = pictures.painted(4_000, 1_000)
    data = pictures.packed(scene, "JPEG", quality=95)

    upright = imaging.shrink(data, 500, crop=imaging.Crop(0.1, 0, 0.1, 1))

    with Image.open(BytesIO(upright)) as image:
        assert image.size == (200, 500)
        expected = scene.crop((400, 0, 800, 1_000)).resize((200, 500), Image.Resampling.LANCZOS)
        assert pictures.difference(image, expected) < 3


def test_the_whole_picture_as_a_detail_is_the_whole_picture() -> None:
    data = pictures.packed(pictures.painted(300, 200), "JPEG")

    assert imaging.shrink(data, 90, crop=imaging.Crop(0, 0, 1, 1)) == imaging.shrink(data, 90)


def test_a_detail_of_hardly_any_pixels_is_refused_with_their_number() -> None:
    data = pictures.packed(pictures.painted(96, 64))

    with pytest.raises(imaging.TooSmall, match=r"only 10 by 32 pixels.*at least 16"):
        imaging.shrink(data, 500, crop=imaging.Crop(0.5, 0.5, 0.1, 0.5))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0.5,0,0.6,0.5", "beyond the picture"),
        ("0,2,0.5,0.5", "beyond the picture"),
        ("-0.1,0,0.5,0.5", "four numbers from 0 to 1"),
        ("nan,0,0.5,0.5", "four numbers from 0 to 1"),
        ("0,0,inf,0.5", "four numbers from 0 to 1"),
        ("0,0,0.5", "four numbers from 0 to 1"),
        ("left,0,0.5,0.5", "four numbers from 0 to 1"),
        ("0,0,0,0.5", "too small"),
        ("0,0,0.5,1e-300", "too small"),
    ],
)
def test_what_is_no_part_of_a_picture_is_no_detail(text: str, sentence: str) -> None:
    with pytest.raises(imaging.UnusableCrop, match=sentence):
        imaging.Crop.parse(text)


def test_a_detail_may_end_where_the_picture_ends_give_or_take_a_rounding() -> None:
    crop = imaging.Crop(0.7, 0.1, 0.3 + 1e-9, 0.9)

    small = imaging.shrink(pictures.packed(pictures.painted(100, 100)), 500, crop=crop)

    assert imaging.open_header(small).size == (30, 90)


def test_a_large_jpeg_is_shrunk_quickly_at_half_its_size_and_others_as_usual():
    limits = imaging.Limits(process=imaging.ProcessLimits(from_mp=0.05))
    large, small = (pictures.packed(pictures.painted(*size), "JPEG") for size in ((400, 304), (200, 152)))
    detail = imaging.Crop(0.25, 0.25, 0.5, 0.5)

    def size_of(data: bytes, crop: imaging.Crop | None) -> tuple[int, int]:
        return Image.open(BytesIO(imaging.shrink_quickly(data, 300, limits, crop))).size

    assert [size_of(large, None), size_of(large, detail)] == [(200, 152), (100, 76)]
    assert [size_of(small, None), size_of(small, detail)] == [(200, 152), (100, 76)]


def test_only_a_sequential_jpeg_of_one_scan_shrinks_on_load():
    scene, preview = pictures.painted(64, 48), pictures.packed(pictures.painted(32, 24), "JPEG")
    plain = pictures.packed(scene, "JPEG")

    assert imaging.shrinks_on_load(plain)
    assert imaging.shrinks_on_load(plain + preview)
    assert not imaging.shrinks_on_load(pictures.packed(scene, "JPEG", progressive=True))
    assert not imaging.shrinks_on_load(pictures.packed(scene, "PNG"))
