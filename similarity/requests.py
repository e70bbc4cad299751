"""Spaces of networks that an administrator asks for on the pages: a worker loads the network and plans them.

A request waits in the database. Whoever is at it holds its lock, so that its attempts are those of workers that have
really begun to load its network. It goes with the plans that are made of it, in one transaction; what can't be planned
stays with its problem.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import F

from similarity import locks, planning, spaces, weights_files
from similarity.models import SpaceRequest
from similarity.vision.contract import Embedder
from similarity.vision.lenses import LOOK

logger = logging.getLogger(__name__)

Offer = Callable[[str, str, Path | None], Embedder]  # of a lens, by a network, with the weights in a file

LOCK = 0x4B1D2EE  # with a request's id: of the worker that is at it, or of whoever withdraws it
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
    with locks.alone(LOCK, unwanted.pk) as is_free:
        if not is_free:
            doing = "learning from the records" if unwanted.supervised_by else "loading this network"
            raise RequestError(f"A worker is {doing} now. You can retire the spaces that it plans.")
        SpaceRequest.objects.filter(pk=unwanted.pk).delete()


def is_waiting() -> bool:
    return SpaceRequest.objects.filter(problem="").exists()


def run(offer: Offer) -> bool:
    """Answers the request that waits longest and that no other worker is at; whether there was one."""
    for pk in SpaceRequest.objects.filter(problem="").values_list("pk", flat=True):
        with locks.alone(LOCK, pk) as is_alone:
            if is_alone and (waiting := SpaceRequest.objects.filter(pk=pk, problem="").first()):  # not answered by now
                answer(waiting, offer)
                return True
    return False


def answer(taken: SpaceRequest, offer: Offer) -> None:
    """No transaction is open while the network loads, which takes long; what is deleted meanwhile is not planned."""
    from similarity.vision.backbones import UnknownBackboneError
    from similarity.vision.weights import WeightsError

    if taken.attempts >= ATTEMPTS_LIMIT:
        refuse(taken, taken.lenses, GAVE_UP_LEARNING if taken.supervised_by else GAVE_UP)
        return
    # counted before, so that it can't take down one worker after the other
    SpaceRequest.objects.filter(pk=taken.pk).update(attempts=F("attempts") + 1)
    try:
        if taken.supervised_by:
            learn(taken)
        else:
            plan(taken, load(taken, offer))
    except (WeightsError, UnknownBackboneError, weights_files.NoSuchFileError) as error:
        refuse(taken, taken.lenses, str(error).replace(f"{weights_files.folder()}/", ""))  # the name says enough
    except Exception:  # a network can fail in any way, and to load it again would change nothing
        logger.exception("Not planned: %s", taken)
        refuse(taken, taken.lenses, UNEXPECTED_LEARNING if taken.supervised_by else UNEXPECTED)


def learn(taken: SpaceRequest) -> None:
    """Build a space that is learned from the museum's records. The request goes with the start of its space, so that
    after a crash neither is there twice; what was withdrawn meanwhile is not built."""
    from similarity import supervision

    try:
        learned = supervision.learn(taken.supervised_by)
        with transaction.atomic():
            deleted, _ = SpaceRequest.objects.filter(pk=taken.pk).delete()
            space = supervision.begin(learned) if deleted else None
    except spaces.SpaceError as error:
        refuse(taken, taken.lenses, str(error))
        return
    if space is not None:
        supervision.fill(space, learned)


def load(taken: SpaceRequest, offer: Offer) -> Embedder:
    """Raises what `offer` raises, and NoSuchFileError."""
    file = weights_files.path_of(taken.weights_file) if taken.weights_file else None
    return offer(taken.lenses[0], taken.backbone, file)


@transaction.atomic
def plan(taken: SpaceRequest, embedder: Embedder) -> None:
    """The lenses that can be planned go with its end; of the others it stays, and says why."""
    if not SpaceRequest.objects.filter(pk=taken.pk).exists():
        return
    refusals = {}
    for lens in taken.lenses:
        pooling = taken.pooling if lens == LOOK and taken.pooling else None
        try:
            planning.plan_for(embedder, lens, pooling, metric=taken.metric, switches_itself=taken.switches_itself)
        except spaces.SpaceError as error:
            refusals[lens] = str(error)
    if refusals:
        refuse(taken, list(refusals), " ".join(refusals.values()))
    else:
        SpaceRequest.objects.filter(pk=taken.pk).delete()


def refuse(taken: SpaceRequest, lenses: list[str], problem: str) -> None:
    """What is left of it says why; the lenses that were planned are no longer part of it."""
    logger.warning("Not planned: %s. %s", taken, problem)
    SpaceRequest.objects.filter(pk=taken.pk).update(lenses=lenses, problem=problem)
