"""Withdraw pairs that a later comparison has refuted. Decided pairs are never touched."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from similarity.models import DuplicatePair, Opinion, Verdict


def open_among(pairs: Sequence[DuplicatePair]) -> QuerySet[DuplicatePair]:
    """Return the stored pairs of the same pictures that nobody has decided."""
    keys = {(pair.low_id, pair.high_id) for pair in pairs}
    lows, highs = {low for low, _ in keys}, {high for _, high in keys}
    near = DuplicatePair.objects.filter(low__in=lows, high__in=highs, verdict=Verdict.UNDECIDED).order_by()
    ids = [pk for pk, *key in near.values_list("pk", "low", "high") if tuple(key) in keys]
    return DuplicatePair.objects.filter(pk__in=ids, verdict=Verdict.UNDECIDED)


def withdraw(refuted: Sequence[DuplicatePair], evidence: Sequence[str]) -> set[int]:
    """Delete the stored pairs of these pictures, under `grouping.lock`. Return the pictures of the deleted pairs.

    A pair with a note or an opinion stays in the queue, for the people who wrote it. It gets the new evidence, the
    columns `evidence`, and is suggested as similar.
    """
    new = {(pair.low_id, pair.high_id): pair for pair in refuted}
    opinions = Opinion.objects.filter(pair=OuterRef("pk"))
    stored = list(open_among(refuted).annotate(has_opinion=Exists(opinions)).select_for_update().order_by("pk"))
    kept = [pair for pair in stored if pair.note or pair.has_opinion]
    for pair in kept:
        for column in evidence:
            setattr(pair, column, getattr(new[pair.low_id, pair.high_id], column))
        pair.suggested = Verdict.SIMILAR
    DuplicatePair.objects.bulk_update(kept, evidence)
    DuplicatePair.objects.filter(pk__in={pair.pk for pair in stored} - {pair.pk for pair in kept}).delete()
    return {image for pair in stored for image in (pair.low_id, pair.high_id)}
