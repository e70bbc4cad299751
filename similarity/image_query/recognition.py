"""Recognise works of the collection in a photograph. Runs in embedding workers: needs torch and OpenCV."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collection.files import storage
from collection.models import ArtworkImage
from similarity.embedding import describing
from similarity.image_query.answers import Found
from similarity.index import store
from similarity.index.query_filters import Filter
from similarity.models import Metric, Space
from similarity.spaces import projections
from similarity.vision.contract import Embedder
from similarity.vision.identification import search
from similarity.vision.identification.groups import Work
from similarity.vision.local_features import features
from similarity.vision.local_features.features import Features

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

SIDE_PX = 480  # of the derivative that a photograph is compared with
FEATURES_CACHED = 200  # pictures of the collection, about 1 MB each
CANDIDATES = 6  # pictures that are returned for each work found
LIMIT = 6  # works in one photograph


def identify(
    photograph: Image.Image, space: Space, embedder: Embedder, among: Filter, described: Vectors | None = None
) -> list[Found]:
    """Find the works in a photograph (mode RGB) among the embeddings that `among` admits, recognised ones first.

    `described`: the (V, D) vectors of the whole photograph and of the regions that `framing` finds in it, if they
    are known already. There is at least one Found: the whole photograph, if no work stands out in it.
    """
    known = [] if described is None else list(described)

    def nearest(views: Sequence[Image.Image]) -> list[Mapping[int, float]]:
        vectors = list(known) if len(known) == len(views) else vectors_of(views, space, embedder)
        known.clear()  # they belong to the first views only
        return [cosines(space, vector, among) for vector in vectors]

    return [found_from(work) for work in search.find(photograph, nearest, features_of)[:LIMIT]]


def vectors_of(views: Sequence[Image.Image], space: Space, embedder: Embedder) -> list[Vectors]:
    """Return the projected vector, (D,) float32, of each of these pictures (mode RGB)."""
    return list(projections.apply(space, describing.describe_views(views, [space], embedder)[space.recipe]))


def cosines(space: Space, vector: Vectors, among: Filter) -> dict[int, float]:
    """Return the nearest pictures to a vector (D,), one of each work, with their cosines."""
    if space.metric != Metric.COSINE or not np.isfinite(vector).all() or not vector.any():
        return {}
    return {n.image_id: 1 - n.distance for n in store.nearest_works(space, vector, search.NEAREST, among)}


def features_of(image_ids: Sequence[int]) -> Iterator[tuple[int, Features]]:
    """Yield the ids in this order with their local features. Leave out pictures whose derivative cannot be read."""
    known = dict(ArtworkImage.objects.filter(pk__in=image_ids).values_list("pk", "sha256"))
    for pk in image_ids:
        if pk not in known:  # deleted since the search
            continue
        try:
            yield pk, derivative_features(storage.derivative(known[pk], SIDE_PX, "webp"))
        except OSError as error:  # not made yet, or damaged
            logger.info("Picture %s can't be compared with a photograph: %s", pk, error)


@lru_cache(maxsize=FEATURES_CACHED)
def derivative_features(path: Path) -> Features:
    """Return the local features of a file. Raise OSError if it cannot be read; such a result is not cached."""
    with Image.open(path) as picture:
        return features.extract(picture.convert("RGB"))


def found_from(work: Work[int]) -> Found:
    corners = tuple((round(float(x), 4), round(float(y), 4)) for x, y in work.corners)
    image_ids = tuple(candidate.key for candidate in work.candidates[:CANDIDATES])
    return Found(corners, image_ids, is_recognised=work.identified is not None)
