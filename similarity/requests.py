"""Spaces of networks that an administrator asks for on the pages: a worker loads the network and plans them.

A request waits in the database. It goes with the plans that are made of it, in one transaction; what can't be planned
stays with its problem.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from django.db import IntegrityError, transaction

from similarity import planning, spaces, weights_files
from similarity.models import SpaceRequest
from similarity.vision.contract import Embedder
from similarity.vision.lenses import LOOK

logger = logging.getLogger(__name__)

Offer = Callable[[str, str, Path | None], Embedder]  # of a lens, by a network, with the weights in a file

ATTEMPTS_LIMIT = 3  # workers that a network may take down with it, as one too large for the machine's memory does
GAVE_UP = f"{ATTEMPTS_LIMIT} workers stopped while they loaded this network; it may need more memory than there is."
UNEXPECTED = "This network could not be loaded, or nothing be planned with it; the log of the worker says why."


class RequestError(ValueError):
    """What can't be done with a request now; the text is fit to show."""


def ask(wanted: SpaceRequest) -> None:
    """Notes a request, in place of the same one that was refused. Raises RequestError where the same waits already."""
    same = SpaceRequest.objects.filter(
        backbone=wanted.backbone, weights_file=wanted.weights_file, lenses=wanted.lenses, pooling=wanted.pooling,
        metric=wanted.metric,
    )  # fmt: skip
    try:
        with transaction.atomic():
            same.exclude(problem="").delete()
            wanted.save()
    except IntegrityError:
        raise RequestError("The same waits for a worker already.") from None


def ask_again(refused: SpaceRequest) -> None:
    """As when another file lies there by now. Raises RequestError where the same waits already."""
    try:
        with transaction.atomic():
            SpaceRequest.objects.filter(pk=refused.pk).exclude(problem="").update(problem="", attempts=0)
    except IntegrityError:
        raise RequestError("The same waits for a worker already.") from None


@transaction.atomic
def dismiss(unwanted: SpaceRequest) -> None:
    """Raises RequestError while a worker is at it."""
    rows = SpaceRequest.objects.filter(pk=unwanted.pk)
    free = list(rows.select_for_update(skip_locked=True))
    if not free and rows.exists():
        raise RequestError("A worker is loading this network now; what it plans can be retired.")
    rows.delete()


def is_waiting() -> bool:
    return SpaceRequest.objects.filter(problem="").exists()


def run(offer: Offer) -> bool:
    """Answers the request that waits longest and that no other worker is at; whether there was one."""
    taken = take()
    if taken is None:
        return False
    if taken.problem:
        logger.error("%s: %s", taken, taken.problem)
    else:
        answer(taken, offer)
    return True


@transaction.atomic
def take() -> SpaceRequest | None:
    """Counted before it is answered, so that it can't take down one worker after the other."""
    taken = SpaceRequest.objects.filter(problem="").select_for_update(skip_locked=True).first()
    if taken is None:
        return None
    if taken.attempts >= ATTEMPTS_LIMIT:
        taken.problem = GAVE_UP
    else:
        taken.attempts += 1
    taken.save(update_fields=["attempts", "problem"])
    return taken


@transaction.atomic
def answer(taken: SpaceRequest, offer: Offer) -> None:
    """Its row is locked until it is answered, and free again at once when the worker is killed."""
    from similarity.vision.backbones import UnknownBackboneError
    from similarity.vision.weights import WeightsError

    waiting = SpaceRequest.objects.filter(pk=taken.pk, problem="")
    request = waiting.select_for_update(skip_locked=True).first()
    if request is None:  # another worker was faster, or it was dismissed
        return
    try:
        with transaction.atomic():
            refusals = plan(request, offer)
    except (WeightsError, UnknownBackboneError, weights_files.NoSuchFileError) as error:
        refuse(request, request.lenses, str(error))
    except Exception:  # a network can fail in any way, and to load it again would change nothing
        logger.exception("Not planned: %s", request)
        refuse(request, request.lenses, UNEXPECTED)
    else:
        if refusals:
            refuse(request, list(refusals), " ".join(refusals.values()))
        else:
            request.delete()


def plan(request: SpaceRequest, offer: Offer) -> dict[str, str]:
    """The lenses that could not be planned, and why. Raises what `offer` raises, and NoSuchFileError."""
    file = weights_files.path_of(request.weights_file) if request.weights_file else None
    embedder = offer(request.lenses[0], request.backbone, file)
    refusals = {}
    for lens in request.lenses:
        pooling = request.pooling if lens == LOOK and request.pooling else None
        try:
            planning.plan_for(embedder, lens, pooling, metric=request.metric, switches_itself=request.switches_itself)
        except spaces.SpaceError as error:
            refusals[lens] = str(error)
    return refusals


def refuse(request: SpaceRequest, lenses: list[str], problem: str) -> None:
    """What is left of it says why; the lenses that were planned are no longer part of it."""
    logger.warning("Not planned: %s. %s", request, problem)
    request.lenses, request.problem = lenses, problem
    request.save(update_fields=["lenses", "problem"])
