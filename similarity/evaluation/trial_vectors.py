"""Picture files -> vectors, as the site would make them, but kept in memory: a rehearsal that leaves no traces."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collection import imaging
from similarity.spaces import fitting, lifecycle
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.descriptors.projection import Projection
from similarity.vision.lenses import ALL
from similarity.vision.networks import shipped
from similarity.vision.pixels import decoding

Floats = NDArray[np.float32]
Views = Callable[[Image.Image], Sequence[Image.Image]]

LONG_SIDE_PX = 1_024  # a work in a corner of a photograph is still larger than what the network sees


def whole(picture: Image.Image) -> Sequence[Image.Image]:
    return [picture]


def open_picture(path: Path) -> Image.Image:
    """Upright, mode RGB, sRGB. Raises decoding.UnreadableError, naming the file."""
    try:
        return imaging.open_upright(path, LONG_SIDE_PX, imaging.ADMITTED)
    except OSError as error:
        raise decoding.UnreadableError(f"{path} can't be read: {error.strerror or error}.") from None
    except imaging.Refused as refusal:
        raise decoding.UnreadableError(f"{path.name}: {refusal}") from refusal


def describe(
    pictures: Iterable[Image.Image], embedder: Embedder, recipes: Sequence[Recipe], views: Views = whole
) -> "Described":
    """All recipes from one pass each; pictures are taken one by one and let go, so they may be made as they come."""
    raw: dict[Recipe, list[Floats]] = {
        recipe: [np.empty((0, embedder.recipes[recipe]), np.float32)] for recipe in recipes
    }
    starts, squares, count = [], [], 0
    for picture in pictures:
        starts.append(count)
        for view in views(picture):
            squares.append(decoding.canvas_of(view, embedder.canvases))
            count += 1
        if len(squares) >= embedder.batch_size:
            describe_batch(squares, embedder, raw)
            squares = []
    describe_batch(squares, embedder, raw)
    return Described({recipe: np.concatenate(rows) for recipe, rows in raw.items()}, np.array(starts, np.intp))


def describe_batch(squares: Sequence[NDArray[np.uint8]], embedder: Embedder, raw: dict[Recipe, list[Floats]]) -> None:
    for start in range(0, len(squares), embedder.batch_size):
        for recipe, rows in embedder.describe(squares[start : start + embedder.batch_size], list(raw)).items():
            raw[recipe].append(rows)


def fitted(recipe: Recipe, raw: Floats, embedder: Embedder) -> Projection | None:
    """(N, R) raw vectors of a collection -> the projection that the site would give it; None: stored as they are.

    The projection that ships, if one does. Raise projection.ProjectionError, and shipped.ShippedFileError.
    """
    if found := shipped.fitted(recipe, embedder.source_of(recipe).weights_digest):
        return found.projection
    if ALL[recipe.lens].fit == "none" or len(raw) < lifecycle.ENOUGH:
        return None
    return fitting.fit_projection(recipe, raw)


def project(by: Projection | None, raw: Floats) -> Floats:
    return raw if by is None else by.apply(raw)


@dataclass(frozen=True)
class Described:
    """Raw vectors of N pictures with one or more views each: (V, R) for each recipe; picture i begins at row
    starts[i], its first view being the whole picture."""

    raw: dict[Recipe, Floats]
    starts: NDArray[np.intp]

    def similarities(self, recipe: Recipe, by: Projection | None, stored: Floats) -> Floats:
        """Against (M, D) -> (N, M): of each picture, the best view counts."""
        if not len(self.starts) or not len(stored):
            return np.empty((len(self.starts), len(stored)), np.float32)
        return np.asarray(np.maximum.reduceat(project(by, self.raw[recipe]) @ stored.T, self.starts), np.float32)
