"""A reviewer sees what they decided today and in this sitting, their pace, and how long the rest will take."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from similarity.duplicates.review import verdicts
from similarity.duplicates.review.queue import progress
from similarity.duplicates.review.queue.progress import Decision
from similarity.models import DuplicatePair, Verdict
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 5, 4, tzinfo=UTC)


def at(*minutes_ago: float, pairs: int = 1) -> list[Decision]:
    return [Decision(NOW - timedelta(minutes=each), pairs) for each in minutes_ago]


def test_a_break_of_more_than_half_an_hour_ends_a_sitting():
    found = progress.measure(at(1, 10, 35, 80, 90), 0, NOW, MIDNIGHT)

    assert (found.today, found.sitting) == (5, 3)


def test_a_sitting_ends_when_the_last_verdict_is_too_long_ago():
    assert progress.measure(at(31, 32), 0, NOW, MIDNIGHT).sitting == 0


def test_the_pace_is_that_of_the_last_hour_of_the_sitting():
    decisions = at(*(0.5 * each for each in range(1, 61)))  # 60 in half an hour

    found = progress.measure(decisions, 240, NOW, MIDNIGHT)

    assert found.per_hour == 120
    assert found.minutes_left == 120
    assert found.time_left == "about 2 hours"


def test_a_batch_counts_once_for_the_pace_and_whole_for_the_day():
    found = progress.measure(at(1, 2, 3, 4) + at(30, pairs=200), 10, NOW, MIDNIGHT)

    assert (found.today, found.per_hour, found.minutes_left) == (204, 10, 60)


@pytest.mark.parametrize("decisions", [[], at(1), at(1, 2, 3, 4)])
def test_a_pace_needs_several_verdicts(decisions: list[Decision]):
    found = progress.measure(decisions, 10, NOW, MIDNIGHT)

    assert (found.per_hour, found.time_left) == (None, "")


def test_verdicts_before_midnight_belong_to_the_sitting_and_not_to_today():
    midnight = NOW - timedelta(minutes=5)

    assert progress.measure(at(1, 10), 0, NOW, midnight).today == 1
    assert progress.measure(at(1, 10), 0, NOW, midnight).sitting == 2


@pytest.mark.django_db
def test_the_queue_counts_this_reviewers_standing_verdicts_and_no_others():
    ada, ben = (factories.a_user(name, is_superuser=True) for name in ("ada", "ben"))
    pairs = [a_pair() for _ in range(9)]
    for pair in pairs[:7]:
        verdicts.decide(pair.pk, Verdict.SIMILAR, ada)
    verdicts.decide(pairs[7].pk, Verdict.SIMILAR, ben)
    verdicts.take_back(pairs[0].pk, ada)
    DuplicatePair.objects.filter(pk=pairs[1].pk).update(decided_at=timezone.now() - timedelta(days=2))

    found = progress.of(ada, 2)

    assert found.sitting == 5
    assert found.per_hour == 60  # five within the five minutes over which a pace is measured at least
    assert "60 decisions an hour" in signed_in(ada).get("/review/").text
