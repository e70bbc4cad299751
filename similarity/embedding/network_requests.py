"""Load the networks that administrators request on the pages, and plan their spaces. Needs torch."""

from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from similarity.models import SpaceRequest
from similarity.spaces import lifecycle, planning, space_requests, weights_files
from similarity.vision.contract import Embedder
from similarity.vision.lenses import LOOK
from similarity.vision.networks.backbones import UnknownBackboneError
from similarity.vision.networks.weights import WeightsError

LoadEmbedder = Callable[[str, str, Path | None], Embedder]  # from lens, network name and weights file


def run(load_embedder: LoadEmbedder) -> bool:
    """Load the network of the oldest waiting request, and plan its spaces. Return whether there was a request."""
    return space_requests.answer_next(space_requests.NETWORKS, lambda request: load_and_plan(request, load_embedder))


def load_and_plan(request: SpaceRequest, load_embedder: LoadEmbedder) -> None:
    """Answer one request: plan its spaces, or record why not."""
    try:
        plan(request, load(request, load_embedder))
    except (WeightsError, UnknownBackboneError, weights_files.NoSuchFileError) as error:
        problem = str(error).replace(f"{weights_files.folder()}/", "")  # show the file's name without its folder
        space_requests.refuse(request, request.lenses, problem)


def load(request: SpaceRequest, load_embedder: LoadEmbedder) -> Embedder:
    """Load the embedder of a request. Raise what `load_embedder` raises, and NoSuchFileError."""
    file = weights_files.path_of(request.weights_file) if request.weights_file else None
    return load_embedder(request.lenses[0], request.backbone, file)


@transaction.atomic
def plan(request: SpaceRequest, embedder: Embedder) -> None:
    """Plan a space for each lens of the request, then delete it.

    If some lenses are refused, the request stays with these lenses and the reason.
    """
    if not SpaceRequest.objects.filter(pk=request.pk).exists():
        return
    refusals = {}
    for lens in request.lenses:
        pooling = request.pooling if lens == LOOK and request.pooling else None
        try:
            planning.plan_for(embedder, lens, pooling, metric=request.metric, auto_activate=request.auto_activate)
        except lifecycle.SpaceError as error:
            refusals[lens] = str(error)
    if refusals:
        space_requests.refuse(request, list(refusals), " ".join(refusals.values()))
    else:
        SpaceRequest.objects.filter(pk=request.pk).delete()
