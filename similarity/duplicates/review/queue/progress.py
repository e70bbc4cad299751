"""The progress of a reviewer: verdicts today and in this sitting, the pace, and the time that the rest will take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from collection import permissions
from similarity.duplicates.review.opinions import opinions
from similarity.models import DuplicatePair, Opinion

BREAK = timedelta(minutes=30)  # a longer break ends a sitting
LONGEST_SITTING = timedelta(hours=12)
HOUR = timedelta(hours=1)
SHORTEST = timedelta(minutes=5)  # a pace is measured over at least that much
FEWEST = 5  # decisions that make a pace


@dataclass(frozen=True)
class Decision:
    """One press of a button, and the number of pairs that it settled: more than one for cases and batches."""

    at: datetime
    pairs: int


@dataclass(frozen=True)
class Progress:
    """Numbers of one reviewer. `per_hour` counts decisions, so a batch counts once; None without enough of them."""

    today: int  # pairs
    sitting: int  # pairs
    per_hour: int | None
    minutes_left: int | None

    @property
    def time_left(self) -> str:
        """Return the time left in words, or ""."""
        if self.minutes_left is None:
            return ""
        if self.minutes_left < 90:
            minutes = max(self.minutes_left, 1)
            return ngettext("about %(count)s minute", "about %(count)s minutes", minutes) % {"count": minutes}
        return gettext("about %(count)s hours") % {"count": intcomma(round(self.minutes_left / 60))}


def of(user: permissions.User, waiting: int) -> Progress:
    """Return the progress of a reviewer who has `waiting` decisions left. One query."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return measure(decisions(user, min(midnight, now - LONGEST_SITTING)), waiting, now, midnight)


def decisions(user: permissions.User, since: datetime) -> list[Decision]:
    """Return the decisions of a reviewer that stand, the latest first. With two reviewers they are opinions."""
    rows: QuerySet[Any]
    if opinions.are_required():
        rows, moment = Opinion.objects.filter(reviewer=user.pk, at__gte=since), "at"
    else:
        rows, moment = DuplicatePair.objects.filter(decided_by=user.pk, decided_at__gte=since), "decided_at"
    counted = rows.order_by(f"-{moment}").values_list(moment).annotate(count=Count("pk"))
    return [Decision(at, count) for at, count in counted]


def measure(given: Sequence[Decision], waiting: int, now: datetime, midnight: datetime) -> Progress:
    """Compute the progress from decisions, the latest first."""
    sitting = latest_sitting(given, now)
    recent = list(takewhile(lambda one: one.at > now - HOUR, sitting))
    hours = max(now - recent[-1].at, SHORTEST) / HOUR if recent else 1
    per_hour = round(len(recent) / hours) if len(recent) >= FEWEST else None
    return Progress(
        today=sum(one.pairs for one in given if one.at >= midnight),
        sitting=sum(one.pairs for one in sitting),
        per_hour=per_hour,
        minutes_left=round(60 * waiting / per_hour) if per_hour else None,
    )


def latest_sitting(given: Sequence[Decision], now: datetime) -> list[Decision]:
    """Return the decisions up to now that follow each other without a BREAK, the latest first."""
    found: list[Decision] = []
    last = now
    for one in given:
        if last - one.at > BREAK:
            break
        found.append(one)
        last = one.at
    return found
