"""Which way up, whatever the camera or a broken file says."""

import pytest
from PIL import Image

from collection import imaging
from tests import pictures


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_all_eight_orientations_come_out_upright(orientation: int, kind: str) -> None:
    scene = pictures.painted(96, 64)
    lossless = {"lossless": True} if kind == "WEBP" else {}

    upright = imaging.open_upright(pictures.photograph(orientation, scene, kind, **lossless))

    assert upright.size == scene.size
    assert pictures.difference(upright, scene) == 0


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_a_lossy_photograph_comes_out_upright(kind: str) -> None:
    scene = pictures.painted(96, 64)

    upright = imaging.open_upright(pictures.photograph(6, scene, kind, quality=95))

    assert upright.size == scene.size
    assert pictures.difference(upright, scene) < 4


def test_a_heic_photograph_comes_out_upright() -> None:
    scene = pictures.painted(96, 64)
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = 6
    held_askew = scene.transpose(Image.Transpose.ROTATE_90)

    upright = imaging.open_upright(pictures.packed(held_askew, "HEIF", exif=exif.tobytes(), quality=95))

    assert upright.size == scene.size
    assert pictures.difference(upright, scene) < 4


@pytest.mark.parametrize("exif", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"garbage", b"Exif\0\0MM\0*\0"])
def test_broken_exif_is_ignored(exif: bytes) -> None:
    scene = pictures.painted()
    scene.info["exif"] = exif

    assert pictures.difference(imaging.to_srgb(scene), scene) == 0
