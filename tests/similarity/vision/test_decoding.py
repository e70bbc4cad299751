"""Whatever the door lets in, the networks can see."""

from pathlib import Path

import pytest

from similarity.vision import decoding
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


def test_what_cannot_be_decoded_is_said_in_a_sentence(tmp_path: Path) -> None:
    half = pictures.packed(pictures.painted(), "JPEG")[:900]

    with pytest.raises(decoding.UnreadableError, match="This file is text"):
        decoding.read(b"no picture", [(64, 64)])
    with pytest.raises(decoding.UnreadableError):
        decoding.read(half, [(64, 64)])
    with pytest.raises(decoding.UnreadableError, match="missing"):
        decoding.read(tmp_path / "gone.jpg", [(64, 64)])
