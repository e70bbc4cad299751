"""Feature maps -> one vector a picture."""

from torch import Tensor
from torch.nn.functional import normalize

EPSILON = 1e-6  # keeps the root's slope finite and a picture without any response comparable


def gem(maps: Tensor, p: float = 3.0) -> Tensor:
    """(N, C, H, W) -> (N, C) float32, rows of length 1. Generalised mean: p = 1 is the mean, p -> inf the maximum.

    Radenovic, Tolias & Chum, "Fine-tuning CNN image retrieval with no human annotation", TPAMI 2018.
    """
    powers = maps.float().clamp(min=EPSILON).pow(p)
    return normalize(powers.mean(dim=(2, 3)).pow(1.0 / p), dim=1)


def mean(maps: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, C) float32, rows of length 1."""
    return normalize(maps.float().mean(dim=(2, 3)), dim=1)
