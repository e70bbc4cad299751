"""Local contrast: what is left of grey levels when light, fading and plain areas are taken out of them."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Grey levels, 0..255, under which contrast is compression noise and counts for little: plain areas add no likeness.
FLOOR = 4.0


def local(images: Floats, blur_px: float) -> Floats:
    """(..., H, W) grey levels -> (..., H, W), about -2..2: deviation from the mean nearby, in units of the deviation
    nearby."""
    across, down = blur_matrix(images.shape[-1], blur_px), blur_matrix(images.shape[-2], blur_px)
    detail = images - down @ images @ across.T
    return np.asarray(detail / np.sqrt(down @ detail**2 @ across.T + FLOOR**2), dtype=np.float32)


@lru_cache(maxsize=64)
def blur_matrix(side_px: int, blur_px: float) -> Floats:
    """(S, S), not to be written to: a Gaussian blur along one axis, as a matrix with rows summing to 1."""
    places = np.arange(side_px)
    weights = np.exp(-0.5 * ((places[:, None] - places) / blur_px) ** 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)
