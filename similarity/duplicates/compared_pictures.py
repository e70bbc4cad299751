"""Read the pictures to compare: their derivatives, reduced, with local features. A worker keeps the last ones."""

import logging
from functools import lru_cache
from pathlib import Path

from PIL import Image

from collection.files import storage
from collection.models import ArtworkImage
from similarity.vision.copies import pair_comparison
from similarity.vision.copies.pair_comparison import Picture

logger = logging.getLogger(__name__)

KEPT = 64  # pictures, about 1.2 MB each


def read(image: ArtworkImage) -> Picture | None:
    """Return what is compared of a picture, or None if its derivative is missing or damaged."""
    try:
        return read_file(storage.derivative(image.sha256, pair_comparison.SIDE_PX, "webp"))
    except OSError as error:
        logger.info("Picture %s is compared by its thumbnail alone: %s", image.pk, error)
        return None


@lru_cache(maxsize=KEPT)
def read_file(path: Path) -> Picture:
    """Read one file. Raise OSError if that fails; such a result is not kept."""
    with Image.open(path) as picture:
        return pair_comparison.read(picture)
