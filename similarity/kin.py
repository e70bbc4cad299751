"""Works that look alike, as a given person may see them: neighbours in the live spaces, with their percentiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from django.db.models import Q

from collection import permissions, queries
from collection.models import Artwork, ArtworkImage, Collection
from similarity import blending, index, percentiles, spaces
from similarity.blending import Match, Probe
from similarity.index import Neighbour
from similarity.models import Embedding, Metric, Space
from similarity.vision.lenses import DEFAULT_LENS, LENSES

__all__ = ["Kin", "Probe", "admitted", "dissimilar", "nearest", "probes_of", "similar", "with_works"]

DEFAULT_BLEND = {DEFAULT_LENS: 1.0}


@dataclass(frozen=True)
class Kin:
    """A work that looks like what was asked about, and the picture of it that does."""

    work: Artwork
    image: ArtworkImage
    by_lens: Mapping[str, float | None]  # per cent of random pairs that are farther apart, or None where not known

    @property
    def closer_than(self) -> float | None:
        """Through the one lens that was asked for; None for a blend, which has no pairs of its own to compare with."""
        return next(iter(self.by_lens.values())) if len(self.by_lens) == 1 else None

    @property
    def caption(self) -> str:
        """Percentiles in words; the last tenth of a per cent is never claimed."""
        if len(self.by_lens) > 1:
            return in_words(self.by_lens)
        return "" if self.closer_than is None else f"Closer than {min(self.closer_than, 99.9):.1f} % of pairs"

    @property
    def far_caption(self) -> str:
        return "" if self.closer_than is None else f"Farther than {min(100 - self.closer_than, 99.9):.1f} % of pairs"


def in_words(by_lens: Mapping[str, float | None]) -> str:
    """Look 99.8 %, colour 97.1 %."""
    known = [(LENSES[lens].title.lower(), share) for lens, share in by_lens.items() if share is not None]
    return ", ".join(f"{title} {min(share, 99.9):.1f}\N{NO-BREAK SPACE}%" for title, share in known).capitalize()


def similar(
    work: Artwork,
    user: permissions.User,
    k: int = 12,
    *,
    blend: Mapping[str, float] = DEFAULT_BLEND,
    collection: Collection | None = None,
    live: Sequence[Space] | None = None,
) -> list[Kin] | None:
    """The k works nearest to this one's leading picture through a blend of lenses, itself left out.

    None while it was not embedded yet. Who has asked for the live spaces already hands them on.
    """
    probes = probes_of(work, blend, spaces.live_spaces() if live is None else live)
    return nearest(probes, user, k, collection=collection, but=work) if probes else None


def dissimilar(
    work: Artwork,
    user: permissions.User,
    k: int = 12,
    *,
    lens: str = DEFAULT_LENS,
    live: Sequence[Space] | None = None,
) -> list[Kin] | None:
    """The k works least like this one; None while it was not embedded yet."""
    probes = probes_of(work, {lens: 1.0}, spaces.live_spaces() if live is None else live)
    if not probes:
        return None
    space, (vector,) = probes[0].space, probes[0].vectors
    found = index.farthest_works(space, vector, k, admitted(user, but=work))
    return with_works(space, [Neighbour(n.image_id, n.work_id, across(n.distance, space.metric)) for n in found])


def across(distance: float, metric: str) -> float:
    """From how far a vector of length 1 is from the opposite of another: how far it is from that other itself."""
    if metric == Metric.COSINE:
        return 2.0 - distance
    if metric == Metric.INNER_PRODUCT:
        return -distance
    return sqrt(max(4.0 - distance**2, 0.0))  # Thales: the two and their opposite make a right angle


def nearest(
    probes: Sequence[Probe],
    user: permissions.User,
    k: int,
    *,
    collection: Collection | None = None,
    but: Artwork | None = None,
) -> list[Kin]:
    """The k works nearest to a picture as one lens saw it, or several, each weighing as its probe says."""
    found = blending.nearest_works(probes, k, admitted(user, collection=collection, but=but))
    return shown(found, {probe.space: len(probe.vectors) for probe in probes})


def admitted(user: permissions.User, *, collection: Collection | None = None, but: Artwork | None = None) -> Q:
    """The embeddings that may show up: what the user may see, in one collection if asked, without one work."""
    among = permissions.visible(user, "image__artwork__")
    if collection is not None:
        among &= Q(image__artwork__collection=collection)
    if but is not None:
        among &= ~Q(image__artwork=but)
    return among


def probes_of(work: Artwork, blend: Mapping[str, float], live: Sequence[Space]) -> list[Probe]:
    """The first of the work's pictures that any of these lenses has seen; a lens that has not says nothing."""
    wanted = {space.pk: space for space in live if blend.get(space.lens, 0) > 0}
    rows = Embedding.objects.filter(image__artwork=work, space__in=wanted).order_by("image__position", "image_id")
    seen = list(rows.values_list("image_id", "space_id", "vector"))
    vectors = {space_id: vector for image_id, space_id, vector in seen if image_id == seen[0][0]}
    return [
        Probe(space, index.as_array(vectors[pk])[None], blend[space.lens])
        for pk, space in wanted.items()
        if pk in vectors
    ]


def with_works(space: Space, found: Sequence[Neighbour]) -> list[Kin]:
    """Neighbours in one space, as they are shown."""
    return shown([Match(n.image_id, n.work_id, {space.lens: n.distance}) for n in found], {space: 1})


def shown(found: Sequence[Match], views: Mapping[Space, int]) -> list[Kin]:
    """With their works, by one query; without what is gone meanwhile. `views`: how many each space was asked by."""
    pictures = queries.images().select_related("artwork__collection").in_bulk([match.image_id for match in found])
    return [
        Kin(pictures[match.image_id].artwork, pictures[match.image_id], percentiles_of(match, views))
        for match in found
        if match.image_id in pictures
    ]


def percentiles_of(match: Match, views: Mapping[Space, int]) -> dict[str, float | None]:
    known = match.distances
    return {
        space.lens: percentiles.closer_than(known[space.lens], space.quantiles, count) if space.lens in known else None
        for space, count in views.items()
    }
