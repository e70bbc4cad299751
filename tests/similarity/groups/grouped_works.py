"""Works in clouds of directions, and overviews of them."""

import numpy as np

from collection.models import Artwork, Collection
from similarity.groups.building import versions
from similarity.index import store
from similarity.models import Group, Placement
from tests import factories, fakes


def a_cloud(
    collection: Collection, towards: int, count: int, *, width: float = 0.05, **fields: object
) -> list[Artwork]:
    """Make works whose pictures look alike: their vectors lie around the axis `towards`."""
    space = fakes.opened(fakes.FakeEmbedder())
    random = np.random.default_rng(towards)
    works = [factories.a_work(collection, **fields) for _ in range(count)]
    vectors = width * random.normal(size=(count, space.dimensions)).astype(np.float32)
    vectors[:, towards] += 1.0
    store.put_all(space, [factories.an_image(work).pk for work in works], vectors)
    return works


def group_of(work: Artwork) -> Group:
    """Return the live group of the first level of a work."""
    placement = Placement.objects.get(overview=versions.live(), work=work)
    assert placement.group is not None
    return placement.group


def subgroup_of(work: Artwork) -> Group:
    placement = Placement.objects.get(overview=versions.live(), work=work)
    assert placement.subgroup is not None
    return placement.subgroup
