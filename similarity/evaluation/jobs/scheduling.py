"""Decide when networks and lenses are measured: when the pictures are ready, on request, and when the site has grown.

The web process and the sweep request measurements; the embedding worker measures. This module does not import torch.
"""

import datetime as dt
import logging

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from collection.jobs import job_queue
from collection.models import ArtworkImage
from similarity.models import (
    Evaluation,
    EvaluationJob,
    EvaluationState,
    Overview,
    OverviewState,
    Space,
    SpaceState,
)
from similarity.spaces import lifecycle

logger = logging.getLogger(__name__)

KINDS = (Evaluation.Kind.LIKENESS, Evaluation.Kind.SPEED, Evaluation.Kind.COPIES)  # in the order of measuring
LEAST_PICTURES = 24  # for an automatic measurement
QUIET = dt.timedelta(seconds=60)  # time without a new picture before an automatic measurement
GROWTH = 2  # factor by which the pictures must grow before the next automatic measurement
OFTEN_COUNTED = 10_000  # pictures; counting more of them every few seconds would take too long
STALLED = dt.timedelta(seconds=15)  # without a step: the message to the worker was lost, or the worker has other work

NOTHING_YET = gettext_noop("No picture has been processed yet, so there is nothing to measure.")
UNDER_WAY = gettext_noop("The networks and lenses are already being measured.")


class RequestError(ValueError):
    """A measurement cannot be requested now. The text can be shown to a person."""


def request(by: User | AnonymousUser | None = None) -> None:
    """Request a new measurement of everything. Raise RequestError if one is under way or none is possible."""
    live = lifecycle.live()
    size = live.embeddings.count() if live else 0
    if live is None or not size:
        raise RequestError(gettext(NOTHING_YET))
    try:
        with transaction.atomic():
            if any(job.state == EvaluationState.WAITING for job in EvaluationJob.objects.select_for_update()):
                raise RequestError(gettext(UNDER_WAY))
            replace(live, size, by)
    except IntegrityError:  # somebody else requested one at the same time
        raise RequestError(gettext(UNDER_WAY)) from None


def replace(live: Space, size: int, by: User | AnonymousUser | None = None) -> None:
    """Replace all jobs by new ones, even while a worker measures. Their stored steps are deleted."""
    fields = {"network": network_of(live), "collection_size": size, "requested_by": by}
    EvaluationJob.objects.all().delete()
    EvaluationJob.objects.bulk_create([EvaluationJob(kind=kind, **fields) for kind in KINDS])


def network_of(live: Space) -> str:
    return f"{live.backbone} {live.weights_digest}"[:120]


def request_if_due(*, is_often: bool) -> None:
    """Request the first measurement, or one after the pictures have doubled or another network is live.

    All pictures must be ready. `is_often`: the caller runs every few seconds, so many pictures are not counted.
    """
    live, last = lifecycle.live(), EvaluationJob.objects.order_by("-pk").first()
    if live is None or not (last is None or is_outdated(live, last, is_often)) or not is_ready(live):
        return
    try:
        with transaction.atomic():
            replace(live, live.embeddings.count())
    except IntegrityError:
        logger.info("A measurement was requested at the same time by another sweep or a person")


def is_outdated(live: Space, last: EvaluationJob, is_often: bool) -> bool:
    """Return whether another network is live than in the last measurement, or whether the pictures have doubled."""
    if network_of(live) != last.network:
        return True
    least = GROWTH * last.collection_size
    return not (is_often and least > OFTEN_COUNTED) and live.embeddings.all()[:least].count() >= least


def is_ready(live: Space) -> bool:
    """Return whether there are enough pictures, all have vectors, and none was added recently.

    Groups and the map are for visitors, so an overview that is being built goes first.
    """
    if Overview.objects.filter(state=OverviewState.BUILDING).exists():
        return False
    newest = ArtworkImage.objects.order_by("-pk").first()
    if newest is None or newest.created_at > timezone.now() - QUIET:
        return False
    if live.embeddings.all()[:LEAST_PICTURES].count() < LEAST_PICTURES:
        return False
    served = [space for space in lifecycle.open_spaces() if not space.problem]
    if any(space.state == SpaceState.BUILDING and space.auto_activate for space in served):
        return False
    return not any(job_queue.left(space.job_key, up_to=1) for space in served)


def is_waiting() -> bool:
    return EvaluationJob.objects.filter(state=EvaluationState.WAITING).exists()


def is_due() -> bool:
    """Return whether to wake a worker: a job waits, and no step of any job has been done for some seconds."""
    if not is_waiting():
        return False
    return not EvaluationJob.objects.filter(moved_at__gt=timezone.now() - STALLED).exists()
