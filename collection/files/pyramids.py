"""The tiled copy of a picture, from which the IIIF image service renders: zoom-<side>.tif beside the derivatives.

The side is the longer side in pixels. It depends on the original and on the limit of the collection, so a copy that was
made under a higher limit is not used any more. If pictures of several collections share a file, the file may need more
than one copy.
"""

from pathlib import Path

import pyvips

from collection import imaging
from collection.files import derivatives, storage
from collection.imaging.streaming import libvips, tiling
from collection.models import ArtworkImage, FileState


def path_of(image: ArtworkImage) -> Path:
    return storage.derivatives(image.sha256) / f"zoom-{image.public_side_px}.tif"


def size_of(image: ArtworkImage) -> tuple[int, int]:
    """Return (width, height) in pixels of the public image of a picture."""
    return image.size_at(image.public_side_px)


def make(image: ArtworkImage) -> Path:
    """Write the tiled copy of a picture, and delete copies of other sizes that no picture needs. Safe to run twice.

    Raise DerivativeError if the picture is damaged, imaging.Busy if it is large and has to wait, and OSError if the
    disk fails.
    """
    path = path_of(image)
    with derivatives.explaining_failures():
        original = storage.original(image.sha256, image.extension)
        data = imaging.tile(original.read_bytes(), size_of(image))
    path.parent.mkdir(parents=True, exist_ok=True)
    derivatives.put(path, data)
    discard_others(image)
    return path


def discard_others(image: ArtworkImage) -> None:
    sharing = ArtworkImage.objects.filter(sha256=image.sha256).select_related("artwork__collection")
    needed = {path_of(each) for each in sharing} | {path_of(image)}
    for path in storage.derivatives(image.sha256).glob("zoom-*.tif"):
        if path not in needed:
            path.unlink(missing_ok=True)


def state_of(image: ArtworkImage) -> FileState:
    """Return MISSING, DAMAGED or WHOLE. Decode every pixel of every level."""
    path = path_of(image)
    if not path.exists():
        return FileState.MISSING
    try:
        with libvips.one_at_a_time:
            first = pyvips.Image.tiffload(str(path), fail_on="warning")
            if (first.width, first.height) != size_of(image):
                return FileState.DAMAGED
            for page in range(tiling.level_count(first)):
                pyvips.Image.tiffload(str(path), page=page, access="sequential", fail_on="warning").avg()
    except pyvips.Error:
        return FileState.DAMAGED
    return FileState.WHOLE
