"""Where two reviewers decide each pair, a batch of opinions can be withdrawn in one step, as one of verdicts can."""

import pytest
from django.contrib.auth.models import User

from collection.models import AuditEntry
from similarity.duplicates.review import verdicts
from similarity.duplicates.review.batches import pair_batches
from similarity.models import DuplicatePair, Kind, Opinion, ReviewBatch, Verdict
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("two_reviewers")]

KIND = pair_batches.KINDS["same-file"]


def same_files(count: int) -> list[int]:
    return [a_pair(kind=Kind.SAME_FILE).pk for _ in range(count)]


def opinions_of(user: User) -> set[int]:
    return set(Opinion.objects.filter(reviewer=user).values_list("pair", flat=True))


def undo_address() -> str:
    return f"/review/batches/{ReviewBatch.objects.latest('pk').pk}/undo/"


def test_a_batch_of_opinions_is_withdrawn_in_one_step(ada: User):
    pairs, alone = same_files(3), a_pair()
    verdicts.decide(alone.pk, Verdict.SIMILAR, ada)
    reviewer = signed_in(ada)
    reviewer.post("/review/batches/same-file/", {"pairs": pairs})

    listed = reviewer.get("/review/batches/").text
    answer = reviewer.post(undo_address(), follow=True).text

    assert "3 pairs wait for a second reviewer" in listed
    assert "3 pairs put back into the queue." in answer
    assert opinions_of(ada) == {alone.pk}
    assert set(verdicts.queue(ada).values_list("pk", flat=True)) == set(pairs)
    assert AuditEntry.objects.get(verb="took back", kind="batch").detail == {"pairs": pairs}


def test_an_opinion_that_a_second_reviewer_confirmed_or_disputed_stays(ada: User, ben: User):
    pairs = same_files(3)
    batch = pair_batches.decide(KIND, pairs, ada).batch
    verdicts.decide(pairs[0], Verdict.DUPLICATE, ben)
    verdicts.decide(pairs[1], Verdict.UNRELATED, ben)

    undone = pair_batches.undo(batch, ada)

    assert undone == 1
    assert opinions_of(ada) == set(pairs[:2])
    assert DuplicatePair.objects.get(pk=pairs[0]).verdict == Verdict.DUPLICATE


def test_a_batch_that_decided_some_pairs_and_noted_others_is_undone_as_a_whole(ada: User, ben: User):
    pairs = same_files(3)
    pair_batches.decide(KIND, pairs[:2], ada)
    batch = pair_batches.decide(KIND, pairs, ben).batch

    listed = signed_in(ben).get("/review/batches/").text
    undone = pair_batches.undo(batch, ben)

    assert "2 pairs, decided by ben" in listed
    assert "1 pair waits for a second reviewer" in listed
    assert undone == 3
    assert (opinions_of(ada), opinions_of(ben)) == (set(pairs[:2]), set())
    assert not DuplicatePair.objects.exclude(verdict=Verdict.UNDECIDED).exists()


def test_nobody_else_sees_or_withdraws_a_batch_of_opinions(ada: User, ben: User):
    pairs = same_files(2)
    pair_batches.decide(KIND, pairs, ada)
    colleague = signed_in(ben)

    listed = colleague.get("/review/batches/").text
    answer = colleague.post(undo_address(), follow=True).text

    assert "Decided in batches" not in listed
    assert "This batch has no verdict left" in answer
    assert opinions_of(ada) == set(pairs)


def test_a_batch_that_was_withdrawn_is_not_listed_any_more(ada: User):
    pair_batches.undo(pair_batches.decide(KIND, same_files(2), ada).batch, ada)

    assert list(pair_batches.recent(ada)) == []
