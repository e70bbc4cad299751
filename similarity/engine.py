"""The networks of this process: loaded once, by a worker or a command, never in a request."""

import logging
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings

from similarity import planning, spaces, weights_files
from similarity.models import Space, SpaceState
from similarity.vision import weights
from similarity.vision.backbones import UnknownBackboneError
from similarity.vision.colour import ColourEmbedder
from similarity.vision.contract import Embedder, Identity
from similarity.vision.embedder import NetworkEmbedder
from similarity.vision.lenses import COLOUR

logger = logging.getLogger(__name__)

NETWORKS_HELD = 3  # the live one, and those that are built or compared; half a gigabyte each


@cache
def configured() -> Embedder:
    """The network that the settings name. Raises weights.WeightsError or backbones.UnknownBackboneError; both say
    what to do."""
    try:
        network = weights.resolve(settings.KINDRED_BACKBONE, settings.KINDRED_WEIGHTS, weights_files.folder())
    except UnknownBackboneError as error:
        raise UnknownBackboneError(f"KINDRED_BACKBONE: {error}") from None
    except weights.WeightsError as error:
        raise weights.WeightsError(f"KINDRED_WEIGHTS: {error}") from None
    logger.info("Descriptors by %s", network.source)
    if settings.KINDRED_WEIGHTS is not None:  # a file of the operator's, which may go away before its spaces do
        weights.keep(network, weights_files.folder())
    return NetworkEmbedder(network, batch_size=settings.KINDRED_BATCH_SIZE)


@cache
def colourist() -> Embedder:
    return ColourEmbedder()


@lru_cache(maxsize=NETWORKS_HELD)
def another(identity: Identity) -> Embedder:
    """A network that has spaces but is not the configured one. Raises weights.WeightsError."""
    network = weights.by_identity(
        identity.backbone, identity.weights_digest, is_trained=identity.is_trained, folder=weights_files.folder()
    )
    return NetworkEmbedder(network, batch_size=settings.KINDRED_BATCH_SIZE)


def offering(lens: str, backbone: str, file: Path | None) -> Embedder:
    """The embedder for a new space of a lens; a file's weights are kept, so that the space can always be served.

    Raises weights.WeightsError or backbones.UnknownBackboneError.
    """
    if lens == COLOUR:
        return colourist()
    if backbone == settings.KINDRED_BACKBONE and file is None:
        return configured()
    network = weights.resolve(backbone, file, weights_files.folder())
    if network.is_trained:
        weights.keep(network, weights_files.folder())
    return NetworkEmbedder(network, batch_size=settings.KINDRED_BATCH_SIZE)


def embedder_of(space: Space) -> Embedder:
    """The embedder that made a space's vectors. Raises weights.WeightsError where its weights are not at hand."""
    for embedder in (colourist(), configured()):
        if embedder.identity == space.identity:
            return embedder
    return another(space.identity)


def embedders() -> list[Embedder]:
    """Those of all open spaces; a network that can't be had is told in its spaces, and the others go on."""
    found: dict[Identity, Embedder] = {}
    for space in spaces.open_spaces():
        try:
            embedder = found.get(space.identity) or embedder_of(space)
        except (weights.WeightsError, UnknownBackboneError) as error:
            note_problem(space, str(error))
            continue
        found[space.identity] = embedder
        if space.recipe in embedder.recipes:
            forget_problem(space)
        else:
            note_problem(space, f"{space.backbone} has no pooling {space.pooling} for this lens any more.")
    return list(found.values())


def forget_problem(space: Space) -> None:
    """What a live space can have against it is that nobody serves it."""
    if space.problem and space.state == SpaceState.LIVE:
        Space.objects.filter(pk=space.pk, state=SpaceState.LIVE).update(problem="")


def note_problem(space: Space, problem: str) -> None:
    """Told once, in the log and in the space."""
    if space.problem != problem:
        logger.error("%s: %s", space, problem)
        Space.objects.filter(pk=space.pk).update(problem=problem)


def open_spaces() -> list[Space]:
    """Opens what the settings mean: for a worker's start and for set-up."""
    return [space for embedder in (configured(), colourist()) for space in planning.open_all(embedder)]
