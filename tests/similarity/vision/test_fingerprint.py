"""Fingerprints of copies are near, and those of different pictures are not."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from similarity.vision.copies import fingerprint

Pixels = NDArray[np.uint8]


def painted(seed: int, width_px: int = 320, height_px: int = 240) -> Pixels:
    """Soft coloured blotches, different for every seed."""
    grid = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(grid).resize((width_px, height_px), Image.Resampling.BICUBIC))


def recompressed(pixels: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def bordered(pixels: Pixels, border_px: int, colour: tuple[int, int, int]) -> Pixels:
    return np.asarray(ImageOps.expand(Image.fromarray(pixels), border_px, colour))


def test_a_picture_has_the_same_fingerprint_alone_and_in_a_batch() -> None:
    first, second = painted(1), painted(2, 150, 400)

    together = fingerprint.of([first, second])

    assert together == [*fingerprint.of([first]), *fingerprint.of([second])]


def test_a_recompressed_and_shrunken_copy_keeps_its_hash() -> None:
    original = painted(3)
    shrunken = np.asarray(Image.fromarray(original).resize((130, 97), Image.Resampling.LANCZOS))

    one, other = fingerprint.of([original, recompressed(shrunken, 35)])

    assert fingerprint.hamming(one.phash, other.phash) <= 6


def test_different_pictures_have_distant_hashes() -> None:
    prints = fingerprint.of([painted(seed) for seed in range(12)])

    distances = [fingerprint.hamming(a.phash, b.phash) for i, a in enumerate(prints) for b in prints[:i]]

    assert min(distances) > 14


def test_a_plain_border_leaves_the_fingerprint_as_it_was() -> None:
    original = painted(4)
    framed = bordered(bordered(original, 20, (15, 15, 15)), 60, (255, 255, 255))

    plain, double = fingerprint.of([original, recompressed(framed, 85)])

    assert fingerprint.hamming(plain.phash, double.phash) <= 6
    assert np.abs(plain.pixels.astype(int) - double.pixels).mean() < 6


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_blank_picture_is_flat(grey: int) -> None:
    noise = np.random.default_rng(5).normal(grey, 4, (200, 300, 3)).clip(0, 255).astype(np.uint8)

    prints = fingerprint.of([np.full((200, 300, 3), grey, dtype=np.uint8), noise, painted(5)])

    assert [one.is_flat for one in prints] == [True, True, False]


@pytest.mark.parametrize(("width_px", "height_px"), [(1, 1), (1, 500), (500, 1), (7, 3)])
def test_a_tiny_or_thin_picture_has_a_fingerprint(width_px: int, height_px: int) -> None:
    pixels = np.random.default_rng(6).integers(0, 256, (height_px, width_px, 3), dtype=np.uint8)

    (one,) = fingerprint.of([pixels])

    assert len(one.thumb) == 64 * 64
    assert len(one.colours) == 48


def test_the_hash_is_written_as_the_64_bits_of_a_column() -> None:
    (one,) = fingerprint.of([painted(7)])

    assert len(one.bits) == 64
    assert int(one.bits, 2) == one.phash


def test_distance_of_hashes_counts_the_bits_that_differ() -> None:
    assert fingerprint.hamming(0b1011, 0b0001) == 2
    assert fingerprint.hamming(0, 2**64 - 1) == 64


def test_grey_copies_have_no_other_colours_and_repainted_ones_have() -> None:
    original = painted(8)
    grey = np.asarray(Image.fromarray(original).convert("L").convert("RGB"))

    one, without, exchanged = fingerprint.of([original, grey, original[..., ::-1].copy()])

    assert fingerprint.colour_distance(one.colours, without.colours) == 0
    assert fingerprint.colour_distance(one.colours, exchanged.colours) > 24


@pytest.mark.parametrize("wrong", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)])
def test_arrays_that_are_no_pictures_are_refused(wrong: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="a picture is"):
        fingerprint.of([wrong])
