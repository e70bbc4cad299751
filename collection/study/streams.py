"""Random streams which depend on nothing but their names: not on the order, the date or the process."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.random import Generator


def stream(seed: int, family: str, number: int, purpose: str) -> Generator:
    """One stream per work and purpose, so that painting a work never shifts another one's record."""
    return np.random.default_rng([seed, zlib.crc32(family.encode()), number, zlib.crc32(purpose.encode())])
