"""Convert between sRGB and CIELAB under D65."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# IEC 61966-2-1: the primaries of sRGB. Each row sums to its white point, D65.
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
TO_RELATIVE_XYZ = (TO_XYZ / TO_XYZ.sum(axis=1, keepdims=True)).astype(np.float32)
FROM_RELATIVE_XYZ = np.linalg.inv(TO_RELATIVE_XYZ.astype(np.float64))
DELTA = 6 / 29  # CIE 15: below the cube of this number a line replaces the cube root


def _linear() -> Floats:
    """Return (256,) linear light in 0..1 by sRGB value (IEC 61966-2-1)."""
    values = np.arange(256) / 255
    light: Floats = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return light


LINEAR = _linear()


def lab(pixels: NDArray[np.uint8]) -> Floats:
    """Convert (..., 3) uint8 sRGB to (..., 3) float32 CIELAB under D65: L* 0..100, a* and b* about -110..110."""
    xyz = LINEAR[pixels] @ TO_RELATIVE_XYZ.T
    roots = np.where(xyz > DELTA**3, np.cbrt(xyz), xyz / (3 * DELTA**2) + np.float32(4 / 29))
    x, y, z = np.moveaxis(roots, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def srgb(colours: Floats) -> NDArray[np.uint8]:
    """Convert (..., 3) float32 CIELAB under D65 to (..., 3) uint8 sRGB. Colours outside sRGB are clipped."""
    light, a, b = np.moveaxis(np.asarray(colours, np.float64), -1, 0)
    y = (light + 16) / 116
    roots = np.stack([y + a / 500, y, y - b / 200], axis=-1)
    xyz = np.where(roots > DELTA, roots**3, 3 * DELTA**2 * (roots - 4 / 29))
    linear = np.clip(xyz @ FROM_RELATIVE_XYZ.T, 0, 1)
    values = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray((255 * values).round(), np.uint8)
