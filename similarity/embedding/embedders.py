"""The embedders of this process, loaded once each. Workers and commands use them, requests never do."""

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

CACHED_NETWORKS = 3  # besides the configured one, for spaces being built or compared; half a gigabyte each


@cache
def configured() -> Embedder:
    """Load the networks that the settings name. KINDRED_WEIGHTS is a file for the first of them.

    Raise weights.WeightsError or backbones.UnknownBackboneError, whose texts state a remedy.
    """
    try:
        networks = resolve(settings.KINDRED_BACKBONE, settings.KINDRED_WEIGHTS)
    except UnknownBackboneError as error:
        raise UnknownBackboneError(f"KINDRED_BACKBONE: {error}") from None
    except weights.WeightsError as error:
        name = "KINDRED_WEIGHTS: " if settings.KINDRED_WEIGHTS is not None else ""
        raise weights.WeightsError(f"{name}{error}") from None
    logger.info("Descriptors by %s", " and ".join(network.source for network in networks))
    if settings.KINDRED_WEIGHTS is not None:  # an operator's file may be removed while its spaces are still used
        weights.store(networks[0], weights_files.folder())
    return embedder_for(networks)


def resolve(backbone: str, file: Path | None) -> list[weights.Network]:
    """Load the networks in a name such as vgg16+mobilenet_v2. `file` is for the first of them.

    Raise weights.WeightsError or backbones.UnknownBackboneError.
    """
    first, *others = ensemble.names_of(backbone)
    folder = weights_files.folder()
    return [weights.resolve(first, file, folder), *(weights.resolve(name, None, folder) for name in others)]


def embedder_for(networks: Sequence[weights.Network]) -> Embedder:
    """Build one embedder for one or more networks."""
    members = [NetworkEmbedder(network, batch_size=settings.KINDRED_BATCH_SIZE) for network in networks]
    return members[0] if len(members) == 1 else EnsembleEmbedder(members)


@cache
def colour_embedder() -> Embedder:
    """Return the embedder of the colour lens."""
    return ColourEmbedder()


@lru_cache(maxsize=CACHED_NETWORKS)
def load(identity: Identity) -> Embedder:
    """Load networks that have spaces but are not the configured ones.

    Raise weights.WeightsError or backbones.UnknownBackboneError.
    """
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
    """Load the embedder for a new space of a lens. Store the weights of a file, so that the space can be served later.

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
    """Return True if the network's weights are the ones that ship with Kindred."""
    return file is None and shipped.path_of(backbone) is not None


def embedder_of(space: Space) -> Embedder:
    """Return the embedder that computed a space's vectors. Raise weights.WeightsError if its weights are missing."""
    for embedder in (colour_embedder(), configured()):
        if embedder.identity == space.identity:
            return embedder
    return load(space.identity)


def embedders() -> list[Embedder]:
    """Return the embedders of all open spaces. If a network is missing, record the problem in its spaces."""
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
    """Clear the problem of a live space, as an embedder serves it now."""
    if space.problem and space.state == SpaceState.LIVE:
        Space.objects.filter(pk=space.pk, state=SpaceState.LIVE).update(problem="")


def note_problem(space: Space, problem: str) -> None:
    """Log a problem and record it in the space, once."""
    if space.problem != problem:
        logger.error("%s: %s", space, problem)
        Space.objects.filter(pk=space.pk).update(problem=problem)


def from_settings() -> list[Embedder]:
    """Return the configured embedder and the colour embedder.

    Raise weights.WeightsError or backbones.UnknownBackboneError.
    """
    return [configured(), colour_embedder()]


def open_spaces() -> list[Space]:
    """Open the spaces of the embedders in the settings. Set-up and the start of a worker call this.

    Raise weights.WeightsError or backbones.UnknownBackboneError.
    """
    return [space for embedder in from_settings() for space in planning.open_all(embedder)]
