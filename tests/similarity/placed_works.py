"""Works whose vectors lie at given angles in the first two dimensions, so that near works have near angles."""

from collections.abc import Mapping

import numpy as np
from django.contrib.auth.models import AnonymousUser

from collection.models import Artwork, ArtworkImage, Collection
from similarity.index import store
from similarity.models import Space
from similarity.neighbours import similar_works
from similarity.spaces import lifecycle
from tests import factories, fakes


def embedded_work(collection: Collection, angle: float, **fields: object) -> Artwork:
    """Make a work with a vector at this angle in a space of the look."""
    return a_work_seen({"look": fakes.opened(fakes.FakeEmbedder())}, collection, angle, **fields)


def a_work_seen(opened: Mapping[str, Space], collection: Collection, *angles: float, **fields: object) -> Artwork:
    """Make a work with a vector at one of these angles in each of the spaces, in their order."""
    work = factories.a_work(collection, **fields)
    see(opened, factories.an_image(work), *angles)
    return work


def see(opened: Mapping[str, Space], image: ArtworkImage, *angles: float) -> None:
    """Store a vector of a picture at one of these angles in each of the spaces, in their order."""
    for space, angle in zip(opened.values(), angles, strict=False):
        vector = np.zeros((1, space.dimensions), np.float32)
        vector[0, :2] = np.cos(angle), np.sin(angle)
        store.put_all(space, [image.pk], vector)


def works_of(found: list[similar_works.SimilarWork] | None) -> list[Artwork]:
    return [one.work for one in found or []]


def least_like(work: Artwork) -> list[similar_works.SimilarWork]:
    (query,) = similar_works.queries_of(work, similar_works.DEFAULT_BLEND, lifecycle.live_spaces())
    return similar_works.farthest(query, AnonymousUser(), 12, but=work)
