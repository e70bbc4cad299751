"""Works that look alike, as a given person may see them: neighbours in the live spaces, with their percentiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
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
        return (
            ""
            if self.closer_than is None
            else f"Closer than {min(self.closer_than, 99.9):.1f}\N{NO-BREAK SPACE}% of pairs"
        )

    @property
    def far_caption(self) -> str:
        return (
            ""
            if self.closer_than is None
            else f"Farther than {min(100 - self.closer_than, 99.9):.1f}\N{NO-BREAK SPACE}% of pairs"
        )


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
    (probe,) = probes
    found = index.farthest_works(probe.space, probe.vectors[0], k, admitted(user, but=work))
    far = [Neighbour(n.image_id, n.work_id, across(n.distance, probe.space.metric)) for n in found]
    return shown(matches_of(probe.space, far), probes)


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
    """The k works nearest to a picture as one lens saw it, or several, each weighing as its probe says.

    Where pictures strange to a projection lie nearer to all than the others do, more are fetched, and percentiles
    decide: each is compared with its own kind.
    """
    decide = len(probes) == 1 and bool(probes[0].space.strange_quantiles) and not probes[0].is_strange
    found = blending.nearest_works(probes, 2 * k if decide else k, admitted(user, collection=collection, but=but))
    kin = shown(found, probes)
    return sorted(kin, key=lambda one: -(one.closer_than or 0))[:k] if decide else kin


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
    seen = list(rows.values_list("image_id", "space_id", "vector", "image__created_at"))
    leading = {space_id: (vector, came) for image_id, space_id, vector, came in seen if image_id == seen[0][0]}
    return [
        Probe(space, index.as_array(leading[pk][0])[None], blend[space.lens], space.is_strange(leading[pk][1]))
        for pk, space in wanted.items()
        if pk in leading
    ]


def with_works(space: Space, found: Sequence[Neighbour]) -> list[Kin]:
    """Neighbours in one space of a picture that it knows, as they are shown."""
    return shown(matches_of(space, found), [Probe(space, np.empty((1, 0), np.float32), is_strange=False)])


def matches_of(space: Space, found: Sequence[Neighbour]) -> list[Match]:
    return [Match(n.image_id, n.work_id, {space.lens: n.distance}) for n in found]


def shown(found: Sequence[Match], probes: Sequence[Probe]) -> list[Kin]:
    """With their works, by one query; without what is gone meanwhile."""
    pictures = queries.images().select_related("artwork__collection").in_bulk([match.image_id for match in found])
    there = [(match, pictures[match.image_id]) for match in found if match.image_id in pictures]
    return [Kin(picture.artwork, picture, percentiles_of(match, picture, probes)) for match, picture in there]


def percentiles_of(match: Match, picture: ArtworkImage, probes: Sequence[Probe]) -> dict[str, float | None]:
    """By lens; None where its space has not seen the picture."""
    by_lens: dict[str, float | None] = {}
    for probe in probes:
        distance = match.distances.get(probe.space.lens)
        is_strange = probe.is_strange or probe.space.is_strange(picture.created_at)
        background = probe.space.background(is_strange=is_strange)
        by_lens[probe.space.lens] = (
            None if distance is None else percentiles.closer_than(distance, background, len(probe.vectors))
        )
    return by_lens
