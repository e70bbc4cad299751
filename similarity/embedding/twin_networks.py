"""The twin network of this process, loaded once. Only embedding workers use it."""

import logging
from functools import cache

import torch
from safetensors import SafetensorError

from similarity.vision.twin import network
from similarity.vision.twin.network import TwinNetwork

logger = logging.getLogger(__name__)


@cache
def shipped() -> TwinNetwork | None:
    """Return the shipped network on the worker's device, or None if its file is missing or damaged.

    Pictures are embedded without it, and their twin values are computed once the file is restored.
    """
    try:
        found = network.load(network.SHIPPED)
    except (OSError, SafetensorError, RuntimeError) as error:
        logger.error("No twin values are computed, as the weights of their network cannot be read: %s", error)
        return None
    return found.to("cuda" if torch.cuda.is_available() else "cpu")
