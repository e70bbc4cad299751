"""Score open pairs again after a choice of cuts, a batch at a time. Decided pairs do not change.

Each batch is one transaction, which also stores how far the choice has been carried out. A worker that is killed loses
one batch, and the next worker goes on. `beat` wakes a worker while pairs are left.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from collection.jobs import workers
from similarity.duplicates import cuts, grouping
from similarity.duplicates.cuts import Cuts
from similarity.models import Calibration, DuplicatePair, Verdict
from similarity.workers import task_names

BATCH = 1_000  # pairs; well below a second of work


def run() -> bool:
    """Re-score one batch for the valid choice. Return True if pairs are left. Safe to run twice or at the same time."""
    with transaction.atomic():
        grouping.lock()
        chosen = cuts.latest()
        if chosen is None or chosen.rescored_at is not None:
            return False
        pairs = open_pairs_after(chosen.rescored_to)
        rescore(pairs, Cuts(chosen.suggest_from, chosen.queue_from))
        is_done = len(pairs) < BATCH
        Calibration.objects.filter(pk=chosen.pk).update(
            rescored_to=pairs[-1].pk if pairs else chosen.rescored_to,
            rescored_at=timezone.now() if is_done else None,
        )
        return not is_done


def open_pairs_after(last: int) -> list[DuplicatePair]:
    """Return the next BATCH undecided pairs by id. Their rows are locked."""
    rows = DuplicatePair.objects.select_for_update(no_key=True).filter(verdict=Verdict.UNDECIDED, pk__gt=last)
    return list(rows.order_by("pk")[:BATCH])


def rescore(pairs: Sequence[DuplicatePair], valid: Cuts) -> None:
    """Write certainty and suggestion of these undecided pairs where they change, and their cases."""
    changed = []
    touched: set[int] = set()
    for pair in pairs:
        before = pair.certainty, pair.suggested
        pair.certainty = cuts.certainty_of(pair)
        pair.suggested = cuts.suggestion(pair, valid)
        if before != (pair.certainty, pair.suggested):
            changed.append(pair)
        if before[1] != pair.suggested:
            touched |= {pair.low_id, pair.high_id}
    DuplicatePair.objects.bulk_update(changed, ["certainty", "suggested"])
    if touched:
        grouping.regroup(touched)


def score_unscored() -> None:
    """Compute the certainty of pairs that have none, decided or not, such as those of earlier releases."""
    while score_some():
        pass


@transaction.atomic
def score_some() -> bool:
    """Compute the certainty of a batch of pairs that have none. Return False if there is no such pair."""
    grouping.lock()  # no worker stores other evidence meanwhile
    pairs = list(DuplicatePair.objects.filter(certainty=0).order_by("pk")[:BATCH])
    for pair in pairs:
        pair.certainty = cuts.certainty_of(pair)
    DuplicatePair.objects.bulk_update(pairs, ["certainty"])
    return bool(pairs)


def is_due() -> bool:
    """Return True if the valid choice has not reached all open pairs."""
    chosen = cuts.latest()
    return chosen is not None and chosen.rescored_at is None


def sweep() -> None:
    """Wake a worker if open pairs wait to be re-scored. This is cheap enough to run every few seconds."""
    if is_due():
        workers.wake(task_names.RESCORE)


def begin() -> None:
    """Re-score a first batch at once, which is all of a small queue, and leave the rest to workers."""
    if run():
        workers.wake(task_names.RESCORE)
