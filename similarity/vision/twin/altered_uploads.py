"""Alter held-out pictures, and prepare them for the network and the perceptual hash."""

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from similarity.vision.copies import copy_alterations, fingerprint
from similarity.vision.twin import hashing

UNALTERED = ""


@dataclass(frozen=True)
class Seen:
    """N pictures: the input of the network, and the perceptual hashes."""

    squares: NDArray[np.uint8]  # (N, 108, 108, 3)
    phashes: NDArray[np.uint64]  # (N,)


def see(pictures: Sequence[Image.Image], names: Sequence[str], seed: int = 0) -> dict[str, Seen]:
    """Alter every picture in every named way, which may include UNALTERED, on all cores.

    Random choices depend on the seed and the picture's index.
    """
    context = multiprocessing.get_context("fork")  # before CUDA starts, or the pool's processes would share it
    with context.Pool() as pool:
        rows = pool.starmap(partial(see_one, names=tuple(names), seed=seed), enumerate(pictures), chunksize=4)
    return {
        name: Seen(np.stack([row[place][0] for row in rows]), np.array([row[place][1] for row in rows], np.uint64))
        for place, name in enumerate(names)
    }


def see_one(place: int, picture: Image.Image, names: Sequence[str], seed: int) -> list[tuple[hashing.Pixels, int]]:
    seen = []
    for name in names:
        altered = copy_alterations.alter(picture, name, seed + place) if name else picture.convert("RGB")
        pixels = np.asarray(altered)
        seen.append((hashing.square(pixels), fingerprint.of([pixels])[0].phash))
    return seen
