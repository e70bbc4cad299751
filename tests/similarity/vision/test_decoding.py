"""Every accepted format is decoded to the shape that networks take."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from similarity.vision.pixels import decoding
from tests import pictures


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "HEIF", "AVIF"])
def test_every_accepted_format_is_decoded(kind: str, tmp_path: Path) -> None:
    scene = pictures.painted(400, 300)
    path = tmp_path / "picture"
    path.write_bytes(pictures.packed(scene, kind))

    decoded = decoding.read(path, [(64, 64)])

    expected = pictures.array(scene.resize((64, 64)))
    assert decoded.canvas.shape == (64, 64, 3)
    assert decoded.small.shape == (192, 256, 3)
    assert abs(decoded.canvas - expected).mean() < 6


def test_a_file_that_cannot_be_decoded_is_refused_in_a_sentence(tmp_path: Path) -> None:
    half = pictures.packed(pictures.painted(), "JPEG")[:900]

    with pytest.raises(decoding.UnreadableError, match="This file is text"):
        decoding.read(b"no picture", [(64, 64)])
    with pytest.raises(decoding.UnreadableError):
        decoding.read(half, [(64, 64)])
    with pytest.raises(decoding.UnreadableError, match="missing"):
        decoding.read(tmp_path / "gone.jpg", [(64, 64)])


CANVASES = [(60, 60), (80, 40), (40, 80)]


@pytest.mark.parametrize(("size", "shape"), [((300, 290), (60, 60)), ((400, 150), (40, 80)), ((150, 900), (80, 40))])
def test_a_picture_takes_the_canvas_nearest_to_its_shape(size: tuple[int, int], shape: tuple[int, int]) -> None:
    decoded = decoding.read(pictures.packed(pictures.painted(*size)), CANVASES)

    assert decoded.canvas.shape == (*shape, 3)


def test_a_padded_picture_gives_the_canvas_of_the_picture_without_its_border() -> None:
    scene = pictures.painted(400, 200)
    sheet = Image.new("RGB", (500, 480), (255, 255, 255))
    sheet.paste(scene, (40, 130))

    bare, padded = (decoding.read(pictures.packed(one), CANVASES) for one in (scene, sheet))

    assert padded.canvas.shape == bare.canvas.shape == (40, 80, 3)
    assert np.abs(padded.canvas.astype(int) - bare.canvas).mean() < 8
    assert padded.small.shape == (246, 256, 3)  # fingerprints are taken of all of it


def test_a_square_keeps_borders_and_ignores_shapes(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(pictures.packed(Image.new("RGB", (300, 100), (255, 255, 255))))

    square = decoding.read_square(path, 48)

    assert square.shape == (48, 48, 3)
    assert (square == 255).all()
