"""The real descriptors that a large collection is grown from: those of pictures and their quarters."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collection import imaging, study
from similarity.spaces import fitting
from similarity.vision.contract import Canvas
from similarity.vision.lenses import LOOK
from similarity.vision.networks import weights
from similarity.vision.networks.embedder import NetworkEmbedder
from similarity.vision.pixels import decoding

PICTURES = 2_000
PAINTED = 180
ENOUGH = 1_000  # with fewer pictures, their quarters are described as well
SIDE_PX = 800  # long side of a picture before its quarters are cut out


def described(home: Path, folder: Path | None, backbone: str, file: Path | None) -> tuple[NDArray[np.float32], str]:
    """Return (R, D) projected unit rows of a folder's pictures, or of painted ones, and a sentence on what they are."""
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
    pictures = list(cut_out(paths, embedder.canvases, with_quarters=with_quarters))
    raw = np.concatenate([embedder.describe(part, [recipe])[recipe] for part in in_batches(pictures, 32)])
    vectors = fitting.fit_projection(recipe, raw).apply(raw)
    whole = f"{len(paths)} {kind}" + (" with their quarters" if with_quarters else "")
    return vectors[np.linalg.norm(vectors, axis=1) > 0.5], f"{whole}, {network.source}, {recipe.pooling}"


def cut_out(paths: Sequence[Path], canvases: Sequence[Canvas], *, with_quarters: bool) -> Iterator[NDArray[np.uint8]]:
    """Yield each readable picture on its canvas, (H, W, 3) uint8, and its quarters if requested."""
    for path in paths:
        try:
            picture = imaging.open_upright(path, SIDE_PX, imaging.ADMITTED)
        except imaging.Refused:
            continue
        yield decoding.canvas_of(picture, canvases)
        if with_quarters:
            for box in quarters(picture):
                yield decoding.canvas_of(picture.crop(box), canvases)


def quarters(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    wide, high = picture.width // 2, picture.height // 2
    return [(x, y, x + wide, y + high) for y in (0, picture.height - high) for x in (0, picture.width - wide)]


def in_batches(pictures: Sequence[NDArray[np.uint8]], size: int) -> Iterator[Sequence[NDArray[np.uint8]]]:
    for start in range(0, len(pictures), size):
        yield pictures[start : start + size]
