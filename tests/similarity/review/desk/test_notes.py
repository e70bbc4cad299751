"""A note that a colleague wrote meanwhile is never overwritten by a page that did not show it."""

import pytest

from similarity.models import DuplicatePair, Verdict
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db


def test_a_verdict_keeps_a_note_that_a_colleague_wrote_meanwhile():
    pair, reviewer = a_pair(), signed_in(is_superuser=True)
    DuplicatePair.objects.filter(pk=pair.pk).update(note="Ada's note")

    reviewer.post(f"{pair.get_absolute_url()}desk/", {"verdict": "similar", "note": "", "note_before": ""})

    pair.refresh_from_db()
    assert (pair.verdict, pair.note) == (Verdict.SIMILAR, "Ada's note")


def test_of_two_people_who_write_a_note_at_once_the_second_reads_the_first_one_and_saves_nothing():
    pair, reviewer = a_pair(note="old"), signed_in(is_superuser=True)
    shown = reviewer.get(pair.get_absolute_url()).text
    DuplicatePair.objects.filter(pk=pair.pk).update(note="Ada's note")

    answer = reviewer.post(
        f"{pair.get_absolute_url()}desk/", {"verdict": "similar", "note": "mine", "note_before": "old"}
    )

    pair.refresh_from_db()
    assert '<input type="hidden" name="note_before" value="old" form="desk-form">' in shown
    assert (answer.status_code, pair.verdict, pair.note) == (409, Verdict.UNDECIDED, "Ada's note")
    assert "“Ada&#x27;s note”" in answer.text
    assert ">mine</textarea>" in answer.text
