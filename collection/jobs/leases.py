"""Shorten leases that a wrong clock has put far into the future. No worker would get their jobs until then."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db.models.functions import Now

from collection.models import Job, JobState

IMPOSSIBLE = 2  # times the length of a lease, from now: no correct clock gives so long a lease


def mend(keys: Sequence[str] | None = None) -> int:
    """Shorten impossible leases of jobs with these keys, or of all jobs, to the usual length from now. Return how many.

    The time is that of the database. A worker that still holds such a lease has the usual time to renew it, so no job
    is done twice. The lease of a dead worker ends like any other.
    """
    claimed = Job.objects.filter(state=JobState.CLAIMED)
    if keys is not None:
        claimed = claimed.filter(key__in=keys)
    length = dt.timedelta(seconds=settings.KINDRED_LEASE_S)
    return claimed.filter(lease_until__gt=Now() + IMPOSSIBLE * length).update(lease_until=Now() + length)
