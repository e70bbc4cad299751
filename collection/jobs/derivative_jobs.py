"""Run the jobs that make files from originals: derivatives, then the tiled copies for enlarging."""

import numpy as np
from PIL import Image

from collection.files import derivatives, pyramids, storage
from collection.imaging.palette import colour_cells, palettes
from collection.jobs import file_jobs, job_queue, leases, workers
from collection.jobs.file_jobs import FileWork
from collection.models import ArtworkImage

KEYS = (job_queue.DERIVATIVES, job_queue.FLAG, job_queue.PYRAMID, job_queue.PALETTE)


def make_derivatives(image: ArtworkImage) -> None:
    original = storage.original(image.sha256, image.extension)
    derivatives.make(original, storage.derivatives(image.sha256), storage.SIDES_PX)
    read_colours(image)
    job_queue.note_done([image.pk], job_queue.PALETTE)


def read_colours(image: ArtworkImage) -> None:
    """Compute the palette of a picture from its smallest derivative. Store the palette and its cells."""
    with Image.open(storage.derivatives(image.sha256) / f"{min(storage.SIDES_PX)}.jpg") as small:
        found = palettes.palette(np.asarray(small.convert("RGB")))
    cells = sorted({colour_cells.cell_of(colour.lab) for colour in found})
    ArtworkImage.objects.filter(pk=image.pk).update(
        palette=[[*colour.lab, colour.share] for colour in found], colour_cells=cells
    )


DERIVATIVES = FileWork(job_queue.DERIVATIVES, workers.MAKE_DERIVATIVES, "smaller copies", 8, make_derivatives)
# A tiled copy of a large picture takes seconds. Derivatives of uploads can run between two batches.
PYRAMIDS = FileWork(job_queue.PYRAMID, workers.MAKE_PYRAMIDS, "tiles", 2, pyramids.make)
# Only pictures of a release without palettes have such jobs. Others get theirs with their derivatives.
PALETTES = FileWork(job_queue.PALETTE, workers.READ_PALETTES, "colours", 32, read_colours, needs_original=False)


def run() -> None:
    """Make the derivatives of one batch. Raise OSError if the storage fails."""
    file_jobs.run(DERIVATIVES)


def run_pyramids() -> None:
    """Make the tiled copies of one batch. Raise OSError if the storage fails."""
    file_jobs.run(PYRAMIDS)


def run_palettes() -> None:
    """Read the palettes of one batch. Raise OSError if the storage fails."""
    file_jobs.run(PALETTES)


def repair() -> None:
    """Add the jobs that pictures lack. This scans all pictures, so call it every few minutes only.

    Pictures of a release without tiled copies and palettes get theirs by this.
    """
    job_queue.add_missing(job_queue.DERIVATIVES)
    job_queue.add_missing(job_queue.PYRAMID)
    job_queue.add_missing(job_queue.PALETTE)


def sweep() -> None:
    """Wake workers if pictures wait. This is cheap, so it can be called every few seconds."""
    leases.mend(KEYS)
    job_queue.give_up(KEYS)  # no worker claims these, if no other job waits
    for work in (DERIVATIVES, PYRAMIDS, PALETTES):
        file_jobs.sweep(work)
