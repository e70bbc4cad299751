"""Spaces of networks that an administrator asks for on the pages: a worker loads the network and plans them.

A request waits in the database. The worker that answers it holds its lock, so only workers that really began to load
its network count as attempts. One transaction plans its spaces and deletes it. A request that cannot be planned stays,
with the reason.
"""

import logging
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from similarity.index import advisory_locks
from similarity.models import SpaceRequest

logger = logging.getLogger(__name__)

NETWORKS = Q(supervised_by="")  # requests for which a network is loaded; the others learn from records
LOCK = 0x4B1D2EE  # with a request's id: held by the worker that answers it, or while a person withdraws it
ATTEMPTS_LIMIT = 3  # workers that a network may take down with it, as one too large for the machine's memory does
GAVE_UP = f"{ATTEMPTS_LIMIT} workers stopped while loading this network. It may need more memory than the machine has."
GAVE_UP_LEARNING = f"{ATTEMPTS_LIMIT} workers stopped while learning from the records. The reason is in their logs."
UNEXPECTED_LEARNING = "Learning from the records failed. The reason is in the log of the worker."
UNEXPECTED = "This network could not be loaded, or no space could be planned. The reason is in the log of the worker."


class RequestError(ValueError):
    """What can't be done with a request now; the text is fit to show."""


def ask(wanted: SpaceRequest) -> None:
    """Notes a request, in place of the same one that was refused. Raises RequestError where the same waits already."""
    same = SpaceRequest.objects.filter(
        backbone=wanted.backbone, weights_file=wanted.weights_file, lenses=wanted.lenses, pooling=wanted.pooling,
        metric=wanted.metric, supervised_by=wanted.supervised_by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            same.exclude(problem="").delete()
            wanted.save()
    except IntegrityError:
        raise RequestError("The same request is already waiting for a worker.") from None


def ask_again(refused: SpaceRequest) -> None:
    """As when another file lies there by now. Raises RequestError where the same waits already."""
    try:
        with transaction.atomic():
            SpaceRequest.objects.filter(pk=refused.pk).exclude(problem="").update(problem="", attempts=0)
    except IntegrityError:
        raise RequestError("The same request is already waiting for a worker.") from None


def dismiss(unwanted: SpaceRequest) -> None:
    """Raises RequestError while a worker is at it."""
    with advisory_locks.alone(LOCK, unwanted.pk) as is_free:
        if not is_free:
            doing = "learning from the records" if unwanted.supervised_by else "loading this network"
            raise RequestError(f"A worker is {doing} now. You can retire the spaces that it plans.")
        SpaceRequest.objects.filter(pk=unwanted.pk).delete()


def is_waiting(which: Q = Q()) -> bool:
    return SpaceRequest.objects.filter(which, problem="").exists()


def answer_next(which: Q, build: Callable[[SpaceRequest], None]) -> bool:
    """Answer the request that waits longest and that no other worker answers. Return whether there was one."""
    for pk in SpaceRequest.objects.filter(which, problem="").values_list("pk", flat=True):
        with advisory_locks.alone(LOCK, pk) as is_alone:
            if is_alone and (waiting := SpaceRequest.objects.filter(pk=pk, problem="").first()):  # not answered by now
                answer(waiting, build)
                return True
    return False


def answer(taken: SpaceRequest, build: Callable[[SpaceRequest], None]) -> None:
    """No transaction is open meanwhile, as this takes long; what is deleted meanwhile is not planned."""
    if taken.attempts >= ATTEMPTS_LIMIT:
        refuse(taken, taken.lenses, GAVE_UP_LEARNING if taken.supervised_by else GAVE_UP)
        return
    # counted before, so that it can't take down one worker after the other
    SpaceRequest.objects.filter(pk=taken.pk).update(attempts=F("attempts") + 1)
    try:
        build(taken)
    except Exception:  # a network can fail in any way, and to load it again would change nothing
        logger.exception("Not planned: %s", taken)
        refuse(taken, taken.lenses, UNEXPECTED_LEARNING if taken.supervised_by else UNEXPECTED)


def refuse(taken: SpaceRequest, lenses: list[str], problem: str) -> None:
    """What is left of it says why; the lenses that were planned are no longer part of it."""
    logger.warning("Not planned: %s. %s", taken, problem)
    SpaceRequest.objects.filter(pk=taken.pk).update(lenses=lenses, problem=problem)
