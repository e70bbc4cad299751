"""Load the networks that administrators ask for on the pages, and plan their spaces. Needs torch."""

from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from similarity.models import SpaceRequest
from similarity.spaces import lifecycle, planning, space_requests, weights_files
from similarity.vision.contract import Embedder
from similarity.vision.lenses import LOOK
from similarity.vision.networks.backbones import UnknownBackboneError
from similarity.vision.networks.weights import WeightsError

Offer = Callable[[str, str, Path | None], Embedder]  # of a lens, by a network, with the weights in a file


def run(offer: Offer) -> bool:
    """Load the network of the request that waits longest, and plan its spaces. Return whether there was one."""
    return space_requests.answer_next(space_requests.NETWORKS, lambda taken: load_and_plan(taken, offer))


def load_and_plan(taken: SpaceRequest, offer: Offer) -> None:
    try:
        plan(taken, load(taken, offer))
    except (WeightsError, UnknownBackboneError, weights_files.NoSuchFileError) as error:
        space_requests.refuse(
            taken, taken.lenses, str(error).replace(f"{weights_files.folder()}/", "")
        )  # the name says enough


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
            planning.plan_for(embedder, lens, pooling, metric=taken.metric, auto_activate=taken.auto_activate)
        except lifecycle.SpaceError as error:
            refusals[lens] = str(error)
    if refusals:
        space_requests.refuse(taken, list(refusals), " ".join(refusals.values()))
    else:
        SpaceRequest.objects.filter(pk=taken.pk).delete()
