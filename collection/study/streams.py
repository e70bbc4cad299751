"""Random streams that depend only on their names: not on the order, the date or the process."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.random import Generator


def stream(seed: int, family: str, number: int, purpose: str) -> Generator:
    """Return the stream of a work and a purpose, so that painting a work never changes another record."""
    return np.random.default_rng([seed, zlib.crc32(family.encode()), number, zlib.crc32(purpose.encode())])
