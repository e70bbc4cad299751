"""Similar works that a given person may see: neighbours in the live spaces, with their percentiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from django.conf import settings
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext

from collection import permissions, queries
from collection.models import Artwork, ArtworkImage, Collection
from similarity.index import percentiles, query_filters, store
from similarity.index.query_filters import Filter
from similarity.index.store import Neighbour
from similarity.models import Embedding, Metric, Space
from similarity.neighbours import blending, curated_lists, narrowing, nearness
from similarity.neighbours.blending import Match, Query
from similarity.neighbours.curated_lists import Curation
from similarity.neighbours.narrowing import EVERYTHING, Narrow
from similarity.neighbours.nearness import Mark
from similarity.spaces import lifecycle
from similarity.vision.lenses import DEFAULT_LENS, LENSES

__all__ = ["Query", "SimilarWork", "admitted", "curated", "farthest", "nearest", "percent", "queries_of", "similar"]

DEFAULT_BLEND = {DEFAULT_LENS: 1.0}


@dataclass(frozen=True)
class SimilarWork:
    """A work in the list of similar works, and its picture that is most similar."""

    work: Artwork
    image: ArtworkImage
    by_lens: Mapping[str, float | None]  # per cent of random pairs that are farther apart; None if unknown
    neg_log_p: float | None = None  # by one lens or by the blend; None if a lens has no quantiles yet
    is_pinned: bool = False  # by a curator of the work whose list this is

    @property
    def mark(self) -> Mark | None:
        return nearness.mark_of(self.neg_log_p)

    @property
    def nearness(self) -> str | None:
        """Return the name of the mark."""
        return self.mark.name if self.mark else None

    @property
    def closer_than(self) -> float | None:
        """Return the percentile of the one lens; None for a blend, which has no distribution of random pairs."""
        return next(iter(self.by_lens.values())) if len(self.by_lens) == 1 else None

    @property
    def combined(self) -> float | None:
        """Return the percentile of a blend, or None for one lens or if a lens has no quantiles yet."""
        if len(self.by_lens) < 2 or self.neg_log_p is None:
            return None
        return percentiles.percent_of(self.neg_log_p)

    @property
    def caption(self) -> str:
        """Return the percentiles in words."""
        if len(self.by_lens) > 1:
            return in_words(self.by_lens, self.combined)
        if self.closer_than is None:
            return ""
        return gettext("Closer than %(percent)s of pairs") % {"percent": percent(self.closer_than)}

    @property
    def blend_caption(self) -> str:
        """Return the percentiles of a blend in words, or "" for one lens."""
        return self.caption if len(self.by_lens) > 1 else ""


def in_words(by_lens: Mapping[str, float | None], combined: float | None) -> str:
    """Return for example "Together 98.6 %: look 99.8 %, colour 97.1 %"."""
    known = {lens: percent(share) for lens, share in by_lens.items() if share is not None}
    single = ", ".join(f"{gettext(LENSES[lens].title.lower())} {share}" for lens, share in known.items())
    if combined is None:
        return capfirst(single)
    return gettext("Together %(percent)s: %(lenses)s") % {"percent": percent(combined), "lenses": single}


def percent(share: float) -> str:
    """Return a share in per cent with one decimal, at most 99.9 %."""
    return f"{number_format(round(min(share, 99.9), 1), 1)}\N{NO-BREAK SPACE}%"


def similar(
    work: Artwork,
    user: permissions.User,
    k: int = 12,
    *,
    blend: Mapping[str, float] = DEFAULT_BLEND,
    collection: Collection | None = None,
    live: Sequence[Space] | None = None,
) -> list[SimilarWork] | None:
    """Return the k works nearest to this work's leading picture by a blend of lenses, without the work itself.

    Return None while it has no vector and nothing is pinned. `live`: the live spaces, if they are known already.
    """
    lens_queries = queries_of(work, blend, lifecycle.live_spaces() if live is None else live)
    curation = curated_lists.curation_of(work)
    if not (lens_queries or curation.pins):
        return None
    return curated(work, curation, lens_queries, user, k, collection=collection)


def curated(
    work: Artwork,
    curation: Curation,
    lens_queries: Sequence[Query],
    user: permissions.User,
    k: int,
    *,
    collection: Collection | None = None,
    narrow: Narrow = EVERYTHING,
    seen: Sequence[int] = (),
) -> list[SimilarWork]:
    """Return k works: those that the work's curators pinned, then the nearest others without the banned ones.

    Copies of the work are left out, also those that are only suggested, unless KINDRED_HIDE_COPIES is off. Works with
    the ids `seen` are left out unless they are pinned. narrow: facets, as `narrowing.read` returns them.
    """
    among = admitted(user, collection=collection, narrow=narrow, but=work)
    pictures = ArtworkImage.objects.none()
    if curation.pins:
        pictures = permissions.visible_images(user).filter(artwork__in=narrowing.works(narrow, collection))
    unpinned = query_filters.without_copies_of(work.pk) if settings.KINDRED_HIDE_COPIES else Filter()
    if seen:
        unpinned &= query_filters.without_works(seen)
    found = curated_lists.matches(curation, lens_queries, k, among, pictures, unpinned)
    return shown(found, lens_queries, pinned=curation.pins)


def farthest(
    query: Query, user: permissions.User, k: int, *, narrow: Narrow = EVERYTHING, but: Artwork | None = None
) -> list[SimilarWork]:
    """Return the k works least similar to a picture by one lens."""
    found = store.farthest_works(query.space, query.vectors[0], k, admitted(user, narrow=narrow, but=but))
    far = [Neighbour(n.image_id, n.work_id, distance_to_opposite(n.distance, query.space.metric)) for n in found]
    return shown(matches_of(query.space, far), [query])


def distance_to_opposite(distance: float, metric: str) -> float:
    """Return the distance of unit vectors u and v, given that of u and -v."""
    if metric == Metric.COSINE:
        return 2.0 - distance
    if metric == Metric.INNER_PRODUCT:
        return -distance
    return sqrt(max(4.0 - distance**2, 0.0))  # Thales: the two and their opposite make a right angle


def nearest(
    lens_queries: Sequence[Query],
    user: permissions.User,
    k: int,
    *,
    collection: Collection | None = None,
    narrow: Narrow = EVERYTHING,
    but: Artwork | None = None,
) -> list[SimilarWork]:
    """Return the k works nearest to a picture by one lens or several, weighted by their queries."""
    among = admitted(user, collection=collection, narrow=narrow, but=but)
    return shown(blending.nearest_works(lens_queries, k, among), lens_queries)


def admitted(
    user: permissions.User,
    *,
    collection: Collection | None = None,
    narrow: Narrow = EVERYTHING,
    but: Artwork | None = None,
) -> Filter:
    """Admit embeddings of works that this user may see, in one collection if it is given, without one work.

    `narrow`: facets that these works must have, as `narrowing.read` returns them.
    """
    among = query_filters.visible_to(user)
    if narrow:
        among &= query_filters.of_works_in(narrowing.works(narrow))
    if collection is not None:
        among &= query_filters.in_collection(collection.pk)
    return among if but is None else among & query_filters.without_works([but.pk])


def queries_of(work: Artwork, blend: Mapping[str, float], live: Sequence[Space], view: str = "") -> list[Query]:
    """Return a query by each lens of the blend for one picture of the work: that of this id, or the first.

    Pictures without a vector are passed over. A lens without a vector of the picture is left out.
    """
    wanted = {space.pk: space for space in live if blend.get(space.lens, 0) > 0}
    rows = Embedding.objects.filter(image__artwork=work, space__in=wanted).order_by("image__position", "image_id")
    seen = list(rows.values_list("image_id", "space_id", "vector"))
    chosen = next((image_id for image_id, *_ in seen if str(image_id) == view), seen[0][0] if seen else None)
    found = {space_id: vector for image_id, space_id, vector in seen if image_id == chosen}
    return [
        Query(space, store.as_array(found[pk])[None], blend[space.lens], chosen)
        for pk, space in wanted.items()
        if pk in found
    ]


def matches_of(space: Space, found: Sequence[Neighbour]) -> list[Match]:
    return [Match(n.image_id, n.work_id, {space.lens: n.distance}) for n in found]


def shown(found: Sequence[Match], lens_queries: Sequence[Query], pinned: Sequence[int] = ()) -> list[SimilarWork]:
    """Fetch works and pictures of matches by one query. Leave out works that have been deleted since."""
    pictures = queries.images().select_related("artwork__collection").in_bulk([match.image_id for match in found])
    there = [(match, pictures[match.image_id]) for match in found if match.image_id in pictures]
    return [
        SimilarWork(
            picture.artwork,
            picture,
            percentiles_of(match, lens_queries),
            neg_log_p_of(match, lens_queries),
            is_pinned=match.work_id in pinned,
        )
        for match, picture in there
    ]


def neg_log_p_of(match: Match, lens_queries: Sequence[Query]) -> float | None:
    """Return the neg_log_p of a match by one lens or by the blend, or None if a lens has no quantiles yet."""
    if not all(query.space.quantiles for query in lens_queries):
        return None
    if len(lens_queries) == 1 and match.neg_log_p is None:
        (query,) = lens_queries
        distance = match.distances.get(query.space.lens)
        return None if distance is None else neg_log_p(distance, query)
    return match.neg_log_p


def neg_log_p(distance: float, query: Query) -> float:
    (found,) = percentiles.neg_log_p(np.array([distance]), query.space.quantiles, len(query.vectors))
    return float(found)


def percentiles_of(match: Match, lens_queries: Sequence[Query]) -> dict[str, float | None]:
    """Return the percentile by lens; None where its space has no vector of the picture."""
    by_lens: dict[str, float | None] = {}
    for query in lens_queries:
        distance = match.distances.get(query.space.lens)
        by_lens[query.space.lens] = (
            None if distance is None else percentiles.closer_than(distance, query.space.quantiles, len(query.vectors))
        )
    return by_lens
