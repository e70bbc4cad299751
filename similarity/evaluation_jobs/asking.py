"""When networks and lenses are measured: once the pictures are ready, when a person asks, and when the site has grown.

No torch here: the web and the sweep ask, the embedding worker measures.
"""

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from collection import steps
from collection.models import ArtworkImage
from similarity import spaces
from similarity.models import Evaluation, EvaluationJob, JobState, Space, SpaceState

KINDS = (Evaluation.Kind.LIKENESS, Evaluation.Kind.SPEED, Evaluation.Kind.COPIES)  # in this order
LEAST_PICTURES = 24  # before it starts by itself
QUIET = dt.timedelta(seconds=30)  # without a new picture, before it starts by itself
GROWTH = 2  # times the pictures of the last time, before it starts by itself again
STALLED = dt.timedelta(seconds=15)  # without a step: the message to the worker was lost, or the worker has other work

NOTHING_YET = "No picture has been described yet, so there is nothing to measure."
UNDER_WAY = "The networks and lenses are being measured already."


class AskError(ValueError):
    """What can't be asked for now; the text is fit to show."""


def ask(by: AbstractBaseUser | None = None) -> None:
    """Have everything measured, anew if it was before. Raise AskError."""
    live = spaces.live()
    size = live.embeddings.count() if live else 0
    if live is None or not size:
        raise AskError(NOTHING_YET)
    wanted = {"network": network_of(live), "collection_size": size, "requested_by": by}
    try:
        with transaction.atomic():
            if any(job.state == JobState.WAITING for job in EvaluationJob.objects.select_for_update()):
                raise AskError(UNDER_WAY)
            EvaluationJob.objects.all().delete()
            EvaluationJob.objects.bulk_create([EvaluationJob(kind=kind, **wanted) for kind in KINDS])
    except IntegrityError:  # another was faster
        raise AskError(UNDER_WAY) from None


def network_of(live: Space) -> str:
    return f"{live.backbone} {live.weights_digest}"[:120]


def ask_first() -> None:
    """Ask once, when the pictures are ready. Cheap: for every few seconds."""
    live = spaces.live()
    if live is not None and not EvaluationJob.objects.exists() and is_ready(live):
        ask()


def ask_again() -> None:
    """Ask when the site has twice the pictures of the last time, or another network. Counts: for every few minutes."""
    last, live = EvaluationJob.objects.order_by("-pk").first(), spaces.live()
    if last is None or live is None or is_waiting():
        return
    is_grown = live.embeddings.count() >= GROWTH * last.collection_size
    if (is_grown or network_of(live) != last.network) and is_ready(live):
        ask()


def is_ready(live: Space) -> bool:
    """Whether there are enough pictures, all of them are described, and none came in lately."""
    newest = ArtworkImage.objects.order_by("-pk").first()
    if newest is None or newest.created_at > timezone.now() - QUIET:
        return False
    if live.embeddings.all()[:LEAST_PICTURES].count() < LEAST_PICTURES:
        return False
    served = [space for space in spaces.open_spaces() if not space.problem]
    if any(space.state == SpaceState.BUILDING and space.switches_itself for space in served):
        return False
    return not any(steps.left(space.step_key, up_to=1) for space in served)


def is_waiting() -> bool:
    return EvaluationJob.objects.filter(state=JobState.WAITING).exists()


def is_due() -> bool:
    """Whether a worker should be woken: a job waits, and nothing of any job was measured for some seconds."""
    if not is_waiting():
        return False
    return not EvaluationJob.objects.filter(moved_at__gt=timezone.now() - STALLED).exists()
