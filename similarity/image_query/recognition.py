"""Recognise works of the collection in a photograph. Runs in embedding workers: needs torch and OpenCV."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collection.files import storage
from collection.models import ArtworkImage
from similarity.embedding import describing
from similarity.image_query.answers import Found
from similarity.index import query_filters, store
from similarity.index.query_filters import Filter
from similarity.models import Metric, Space
from similarity.spaces import projections
from similarity.vision.contract import Embedder
from similarity.vision.identification import search
from similarity.vision.identification.groups import Work
from similarity.vision.lenses import MATCH, REGIONS
from similarity.vision.local_features import features
from similarity.vision.local_features.features import Features

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
Described = Mapping[int, Vectors]  # (V, D) of V views, by space id

SIDE_PX = 480  # of the derivative that a photograph is compared with
FEATURES_CACHED = 200  # pictures of the collection, about 1 MB each
BY_REGIONS = 3  # pictures that a view may be a part of, beside the nearest ones
CANDIDATES = 6  # pictures that are returned for each work found
LIMIT = 6  # works in one photograph


def identify(
    photograph: Image.Image, embedder: Embedder, among: Filter, spaces: Sequence[Space], described: Described
) -> list[Found]:
    """Find the works in a photograph (mode RGB) among the embeddings that `among` admits, recognised ones first.

    spaces: that of the lens match and, if there is one, that of the lens regions, both of this embedder. described: the
    vectors of the whole photograph and of the regions that `framing` finds in it, by space id, if they are known
    already. There is at least one Found: the whole photograph, if no work stands out in it.
    """
    known = dict(described)

    def nearest(views: Sequence[Image.Image]) -> list[Mapping[int, float]]:
        is_known = all(len(known.get(space.pk, ())) == len(views) for space in spaces)
        vectors = dict(known) if is_known else vectors_of(views, spaces, embedder)
        known.clear()  # they belong to the first views only
        return [near(spaces, {pk: rows[place] for pk, rows in vectors.items()}, among) for place in range(len(views))]

    return [found_from(work) for work in search.find(photograph, nearest, features_of)[:LIMIT]]


def spaces_among(live: Iterable[Space]) -> list[Space]:
    """Return the spaces that recognise works: that of match, and that of regions if it has the same network."""
    by_lens = {space.lens: space for space in live}
    match, regions = by_lens.get(MATCH), by_lens.get(REGIONS)
    if match is None:
        return []
    return [match, regions] if regions is not None and regions.identity == match.identity else [match]


def vectors_of(views: Sequence[Image.Image], spaces: Sequence[Space], embedder: Embedder) -> Described:
    """Return the projected vectors, (V, D) float32, of these pictures (mode RGB) by space id."""
    raw = describing.describe_views(views, spaces, embedder)
    return {space.pk: projections.apply(space, raw[space.recipe]) for space in spaces}


def near(spaces: Sequence[Space], vectors: Mapping[int, Vectors], among: Filter) -> dict[int, float]:
    """Return the pictures near to a view, with their cosines in the first space.

    They are the nearest ones, one of each work, and those that the view may be a part of.
    """
    match, *others = spaces
    found = cosines(match, vectors[match.pk], among)
    for regions in others:
        whole = vectors[regions.pk][: regions.dimensions]
        if found and np.isfinite(whole).all() and whole.any():
            parts = store.nearest_by_regions(regions, whole, BY_REGIONS, among)
            ids = query_filters.of_images([one.image_id for one in parts])
            found |= {one.image_id: 1 - one.distance for one in store.distances(match, vectors[match.pk][None], ids)}
    return found


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
