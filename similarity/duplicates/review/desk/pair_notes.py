"""Save the note of a pair. All its reviewers may edit it."""

from django.db import transaction

from collection.audit.recording import Verb, record
from similarity.models import DuplicatePair


@transaction.atomic
def save(pair_id: int, note: str) -> bool:
    """Store the note, and record the change. Return False if it is the same as before, or the pair is gone."""
    text = note.replace("\r\n", "\n").strip()
    pairs = DuplicatePair.objects.select_related("low__artwork", "high__artwork")
    pair = pairs.select_for_update(of=("self",)).filter(pk=pair_id).first()
    if pair is None or pair.note == text:
        return False
    label = f"{pair.low.artwork} and {pair.high.artwork}"
    record(Verb.CHANGED, pair, label=label, detail={"fields": {"note": [pair.note, text]}})
    DuplicatePair.objects.filter(pk=pair_id).update(note=text)
    return True
