"""The real descriptors that a large collection is grown from: pictures, and details of them, seen by a network."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collection import imaging, study
from similarity import fitting
from similarity.vision import decoding, projection, weights
from similarity.vision.embedder import NetworkEmbedder
from similarity.vision.lenses import LOOK

PICTURES = 2_000
PAINTED = 180
ENOUGH = 1_000  # with fewer pictures than that, their quarters are described as well
SIDE_PX = 800  # what a picture is reduced to before its quarters are cut out


def described(home: Path, folder: Path | None, backbone: str, file: Path | None) -> tuple[NDArray[np.float32], str]:
    """(R, D) whitened unit rows of a folder's pictures, or without one, of painted ones; and what they are."""
    kind = "pictures" if folder is not None else "painted pictures"
    if folder is None:
        folder = home / "study"
        study.paint(folder, works=PAINTED)
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"})
    paths = paths[:: max(len(paths) // PICTURES, 1)][:PICTURES]
    network = weights.resolve(backbone, file, home / "weights")
    embedder = NetworkEmbedder(network)
    recipe = next(recipe for recipe in embedder.recipes if recipe.lens == LOOK)
    with_quarters = len(paths) < ENOUGH
    squares = list(cut_out(paths, embedder.side_px, with_quarters=with_quarters))
    raw = np.concatenate([embedder.describe(part, [recipe])[recipe] for part in in_batches(squares, 32)])
    vectors = projection.fit(raw, fitting.DIMENSIONS, fitting.SHRINKAGE).apply(raw)
    whole = f"{len(paths)} {kind}" + (" with their quarters" if with_quarters else "")
    return vectors[np.linalg.norm(vectors, axis=1) > 0.5], f"{whole}, {network.source}, {recipe.pooling}"


def cut_out(paths: list[Path], side_px: int, *, with_quarters: bool) -> Iterator[NDArray[np.uint8]]:
    """Arrays (side_px, side_px, 3): each picture, and its quarters if asked; unreadable ones are passed over."""
    for path in paths:
        try:
            picture = imaging.open_upright(path, SIDE_PX, imaging.ADMITTED)
        except imaging.Refused:
            continue
        yield decoding.square(picture, side_px)
        if with_quarters:
            for box in quarters(picture):
                yield decoding.square(picture.crop(box), side_px)


def quarters(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    wide, high = picture.width // 2, picture.height // 2
    return [(x, y, x + wide, y + high) for y in (0, picture.height - high) for x in (0, picture.width - wide)]


def in_batches(squares: list[NDArray[np.uint8]], size: int) -> Iterator[list[NDArray[np.uint8]]]:
    for start in range(0, len(squares), size):
        yield squares[start : start + size]
