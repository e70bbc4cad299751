"""Say how a space's network and lens scored, for the page that compares two spaces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from similarity.measures.bootstrap import UNKNOWN
from similarity.models import Evaluation, Space
from similarity.vision.descriptors import projection

NOT_PROJECTED = "unprojected"
AT_95_PERCENT = 3  # mistakes that so many works without one still allow: the "rule of three"


def scored(space: Space) -> "Scored | None":
    """Return the newest evaluation of the space's network and lens, whichever collection it was fitted on.

    Prefer one with the same kind of projection. If there is none, take another and add a caution.
    """
    same = Evaluation.objects.filter(
        kind=Evaluation.Kind.RETRIEVAL, lens=space.lens, pooling=space.pooling, backbone=space.backbone,
        weights_digest=space.weights_digest,
    )  # fmt: skip
    kind = projection.kind_of(space.projection)
    alike = same.filter(projection__startswith=f"{kind}-") if kind else same.filter(projection="")
    found = alike.first() or same.first()
    if found is None:
        return None
    asked = {name: scores for name, scores in found.results["sets"].items() if scores.get("queries") != 0}
    return Scored(
        found, [in_words(*each) for each in asked.items()], otherwise(kind, projection.kind_of(found.projection))
    )


def otherwise(here: str, there: str) -> str:
    """Return a caution if the measured vectors were projected differently from the space's; else an empty string."""
    if here == there:
        return ""
    return f"Measured with {there or NOT_PROJECTED} vectors; the vectors of this space are {here or NOT_PROJECTED}."


def in_words(name: str, scores: Mapping[str, Any]) -> str:
    """Say "75 % of 30 queries of walls (95 % interval 60–88 %)". Older measurements may have only the share."""
    share, queries = scores["p_at_1"], scores.get("queries")
    counted = f"{queries:,} {'query' if queries == 1 else 'queries'} of " if queries else ""
    told = f"{percent(share)} of {counted}{name}"
    how_sure = certainty(share, scores.get("p_at_1_interval"), scores.get("works", queries) or 0)
    return f"{told} ({how_sure})" if how_sure else told


def certainty(share: float, interval: Sequence[float] | None, works: int) -> str:
    """Say how certain a share is. If all works were equal, the bootstrap interval has no width and would mislead."""
    if works and (works <= AT_95_PERCENT or (interval and tuple(interval) == UNKNOWN)):
        return "too few works for an interval"
    if works and share in (0, 1):
        word = "wrong" if share else "right"
        return f"none {word}; up to {percent(AT_95_PERCENT / works)} could still be {word}"
    return f"95\N{NO-BREAK SPACE}% interval {100 * interval[0]:.0f}–{percent(interval[1])}" if interval else ""


def percent(share: float) -> str:
    """0..1 -> whole per cent, joined to its sign by a no-break space."""
    return f"{points(share)}\N{NO-BREAK SPACE}%"


def points(share: float) -> int:
    """0..1 -> whole per cent; 100 means all of them."""
    return round(100 * (share if share >= 1 else min(share, 0.99)))


@dataclass(frozen=True)
class Scored:
    evaluation: Evaluation
    sets: list[str]  # of each set of queries, how often the right work came first
    caution: str
