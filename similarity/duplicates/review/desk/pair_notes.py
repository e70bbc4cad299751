"""Save the note of a pair. All its reviewers may edit it."""

from django.db import transaction
from django.utils.translation import gettext

from collection.audit.recording import Verb, record
from similarity.duplicates.review.deciding.verdict_errors import PairGoneError
from similarity.models import DuplicatePair


class NoteChangedError(ValueError):
    """Somebody else has changed the note since the page was shown. The text has the other note."""

    def __init__(self, note: str) -> None:
        now = gettext("It now reads: “%(note)s”.") % {"note": note} if note else gettext("It is empty now.")
        changed = gettext("A colleague has changed the note in the meantime.")
        kept = gettext("Nothing was saved. Your note is still in the field.")
        super().__init__(f"{changed} {now} {kept}")


@transaction.atomic
def save(pair_id: int, note: str, shown: str | None = None) -> None:
    """Store the note, and record the change. Do nothing if the person has not changed the note that was `shown`.

    Raise PairGoneError if the pair was deleted, NoteChangedError if the note differs from `shown`.
    """
    text, before = cleaned(note), None if shown is None else cleaned(shown)
    pairs = DuplicatePair.objects.select_related("low__artwork", "high__artwork")
    pair = pairs.select_for_update(of=("self",)).filter(pk=pair_id).first()
    if pair is None:
        raise PairGoneError
    if text in (pair.note, before):
        return
    if before not in (None, pair.note):
        raise NoteChangedError(pair.note)
    label = f"{pair.low.artwork} and {pair.high.artwork}"
    record(Verb.CHANGED, pair, label=label, detail={"fields": {"note": [pair.note, text]}})
    DuplicatePair.objects.filter(pk=pair_id).update(note=text)


def cleaned(note: str) -> str:
    """Return a note as it is stored. Browsers send every line break as two characters."""
    return note.replace("\r\n", "\n").strip()
