"""Mend leases that a wrong clock has put far into the future, where no worker would wait for their end."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db.models.functions import Now

from collection.models import Job, JobState

IMPOSSIBLE = 2  # lengths of a lease from now: longer than any lease that a clock of today gave


def mend(keys: Sequence[str] | None = None) -> int:
    """Shorten impossible leases of these keys, or of all, to the usual length from now. Return how many.

    The clock is the database's. A worker that still holds such a lease has the usual time to renew it, so nothing is
    done twice; a lease of a dead worker ends like any other.
    """
    claimed = Job.objects.filter(state=JobState.CLAIMED)
    if keys is not None:
        claimed = claimed.filter(key__in=keys)
    length = dt.timedelta(seconds=settings.KINDRED_LEASE_S)
    return claimed.filter(lease_until__gt=Now() + IMPOSSIBLE * length).update(lease_until=Now() + length)
