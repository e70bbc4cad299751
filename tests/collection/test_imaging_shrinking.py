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
