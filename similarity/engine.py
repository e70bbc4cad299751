"""The network of this process and its space: loaded once, at a worker's start or a command's, never in a request."""

import logging
from functools import cache

from django.conf import settings

from similarity import spaces
from similarity.models import Space
from similarity.vision import weights
from similarity.vision.contract import Embedder
from similarity.vision.embedder import NetworkEmbedder

logger = logging.getLogger(__name__)


@cache
def embedder() -> Embedder:
    """Raises weights.WeightsError or backbones.UnknownBackboneError; both say what to do."""
    network = weights.resolve(settings.KINDRED_BACKBONE, settings.KINDRED_WEIGHTS, settings.KINDRED_HOME / "weights")
    logger.info("Descriptors by %s", network.source)
    return NetworkEmbedder(network, batch_size=settings.KINDRED_BATCH_SIZE)


def space() -> Space | None:
    """The space that this process's embedder fills, as it is now; None while nobody has opened it."""
    return spaces.find(embedder().identity)


def open_space() -> Space:
    """The same, opened: for a worker's start and for set-up."""
    return spaces.of(embedder().identity)
