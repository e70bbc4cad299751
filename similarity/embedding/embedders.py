"""The networks of this process: loaded once, by a worker or a command, never in a request."""

import logging
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings

from similarity.models import Space, SpaceState
from similarity.spaces import lifecycle, planning, weights_files
from similarity.vision.contract import Embedder, Identity
from similarity.vision.descriptors.colour_histogram import ColourEmbedder
from similarity.vision.lenses import COLOUR
from similarity.vision.networks import ensemble, shipped, weights
from similarity.vision.networks.backbones import UnknownBackboneError
from similarity.vision.networks.embedder import NetworkEmbedder
from similarity.vision.networks.ensemble import EnsembleEmbedder

logger = logging.getLogger(__name__)

CACHED_NETWORKS = 3  # the live one, and those that are built or compared; half a gigabyte each


@cache
def configured() -> Embedder:
    """Load the networks that the settings name. KINDRED_WEIGHTS is the file of the first of them.

    Raise weights.WeightsError or backbones.UnknownBackboneError; both say what to do.
    """
    try:
        networks = resolve(settings.KINDRED_BACKBONE, settings.KINDRED_WEIGHTS)
    except UnknownBackboneError as error:
        raise UnknownBackboneError(f"KINDRED_BACKBONE: {error}") from None
    except weights.WeightsError as error:
        name = "KINDRED_WEIGHTS: " if settings.KINDRED_WEIGHTS is not None else ""
        raise weights.WeightsError(f"{name}{error}") from None
    logger.info("Descriptors by %s", " and ".join(network.source for network in networks))
    if settings.KINDRED_WEIGHTS is not None:  # a file of the operator's, which may go away before its spaces do
        weights.store(networks[0], weights_files.folder())
    return embedder_for(networks)


def resolve(backbone: str, file: Path | None) -> list[weights.Network]:
    """Load the networks in a name such as vgg16+mobilenet_v2; a file is for the first of them.

    Raise weights.WeightsError or backbones.UnknownBackboneError.
    """
    first, *others = ensemble.names_of(backbone)
    folder = weights_files.folder()
    return [weights.resolve(first, file, folder), *(weights.resolve(name, None, folder) for name in others)]


def embedder_for(networks: Sequence[weights.Network]) -> Embedder:
    members = [NetworkEmbedder(network, batch_size=settings.KINDRED_BATCH_SIZE) for network in networks]
    return members[0] if len(members) == 1 else EnsembleEmbedder(members)


@cache
def colour_embedder() -> Embedder:
    return ColourEmbedder()


@lru_cache(maxsize=CACHED_NETWORKS)
def load(identity: Identity) -> Embedder:
    """Load networks that have spaces but are not the configured ones. Raise weights.WeightsError."""
    names = ensemble.names_of(identity.backbone)
    digests = ensemble.digests_of(identity.backbone, identity.weights_digest)
    is_trained, folder = ensemble.is_each_trained(identity), weights_files.folder()
    return embedder_for(
        [
            weights.by_identity(name, digest, is_trained=is_trained, folder=folder)
            for name, digest in zip(names, digests, strict=True)
        ]
    )


def for_new_space(lens: str, backbone: str, file: Path | None) -> Embedder:
    """Load the embedder for a new space of a lens; a file's weights are kept, so that the space can be served later.

    Raise weights.WeightsError or backbones.UnknownBackboneError.
    """
    if lens == COLOUR:
        return colour_embedder()
    if backbone == settings.KINDRED_BACKBONE and file is None:
        return configured()
    networks = resolve(backbone, file)
    for network in networks:
        if network.is_trained and not is_shipped(network.backbone, file):
            weights.store(network, weights_files.folder())
    return embedder_for(networks)


def is_shipped(backbone: str, file: Path | None) -> bool:
    return file is None and shipped.path_of(backbone) is not None


def embedder_of(space: Space) -> Embedder:
    """The embedder that made a space's vectors. Raises weights.WeightsError where its weights are not at hand."""
    for embedder in (colour_embedder(), configured()):
        if embedder.identity == space.identity:
            return embedder
    return load(space.identity)


def embedders() -> list[Embedder]:
    """Return the embedders of all open spaces. A network that is not at hand is noted in its spaces."""
    found: dict[Identity, Embedder] = {}
    for space in lifecycle.open_spaces():
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


def from_settings() -> list[Embedder]:
    """Load what the settings mean. Raise weights.WeightsError or backbones.UnknownBackboneError."""
    return [configured(), colour_embedder()]


def open_spaces() -> list[Space]:
    """Open the spaces of what the settings mean: for a worker's start and for set-up. Raise as `meant` does."""
    return [space for embedder in from_settings() for space in planning.open_all(embedder)]
