"""Compute vectors of picture files as the site would, in memory. Nothing is written to the database."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collection import imaging
from similarity.embedding import originals
from similarity.spaces import fitting, lifecycle
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.descriptors.projection import Projection
from similarity.vision.lenses import ALL
from similarity.vision.networks import shipped
from similarity.vision.pixels import decoding

Floats = NDArray[np.float32]
Views = Callable[[Image.Image], Sequence[Image.Image]]

LONG_SIDE_PX = 1_024  # a work that fills a quarter of a photograph is still larger than a network's input


def whole(picture: Image.Image) -> Sequence[Image.Image]:
    return [picture]


def open_picture(path: Path) -> Image.Image:
    """Return the picture upright, in mode RGB and sRGB. A large one is reduced in a process of its own.

    Raise imaging.Busy, or decoding.UnreadableError with the name of the file.
    """
    try:
        data = path.read_bytes()
        return originals.reduced_apart(data, LONG_SIDE_PX) or imaging.open_upright(data, LONG_SIDE_PX, imaging.ADMITTED)
    except imaging.Busy:
        raise
    except OSError as error:
        raise decoding.UnreadableError(f"{path} cannot be read: {error.strerror or error}.") from None
    except (imaging.Refused, decoding.UnreadableError) as refusal:
        raise decoding.UnreadableError(f"{path.name}: {refusal}") from refusal


def describe(
    pictures: Iterable[Image.Image], embedder: Embedder, recipes: Sequence[Recipe], views: Views = whole
) -> "PictureVectors":
    """Return the raw vectors of pictures and their views, all recipes from one pass of each network.

    `pictures` may be a generator: at most one batch of pictures is in memory.
    """
    raw: dict[Recipe, list[Floats]] = {
        recipe: [np.empty((0, embedder.recipes[recipe]), np.float32)] for recipe in recipes
    }
    starts, canvases, count = [], [], 0
    for picture in pictures:
        starts.append(count)
        for view in views(picture):
            canvases.append(decoding.canvas_of(view, embedder.canvases))
            count += 1
        if len(canvases) >= embedder.batch_size:
            describe_batch(canvases, embedder, raw)
            canvases = []
    describe_batch(canvases, embedder, raw)
    return PictureVectors({recipe: np.concatenate(rows) for recipe, rows in raw.items()}, np.array(starts, np.intp))


def describe_batch(canvases: Sequence[NDArray[np.uint8]], embedder: Embedder, raw: dict[Recipe, list[Floats]]) -> None:
    for start in range(0, len(canvases), embedder.batch_size):
        for recipe, rows in embedder.describe(canvases[start : start + embedder.batch_size], list(raw)).items():
            raw[recipe].append(rows)


def projection_for(recipe: Recipe, raw: Floats, embedder: Embedder) -> Projection | None:
    """Return the projection that the site would use for a collection with (N, R) raw vectors.

    It is the shipped projection if there is one, else one that is fitted on the vectors. None means that the site would
    store the raw vectors. Raise projection.ProjectionError or shipped.ShippedFileError.
    """
    if ready := shipped.fitted(recipe, embedder.source_of(recipe).weights_digest):
        return ready.projection
    if ALL[recipe.lens].fit == "none" or len(raw) < lifecycle.ENOUGH:
        return None
    return fitting.fit_projection(recipe, raw)


def project(by: Projection | None, raw: Floats) -> Floats:
    return raw if by is None else by.apply(raw)


@dataclass(frozen=True)
class PictureVectors:
    """Raw vectors of N pictures with one or more views each, V views in all.

    The views of picture i begin at row starts[i]. The first of them is the whole picture.
    """

    raw: dict[Recipe, Floats]  # (V, R) for each recipe
    starts: NDArray[np.intp]  # (N,)

    def similarities(self, recipe: Recipe, by: Projection | None, stored: Floats) -> Floats:
        """Return (N, M) cosines of the pictures and (M, D) stored vectors, each the highest of the picture's views."""
        if not len(self.starts) or not len(stored):
            return np.empty((len(self.starts), len(stored)), np.float32)
        return np.asarray(np.maximum.reduceat(project(by, self.raw[recipe]) @ stored.T, self.starts), np.float32)
