"""Requests of administrators for spaces. A worker answers them: it loads the network and plans the spaces.

A request waits in the database. The worker that answers it holds its lock, so only workers that really began to load
its network count as attempts. One transaction plans the spaces and deletes the request. A request that cannot be
planned stays, with the reason.
"""

import logging
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext

from collection.audit.recording import Verb, record
from collection.imaging.refusals import gettext_noop
from similarity.index import advisory_locks
from similarity.models import SpaceRequest

logger = logging.getLogger(__name__)

NETWORKS = Q(supervised_by="")  # requests that need a network; the others learn from the records
LOCK = 0x4B1D2EE  # with a request's id: of the worker that answers the request, or of a person who dismisses it
ATTEMPTS_LIMIT = 3  # workers that may be killed by one network, such as one that is too large for the memory
GAVE_UP_TEXT = gettext_noop(
    "%(limit)s workers stopped while loading this network. It may need more memory than the machine has."
)
GAVE_UP = GAVE_UP_TEXT % {"limit": ATTEMPTS_LIMIT}
GAVE_UP_LEARNING_TEXT = gettext_noop(
    "%(limit)s workers stopped while learning from the records. The reason is in their logs."
)
GAVE_UP_LEARNING = GAVE_UP_LEARNING_TEXT % {"limit": ATTEMPTS_LIMIT}
UNEXPECTED_LEARNING = gettext_noop("Learning from the records failed. The reason is in the log of the worker.")
UNEXPECTED = gettext_noop(
    "This network could not be loaded, or no space could be planned. The reason is in the log of the worker."
)


class RequestError(ValueError):
    """An action that is not possible for a request now. The text can be shown to a person."""


def ask(wanted: SpaceRequest) -> None:
    """Save a request. It replaces the same one that was refused. Raise RequestError if the same one waits already."""
    same = SpaceRequest.objects.filter(
        backbone=wanted.backbone, weights_file=wanted.weights_file, lenses=wanted.lenses, pooling=wanted.pooling,
        metric=wanted.metric, supervised_by=wanted.supervised_by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            same.exclude(problem="").delete()
            wanted.save()
            record(Verb.ASKED, wanted)
    except IntegrityError:
        raise RequestError(gettext("The same request is already waiting for a worker.")) from None


def ask_again(refused: SpaceRequest) -> None:
    """Let a refused request wait again, for instance with a new file. Raise RequestError if an equal one waits."""
    try:
        with transaction.atomic():
            SpaceRequest.objects.filter(pk=refused.pk).exclude(problem="").update(problem="", attempts=0)
    except IntegrityError:
        raise RequestError(gettext("The same request is already waiting for a worker.")) from None


def dismiss(unwanted: SpaceRequest) -> None:
    """Delete a request. Raise RequestError while a worker answers it."""
    with advisory_locks.try_lock(LOCK, unwanted.pk) as is_free:
        if not is_free:
            raise RequestError(
                gettext("A worker is learning from the records now. You can retire the spaces that it plans.")
                if unwanted.supervised_by
                else gettext("A worker is loading this network now. You can retire the spaces that it plans.")
            )
        with transaction.atomic():
            deleted, _ = SpaceRequest.objects.filter(pk=unwanted.pk).delete()
            if deleted:
                record(Verb.DELETED, unwanted)


def is_waiting(which: Q = Q()) -> bool:
    return SpaceRequest.objects.filter(which, problem="").exists()


def answer_next(which: Q, build: Callable[[SpaceRequest], None]) -> bool:
    """Answer the oldest request that no other worker answers. Return True if there was one."""
    for pk in SpaceRequest.objects.filter(which, problem="").values_list("pk", flat=True):
        with advisory_locks.try_lock(LOCK, pk) as is_alone:
            # read again: another worker may have answered it before the lock was taken
            if is_alone and (waiting := SpaceRequest.objects.filter(pk=pk, problem="").first()):
                answer(waiting, build)
                return True
    return False


def answer(taken: SpaceRequest, build: Callable[[SpaceRequest], None]) -> None:
    """Build the spaces of a request, or refuse the request with the reason.

    This takes long, so no transaction is open. If the request is deleted during that time, `build` plans nothing.
    """
    if taken.attempts >= ATTEMPTS_LIMIT:
        refuse(taken, taken.lenses, GAVE_UP_LEARNING if taken.supervised_by else GAVE_UP)
        return
    # counted before the build, because a worker that is killed counts nothing afterwards
    SpaceRequest.objects.filter(pk=taken.pk).update(attempts=F("attempts") + 1)
    try:
        build(taken)
    except Exception:  # a network can fail in any way, and to load it again would change nothing
        logger.exception("Not planned: %s", taken)
        refuse(taken, taken.lenses, UNEXPECTED_LEARNING if taken.supervised_by else UNEXPECTED)


def refuse(taken: SpaceRequest, lenses: list[str], problem: str) -> None:
    """Record the reason on a request, and the lenses that could not be planned."""
    logger.warning("Not planned: %s. %s", taken, problem)
    SpaceRequest.objects.filter(pk=taken.pk).update(lenses=lenses, problem=problem)
