"""Compute the vectors of one picture that is not stored, in every space that the site searches. Needs torch."""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from similarity.index import store
from similarity.models import Space
from similarity.spaces import projections
from similarity.vision.contract import Embedder, Identity, Recipe
from similarity.vision.framing import frames
from similarity.vision.networks.backbones import UnknownBackboneError
from similarity.vision.networks.weights import WeightsError
from similarity.vision.pixels import decoding

logger = logging.getLogger(__name__)

EmbedderOf = Callable[[Space], Embedder]
Vectors = NDArray[np.float32]


class NoNetworkError(RuntimeError):
    """No requested space can be searched here: weights are missing, or a pooling is no longer supported."""


def describe(picture: Image.Image, asked: Sequence[Space], embedder_of: EmbedderOf) -> dict[int, Vectors]:
    """Return (V, D) float32 vectors of a picture (mode RGB) by space id, rows of length 1, the whole picture first.

    Works found on a wall are further views, in every lens: a wall has its own colours and composition.
    Spaces whose network is missing, and spaces that can't compare this picture, are left out. Raise NoNetworkError if
    no network is available for any space.
    """
    views = frames.views(picture)
    found: dict[int, Vectors] = {}
    missing = 0
    for spaces in by_network(asked):
        try:
            embedder = embedder_of(spaces[0])
        except (WeightsError, UnknownBackboneError) as error:
            logger.error("A searched picture is not compared by %s: %s", ", ".join(s.lens for s in spaces), error)
            missing += len(spaces)
            continue
        offered = [space for space in spaces if space.recipe in embedder.recipes]
        missing += len(spaces) - len(offered)
        raw = describe_views(views, offered, embedder) if offered else {}
        for space in offered:
            vectors = projections.apply(space, raw[space.recipe])
            usable = vectors[store.usable(space, vectors)]
            if len(usable):
                found[space.pk] = usable
    if missing == len(asked):
        raise NoNetworkError
    return found


def by_network(asked: Sequence[Space]) -> list[list[Space]]:
    """Group spaces that the same embedder serves."""
    groups: dict[Identity, list[Space]] = defaultdict(list)
    for space in asked:
        groups[space.identity].append(space)
    return list(groups.values())


def describe_views(views: Sequence[Image.Image], spaces: Sequence[Space], embedder: Embedder) -> dict[Recipe, Vectors]:
    """Return the raw vectors of all views by recipe, computed in one pass of the network."""
    pictures = [decoding.canvas_of(view, embedder.canvases) for view in views]
    return embedder.describe(pictures, list(dict.fromkeys(space.recipe for space in spaces)))
