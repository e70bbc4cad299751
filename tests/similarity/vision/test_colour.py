"""The colour lens: CIELAB values of the standard, and histograms that do not depend on form."""

import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from similarity.vision.descriptors import colour_histogram
from similarity.vision.descriptors.colour_histogram import RECIPE, ColourEmbedder
from tests import cpu_time

Pixels = NDArray[np.uint8]


def patches(*colours: tuple[int, int, int], side: int = 96) -> Pixels:
    """(side, side, 3): stripes of equal width."""
    stripe = np.repeat(np.array(colours, np.uint8), side // len(colours), axis=0)
    return np.broadcast_to(stripe, (side, *stripe.shape)).copy()


def likeness(first: Pixels, second: Pixels) -> float:
    one, other = ColourEmbedder().describe([first, second], [RECIPE])[RECIPE]
    return float(one @ other)


def test_any_picture_gets_a_vector_of_length_1() -> None:
    rng = np.random.default_rng(1)
    sizes = [(224, 224), (1, 1), (5, 300), (96, 97)]
    squares = [rng.integers(0, 256, (*size, 3), dtype=np.uint8) for size in sizes]
    squares += [np.full((224, 224, 3), grey, np.uint8) for grey in (0, 128, 255)]

    vectors = ColourEmbedder().describe(squares, [RECIPE])[RECIPE]

    assert vectors.shape == (7, ColourEmbedder().recipes[RECIPE])
    assert vectors.shape[1] <= 512
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_form_does_not_matter() -> None:
    rng = np.random.default_rng(2)
    picture = rng.integers(0, 256, (96, 96, 3), dtype=np.uint8)
    shuffled = rng.permutation(picture.reshape(-1, 3)).reshape(picture.shape)

    assert likeness(picture, shuffled) == pytest.approx(1, abs=1e-5)


def test_the_nearer_the_palette_the_greater_the_likeness() -> None:
    dusk = patches((60, 40, 90), (200, 120, 60), (30, 30, 40))
    slightly_warmer = patches((64, 41, 88), (204, 121, 57), (33, 31, 39))
    more_of_one = patches((60, 40, 90), (200, 120, 60), (200, 120, 60))
    meadow = patches((70, 120, 50), (130, 170, 80), (180, 210, 230))

    likenesses = [likeness(dusk, other) for other in (slightly_warmer, more_of_one, meadow)]

    assert likenesses[0] > 0.9
    assert likenesses == sorted(likenesses, reverse=True)
    assert likenesses[2] < 0.2


def test_a_slight_change_is_never_a_great_one() -> None:
    greys = [np.full((8, 8, 3), grey, np.uint8) for grey in range(256)]
    vectors = ColourEmbedder().describe(greys, [RECIPE])[RECIPE]

    assert (vectors[1:] * vectors[:-1]).sum(axis=1).min() > 0.85


def test_a_picture_has_the_same_vector_alone_and_in_a_batch() -> None:
    squares = list(np.random.default_rng(3).integers(0, 256, (3, 60, 60, 3), dtype=np.uint8))
    embedder = ColourEmbedder()

    together = embedder.describe(squares, [RECIPE])[RECIPE]

    assert np.array_equal(together[1:2], embedder.describe(squares[1:2], [RECIPE])[RECIPE])
    assert embedder.describe([], [RECIPE])[RECIPE].shape == (0, together.shape[1])


def test_an_unsupported_recipe_is_refused() -> None:
    with pytest.raises(KeyError):
        ColourEmbedder().describe([], [colour_histogram.Recipe("look", "gem-3")])


def test_a_picture_takes_milliseconds() -> None:
    squares = list(np.random.default_rng(4).integers(0, 256, (10, 224, 224, 3), dtype=np.uint8))

    costs_s = [cpu_time.of(colour_histogram.histogram, square) for square in squares]

    assert min(costs_s) < 0.006


def test_no_torch_is_needed() -> None:
    program = (
        "import sys, similarity.vision.descriptors.colour_histogram, similarity.vision.descriptors.projection; "
        "sys.exit(bool({'torch', 'torchvision', 'django'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
