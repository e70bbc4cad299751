"""The operations that a network needs for one picture, and the device that it runs on."""

from collections.abc import Sequence

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from similarity.vision.contract import Embedder, Recipe


def gmac(embedder: Embedder, recipes: Sequence[Recipe]) -> float:
    """Return the operations of one forward pass in GMAC (10^9 multiply-accumulates), counted; 0 without a network."""
    width, height = embedder.canvases[0]
    picture = np.zeros((height, width, 3), np.uint8)
    with FlopCounterMode(display=False) as counter:
        embedder.describe([picture], recipes)
    return float(counter.get_total_flops()) / 2e9  # one multiply-accumulate is two operations


def device(embedder: Embedder) -> str:
    """Return the name of the device as text for people."""
    where: torch.device = getattr(embedder, "device", torch.device("cpu"))
    if where.type == "cuda":
        return torch.cuda.get_device_name(where)
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'' if threads == 1 else 's'}"
