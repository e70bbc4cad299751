"""Local contrast: grey levels without slow changes of brightness, fading and plain areas."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Grey levels, 0..255. Weaker contrast is compression noise and is damped, so that plain areas do not look alike.
FLOOR = 4.0


def local(images: Floats, blur_px: float) -> Floats:
    """Return the local contrast of (..., H, W) float32 grey levels, in the same shape, about -2..2.

    It is the deviation from the Gaussian-weighted local mean, divided by the local standard deviation.
    """
    across, down = blur_matrix(images.shape[-1], blur_px), blur_matrix(images.shape[-2], blur_px)
    detail = images - down @ images @ across.T
    return np.asarray(detail / np.sqrt(down @ detail**2 @ across.T + FLOOR**2), dtype=np.float32)


@lru_cache(maxsize=64)
def blur_matrix(side_px: int, blur_px: float) -> Floats:
    """Return a Gaussian blur along one axis as an (S, S) matrix whose rows sum to 1. Cached, so do not write to it."""
    places = np.arange(side_px)
    weights = np.exp(-0.5 * ((places[:, None] - places) / blur_px) ** 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)
