"""The twin network of this process, loaded once. Only embedding workers use it."""

import logging
from functools import lru_cache

import torch
from safetensors import SafetensorError

from similarity.vision.twin import network, weights_file
from similarity.vision.twin.network import TwinNetwork

logger = logging.getLogger(__name__)


def shipped() -> TwinNetwork | None:
    """Return the shipped network on the worker's device, or None if its file is missing or damaged.

    Pictures are embedded without it, and their twin values are computed once the file is restored.
    """
    return loaded(weights_file.state())


@lru_cache(maxsize=1)
def loaded(state: weights_file.State | None) -> TwinNetwork | None:
    """Load the network, once for each state of its file. Log once that it is missing or damaged."""
    if state is None:
        logger.error("No twin values are computed, as the file of their network is missing or damaged.")
        return None
    try:
        found = network.load(state[0])
    except (OSError, SafetensorError, RuntimeError) as error:
        logger.error("No twin values are computed, as the weights of their network cannot be read: %s", error)
        return None
    return found.to("cuda" if torch.cuda.is_available() else "cpu")
