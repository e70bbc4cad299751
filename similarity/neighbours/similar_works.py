"""Works that look alike, as a given person may see them: neighbours in the live spaces, with their percentiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from django.db.models import Q

from collection import permissions, queries
from collection.models import Artwork, ArtworkImage, Collection
from similarity.index import percentiles, store
from similarity.index.store import Neighbour
from similarity.models import Embedding, Metric, Space
from similarity.neighbours import blending, curated_lists
from similarity.neighbours.blending import Match, Probe
from similarity.neighbours.curated_lists import Statements
from similarity.spaces import lifecycle
from similarity.vision.lenses import DEFAULT_LENS, LENSES

__all__ = ["Kin", "Probe", "admitted", "curated", "farthest", "nearest", "percent", "probes_of", "similar"]

DEFAULT_BLEND = {DEFAULT_LENS: 1.0}


@dataclass(frozen=True)
class Kin:
    """A work that looks like what was asked about, and the picture of it that does."""

    work: Artwork
    image: ArtworkImage
    by_lens: Mapping[str, float | None]  # per cent of random pairs that are farther apart, or None where not known
    together: float | None = None  # of a blend, the mean that orders it; None where a lens has no background yet
    is_pinned: bool = False  # by a curator of the work that was asked about

    @property
    def closer_than(self) -> float | None:
        """Through the one lens that was asked for; None for a blend, which has no pairs of its own to compare with."""
        return next(iter(self.by_lens.values())) if len(self.by_lens) == 1 else None

    @property
    def caption(self) -> str:
        """Percentiles in words."""
        if len(self.by_lens) > 1:
            return in_words(self.by_lens, self.together)
        return "" if self.closer_than is None else f"Closer than {percent(self.closer_than)} of pairs"

    @property
    def far_caption(self) -> str:
        return "" if self.closer_than is None else f"Farther than {percent(100 - self.closer_than)} of pairs"


def in_words(by_lens: Mapping[str, float | None], together: float | None) -> str:
    """Together 98.6 %: look 99.8 %, colour 97.1 %."""
    known = [f"{LENSES[lens].title.lower()} {percent(share)}" for lens, share in by_lens.items() if share is not None]
    single = ", ".join(known)
    return single.capitalize() if together is None else f"Together {percent(together)}: {single}"


def percent(share: float) -> str:
    """The last tenth of a per cent is never claimed."""
    return f"{min(share, 99.9):.1f}\N{NO-BREAK SPACE}%"


def similar(
    work: Artwork,
    user: permissions.User,
    k: int = 12,
    *,
    blend: Mapping[str, float] = DEFAULT_BLEND,
    collection: Collection | None = None,
    live: Sequence[Space] | None = None,
) -> list[Kin] | None:
    """The k works nearest to this one's leading picture through a blend of lenses, itself left out; see `curated`.

    None while it was not embedded yet and nothing is pinned. Who has asked for the live spaces already hands them on.
    """
    probes = probes_of(work, blend, lifecycle.live_spaces() if live is None else live)
    said = curated_lists.statements_about(work)
    return curated(work, said, probes, user, k, collection=collection) if probes or said.pins else None


def curated(
    work: Artwork,
    said: Statements,
    probes: Sequence[Probe],
    user: permissions.User,
    k: int,
    *,
    collection: Collection | None = None,
) -> list[Kin]:
    """Return k works: those that the work's curators pinned, then the nearest others without the banned ones."""
    among = admitted(user, collection=collection, but=work)
    found = curated_lists.matches(said, probes, k, among, user, collection)
    return shown(found, probes, pinned=said.pins)


def farthest(probe: Probe, user: permissions.User, k: int, *, but: Artwork | None = None) -> list[Kin]:
    """The k works least like a picture, as one lens saw it."""
    found = store.farthest_works(probe.space, probe.vectors[0], k, admitted(user, but=but))
    far = [Neighbour(n.image_id, n.work_id, across(n.distance, probe.space.metric)) for n in found]
    return shown(matches_of(probe.space, far), [probe])


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
    return shown(blending.nearest_works(probes, k, admitted(user, collection=collection, but=but)), probes)


def admitted(user: permissions.User, *, collection: Collection | None = None, but: Artwork | None = None) -> Q:
    """The embeddings that may show up: what the user may see, in one collection if asked, without one work."""
    among = permissions.visible_pictures(user, "image__")
    if collection is not None:
        among &= Q(image__artwork__collection=collection)
    if but is not None:
        among &= ~Q(image__artwork=but)
    return among


def probes_of(work: Artwork, blend: Mapping[str, float], live: Sequence[Space], view: str = "") -> list[Probe]:
    """The picture of the work with this number, or the first, that any of these lenses has seen; a lens that has not
    says nothing."""
    wanted = {space.pk: space for space in live if blend.get(space.lens, 0) > 0}
    rows = Embedding.objects.filter(image__artwork=work, space__in=wanted).order_by("image__position", "image_id")
    seen = list(rows.values_list("image_id", "space_id", "vector"))
    asked = next((image_id for image_id, *_ in seen if str(image_id) == view), seen[0][0] if seen else None)
    found = {space_id: vector for image_id, space_id, vector in seen if image_id == asked}
    return [
        Probe(space, store.as_array(found[pk])[None], blend[space.lens], asked)
        for pk, space in wanted.items()
        if pk in found
    ]


def matches_of(space: Space, found: Sequence[Neighbour]) -> list[Match]:
    return [Match(n.image_id, n.work_id, {space.lens: n.distance}) for n in found]


def shown(found: Sequence[Match], probes: Sequence[Probe], pinned: Sequence[int] = ()) -> list[Kin]:
    """With their works, by one query; without what is gone meanwhile."""
    pictures = queries.images().select_related("artwork__collection").in_bulk([match.image_id for match in found])
    there = [(match, pictures[match.image_id]) for match in found if match.image_id in pictures]
    return [
        Kin(
            picture.artwork,
            picture,
            percentiles_of(match, probes),
            together(match, probes),
            is_pinned=match.work_id in pinned,
        )
        for match, picture in there
    ]


def together(match: Match, probes: Sequence[Probe]) -> float | None:
    """Of a blend whose lenses all have a background: a mean of their percentiles, taken of what is left to 100."""
    if len(probes) < 2 or match.neg_log_p is None or not all(probe.space.quantiles for probe in probes):
        return None
    return percentiles.percent_of(match.neg_log_p)


def percentiles_of(match: Match, probes: Sequence[Probe]) -> dict[str, float | None]:
    """By lens; None where its space has not seen the picture."""
    by_lens: dict[str, float | None] = {}
    for probe in probes:
        distance = match.distances.get(probe.space.lens)
        by_lens[probe.space.lens] = (
            None if distance is None else percentiles.closer_than(distance, probe.space.quantiles, len(probe.vectors))
        )
    return by_lens
