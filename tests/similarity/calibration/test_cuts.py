"""The cuts of certainty: chosen once by one person, and carried out on open pairs only."""

import math

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from collection.models import AuditEntry
from similarity.duplicates import cuts, rescoring
from similarity.duplicates.cuts import Cuts
from similarity.duplicates.review import verdicts
from similarity.models import Calibration, DuplicateCase, DuplicatePair, Verdict
from tests import factories
from tests.similarity.calibration.pairs import a_pair, aligned

pytestmark = pytest.mark.django_db


def choose(suggest_from: float, queue_from: float = 0.0, *, after: int | None = None) -> Calibration:
    user = factories.a_user(is_superuser=True)
    return cuts.choose(Cuts(suggest_from, queue_from), user, after=after, note="a test", numbers={})


def rescore_all() -> None:
    while rescoring.run():
        pass


def test_the_defaults_hold_before_any_choice_and_the_latest_choice_afterwards():
    assert cuts.valid() == cuts.DEFAULT

    first = choose(0.8)
    choose(0.9, 0.1, after=first.pk)

    assert cuts.valid() == Cuts(0.9, 0.1)


@pytest.mark.parametrize(
    ("suggest_from", "queue_from"), [(1.1, 0), (0.5, -0.1), (0.4, 0.5), (math.nan, 0), (0.5, math.nan)]
)
def test_cuts_that_are_no_certainties_are_refused(suggest_from: float, queue_from: float):
    with pytest.raises(cuts.CutError):
        choose(suggest_from, queue_from)

    with pytest.raises(IntegrityError), transaction.atomic():
        Calibration.objects.create(suggest_from=suggest_from, queue_from=queue_from)
    assert cuts.valid() == cuts.DEFAULT


def test_of_two_people_who_choose_at_once_the_second_is_refused_by_the_name_of_the_first():
    first = choose(0.8)

    with pytest.raises(cuts.ChosenMeanwhileError, match=first.chosen_by_name):
        choose(0.7)

    assert cuts.valid().suggest_from == 0.8
    with pytest.raises(IntegrityError), transaction.atomic():
        Calibration.objects.create(suggest_from=0.7, queue_from=0)


def test_a_choice_is_in_the_audit_log():
    choose(0.8)

    entry = AuditEntry.objects.get(kind="calibration")
    assert entry.detail["suggest from"] == 0.8


def test_a_higher_cut_turns_suggested_duplicates_into_similar_pairs_and_a_lower_one_turns_them_back():
    pair = a_pair(**aligned(structure=0.8, alike=0.9, inliers=40))
    assert cuts.suggestion(pair, cuts.DEFAULT) == Verdict.DUPLICATE

    first = choose(0.9999)
    rescore_all()
    pair.refresh_from_db()
    assert pair.suggested == Verdict.SIMILAR

    choose(0.01, after=first.pk)
    rescore_all()
    pair.refresh_from_db()
    assert pair.suggested == Verdict.DUPLICATE


def test_details_and_other_photographs_are_suggested_as_similar_at_any_cut():
    for kind in ("detail", "other_photograph", "different"):
        pair = a_pair(**{**aligned(structure=0.99, alike=1.0, inliers=500), "kind": kind})

        assert cuts.suggestion(pair, Cuts(0.0, 0.0)) == Verdict.SIMILAR


def test_equal_pixels_stay_suggested_as_duplicates_at_any_cut():
    pair = a_pair(is_identical=True, kind="same_file", rule="bytes", suggested=Verdict.DUPLICATE)

    choose(1.0)
    rescore_all()

    pair.refresh_from_db()
    assert (pair.certainty, pair.suggested) == (1.0, Verdict.DUPLICATE)


def test_decided_pairs_are_not_touched():
    decided = a_pair(
        **aligned(), suggested=Verdict.DUPLICATE, certainty=0.123, verdict=Verdict.SIMILAR, decided_at=timezone.now()
    )

    choose(0.9999)
    rescore_all()

    decided.refresh_from_db()
    assert (decided.certainty, decided.suggested, decided.verdict) == (0.123, Verdict.DUPLICATE, Verdict.SIMILAR)


def test_cases_follow_the_cut():
    one, two, three = (factories.an_image(factories.a_work()) for _ in range(3))
    for low, high in ((one, two), (two, three)):
        a_pair(low, high, **aligned(structure=0.8, alike=0.9, inliers=40), suggested=Verdict.SIMILAR)

    first = choose(0.3)
    rescore_all()
    assert DuplicateCase.objects.count() == 1

    choose(0.9999, after=first.pk)
    rescore_all()
    assert DuplicateCase.objects.count() == 0
    assert DuplicatePair.objects.filter(case=None).count() == 2


def test_a_worker_that_is_killed_loses_one_batch_at_most_and_the_next_goes_on():
    pairs = [a_pair(**aligned(structure=0.8, alike=0.9, inliers=40)) for _ in range(5)]
    chosen = choose(0.9999)
    Calibration.objects.filter(pk=chosen.pk).update(rescored_to=pairs[2].pk)  # three were done, then the worker died

    assert rescoring.is_due()
    rescore_all()

    done = DuplicatePair.objects.filter(suggested=Verdict.SIMILAR).order_by("pk")
    assert list(done) == pairs[3:]
    assert not rescoring.is_due()


def test_a_pair_without_certainty_gets_one_by_the_repair_and_keeps_its_suggestion():
    pair = a_pair(correlation=0.9, suggested=Verdict.SIMILAR)

    rescoring.score_unscored()

    pair.refresh_from_db()
    assert pair.certainty == cuts.certainty_of(pair) > 0
    assert pair.suggested == Verdict.SIMILAR


def test_the_queue_begins_with_the_most_certain_pairs_and_ends_at_its_cut():
    weak, sure, middle = (a_pair(certainty=value) for value in (0.1, 0.9, 0.5))
    every = DuplicatePair.objects.all()
    assert list(verdicts.undecided(every)) == [sure, middle, weak]
    assert list(verdicts.behind(verdicts.undecided(every), sure)) == [middle, weak]

    choose(0.9, 0.3)

    assert list(verdicts.undecided(every)) == [sure, middle]
    assert verdicts.counts(every) == {"undecided": 2}
