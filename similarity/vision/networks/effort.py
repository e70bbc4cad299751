"""What describing a picture costs a network, and on what it runs."""

from collections.abc import Sequence

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from similarity.vision.contract import Embedder, Recipe


def gmac(embedder: Embedder, recipes: Sequence[Recipe]) -> float:
    """10^9 multiplications with additions for one picture, counted as they are made; 0 without a network."""
    width, height = embedder.canvases[0]
    picture = np.zeros((height, width, 3), np.uint8)
    with FlopCounterMode(display=False) as counter:
        embedder.describe([picture], recipes)
    return float(counter.get_total_flops()) / 2e9  # a multiplication and an addition are two operations


def device(embedder: Embedder) -> str:
    """In words, for people."""
    where: torch.device = getattr(embedder, "device", torch.device("cpu"))
    if where.type == "cuda":
        return torch.cuda.get_device_name(where)
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'' if threads == 1 else 's'}"
