"""Read what is compared of pictures: local features, stored or computed from a derivative, and pixels if needed."""

import logging
from functools import partial
from pathlib import Path

from PIL import Image

from collection.files import storage
from collection.models import ArtworkImage
from similarity.duplicates import feature_store
from similarity.vision.copies import packed_features, pair_comparison
from similarity.vision.copies.overlap import Pixels
from similarity.vision.copies.pair_comparison import Picture
from similarity.vision.local_features.features import Features

logger = logging.getLogger(__name__)

DERIVATIVE_PX = 480  # the smallest derivative that is not below pair_comparison.SIDE_PX


def read(image: ArtworkImage) -> Picture | None:
    """Return what is compared of a picture, or None if its derivative is missing or damaged."""
    path = storage.derivative(image.sha256, DERIVATIVE_PX, "webp")
    if (stored := read_stored(image.sha256)) is not None:
        return Picture(stored, partial(pixels_of, path))
    try:
        found = read_file(path)
    except OSError as error:
        logger.info("Picture %s is compared by its thumbnail alone: %s", image.pk, error)
        return None
    feature_store.write(image.sha256, packed_features.pack(found.features))
    return found


def read_stored(sha256: str) -> Features | None:
    """Return the stored features, or None if there are none or they are damaged."""
    data = feature_store.read(sha256)
    try:
        return None if data is None else packed_features.unpack(data)
    except ValueError as error:
        logger.warning("Local features are computed again: %s", error)
        return None


def read_file(path: Path) -> Picture:
    """Return what is compared of a derivative. Raise OSError if it is missing or damaged."""
    with Image.open(path) as picture:
        return pair_comparison.read(picture)


def pixels_of(path: Path) -> Pixels:
    """Return the pixels that are compared of a derivative. Raise OSError if it is missing or damaged."""
    with Image.open(path) as picture:
        return pair_comparison.pixels_of(picture)
