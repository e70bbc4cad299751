"""Works that look alike, as a given person may see them: neighbours in the live space, with their percentiles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from collection import permissions, queries
from collection.models import Artwork, ArtworkImage, Collection
from similarity import index, percentiles, spaces
from similarity.index import Neighbour
from similarity.models import Embedding, Space, SpaceState


@dataclass(frozen=True)
class Kin:
    """A work that looks like what was asked about, and the picture of it that does."""

    work: Artwork
    image: ArtworkImage
    closer_than: float | None  # per cent of random pairs, or None while that was not measured

    @property
    def caption(self) -> str:
        """A percentile in words; the last tenth of a per cent is never claimed."""
        return "" if self.closer_than is None else f"Closer than {min(self.closer_than, 99.9):.1f} % of pairs"

    @property
    def far_caption(self) -> str:
        return "" if self.closer_than is None else f"Farther than {min(100 - self.closer_than, 99.9):.1f} % of pairs"


def similar(
    work: Artwork,
    user: permissions.User,
    k: int = 12,
    *,
    lens: str = spaces.DEFAULT_LENS,
    collection: Collection | None = None,
) -> list[Kin] | None:
    """The k works nearest to this one's leading picture, itself left out; None while it was not embedded yet."""
    lead = leading_embedding(work, lens)
    if lead is None:
        return None
    return nearest(lead.space, index.as_array(lead.vector), user, k, collection=collection, but=work)


def dissimilar(
    work: Artwork, user: permissions.User, k: int = 12, *, lens: str = spaces.DEFAULT_LENS
) -> list[Kin] | None:
    """The k works least like this one; None while it was not embedded yet."""
    lead = leading_embedding(work, lens)
    if lead is None:
        return None
    found = index.farthest_works(lead.space, index.as_array(lead.vector), k, admitted(user, but=work))
    return with_works(lead.space, [Neighbour(n.image_id, n.work_id, 2.0 - n.distance) for n in found])


def nearest(
    space: Space,
    vector: NDArray[np.float32],
    user: permissions.User,
    k: int,
    *,
    collection: Collection | None = None,
    but: Artwork | None = None,
) -> list[Kin]:
    """The k works nearest to a vector (D,) of this space."""
    found = index.nearest_works(space, vector, k, admitted(user, collection=collection, but=but))
    return with_works(space, found)


def admitted(user: permissions.User, *, collection: Collection | None = None, but: Artwork | None = None) -> Q:
    """The embeddings that may show up: what the user may see, in one collection if asked, without one work."""
    among = permissions.visible(user, "image__artwork__")
    if collection is not None:
        among &= Q(image__artwork__collection=collection)
    if but is not None:
        among &= ~Q(image__artwork=but)
    return among


def leading_embedding(work: Artwork, lens: str) -> Embedding | None:
    """Of the work's pictures in the live space, the first."""
    of_work = Embedding.objects.filter(image__artwork=work, space__lens=lens, space__state=SpaceState.LIVE)
    return of_work.select_related("space").order_by("image__position").first()


def with_works(space: Space, found: Sequence[Neighbour]) -> list[Kin]:
    rows = queries.images().select_related("artwork__collection")
    pictures = rows.in_bulk([n.image_id for n in found])
    return [
        Kin(
            pictures[n.image_id].artwork,
            pictures[n.image_id],
            percentiles.closer_than(n.distance, space.quantiles),
        )
        for n in found
        if n.image_id in pictures
    ]
