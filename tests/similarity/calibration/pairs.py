"""Pairs with the evidence that local features leave."""

from typing import Any

from collection.models import ArtworkImage
from similarity.duplicates import cuts
from similarity.models import DuplicatePair, Verdict
from tests import factories


def aligned(structure: float = 0.9, alike: float = 0.95, inliers: int = 100) -> dict[str, Any]:
    """Return the fields of a pair that was laid over one another by local features."""
    return {
        "kind": "reencoded", "rule": "features", "correlation": structure, "alike_share": alike, "inliers": inliers,
        "low_share": 1.0, "high_share": 1.0, "colour_difference": 2.0, "colour_distance": 1.0,
    }  # fmt: skip


def a_pair(low: ArtworkImage | None = None, high: ArtworkImage | None = None, **fields: Any) -> DuplicatePair:
    """Return a stored pair of two pictures, new ones if none are given, suggested as duplicates by default."""
    low, high = low or factories.an_image(factories.a_work()), high or factories.an_image(factories.a_work())
    pair = DuplicatePair(low=low, high=high, **{"suggested": Verdict.DUPLICATE, **fields})
    if not pair.certainty and pair.inliers is not None:
        pair.certainty = cuts.certainty_of(pair)
    pair.save()
    return pair
