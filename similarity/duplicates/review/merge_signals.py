"""The evidence from the pictures of two works that are to be merged. A merge page shows it, and the merge keeps it."""

from typing import Any

from django.db.models import Q
from django.utils import translation

from collection.models import Artwork
from similarity.duplicates.review.desk import pair_evidence
from similarity.models import DuplicatePair


@translation.override("en-gb")
def between(kept: Artwork, merged: Artwork) -> dict[str, Any]:
    """Return the evidence of the most certain pair of pictures of two works, by name; nothing if there is no pair.

    The names are English in every language, because a merge stores them.
    """
    either_way = Q(low__artwork=kept, high__artwork=merged) | Q(low__artwork=merged, high__artwork=kept)
    pair = DuplicatePair.objects.filter(either_way).order_by("-certainty", "pk").first()
    if pair is None:
        return {}
    found: dict[str, Any] = {
        "pair": pair.pk,
        "kind": pair.get_kind_display(),
        "compared by": pair.get_rule_display(),
        "verdict": pair.get_verdict_display(),
        "certainty": pair.certainty,
        "agreement": round(pair.correlation, 3),
    }
    signals = {pair_evidence.name_of(key): value for key, value in pair.signals.items()}
    measured = {"matching places": pair.inliers, "colour difference": pair.colour_difference, **signals}
    return found | {name: round(value, 3) for name, value in measured.items() if value is not None}
