"""Run the jobs that make files from originals (derivatives, AVIF, tiled copies for enlarging) or read palettes."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from collection.files import avif, derivatives, integrity, pyramids, storage
from collection.imaging.palette import colour_cells, palettes
from collection.jobs import failures, file_jobs, job_queue, leases, rebuilding, workers
from collection.jobs.file_jobs import FileWork
from collection.models import ArtworkImage, PublicSizeChange

KEYS = (job_queue.DERIVATIVES, job_queue.FLAG, job_queue.PYRAMID, job_queue.PALETTE, job_queue.AVIF)


def make_derivatives(image: ArtworkImage) -> None:
    original = storage.original(image.sha256, image.extension)
    derivatives.make(original, storage.derivatives(image.sha256), storage.SIDES_PX)
    note_avif(image, [side_px for side_px in avif.QUALITY if is_whole_avif(image, side_px)])
    read_colours(image)
    job_queue.note_done([image.pk], job_queue.PALETTE)
    if avif.can_write():
        rebuilding.queue_without_waking([image], job_queue.AVIF)


def is_whole_avif(image: ArtworkImage, side_px: int) -> bool:
    path = storage.derivative(image.sha256, side_px, "avif")
    return path.exists() and not integrity.fault_of(path, image.size_at(side_px))


def make_avif(image: ArtworkImage) -> None:
    original = storage.original(image.sha256, image.extension)
    paths = derivatives.make_avif(original, storage.derivatives(image.sha256))
    note_avif(image, [int(path.stem) for path in paths])


def note_avif(image: ArtworkImage, sides_px: Sequence[int]) -> None:
    """Store which AVIF files there are, for all pictures that share them."""
    for pk in ArtworkImage.objects.filter(sha256=image.sha256).values_list("pk", flat=True):
        ArtworkImage.objects.filter(pk=pk).update(avif_sides=sides_px)
    image.avif_sides = list(sides_px)  # the check of the files that follows reads it


def read_colours(image: ArtworkImage) -> None:
    """Compute the palette of a picture from its smallest derivative. Store the palette and its cells."""
    with Image.open(storage.derivatives(image.sha256) / f"{min(storage.SIDES_PX)}.jpg") as small:
        found = palettes.palette(np.asarray(small.convert("RGB")))
    cells = sorted({colour_cells.cell_of(colour.lab) for colour in found})
    ArtworkImage.objects.filter(pk=image.pk).update(
        palette=[[*colour.lab, colour.share] for colour in found], colour_cells=cells
    )


DERIVATIVES = FileWork(job_queue.DERIVATIVES, workers.MAKE_DERIVATIVES, failures.SMALLER_COPIES, 8, make_derivatives)
# A tiled copy of a large picture takes seconds. Derivatives of uploads can run between two batches.
PYRAMIDS = FileWork(job_queue.PYRAMID, workers.MAKE_PYRAMIDS, failures.TILES, 2, pyramids.make)
# Only pictures of a release without palettes have such jobs. Others get theirs with their derivatives.
PALETTES = FileWork(job_queue.PALETTE, workers.READ_PALETTES, failures.COLOURS, 32, read_colours, needs_original=False)
# Encoding AVIF takes longer than all other derivatives, and pictures are ready without it.
AVIF = FileWork(job_queue.AVIF, workers.MAKE_AVIF, failures.AVIF_COPIES, 8, make_avif)


def run() -> None:
    """Make the derivatives of one batch. Then wake workers for AVIF. Raise OSError if the storage fails."""
    file_jobs.run(DERIVATIVES)
    sweep_avif()


def run_pyramids() -> None:
    """Make the tiled copies of one batch. Raise OSError if the storage fails."""
    file_jobs.run(PYRAMIDS)


def run_palettes() -> None:
    """Read the palettes of one batch. Raise OSError if the storage fails."""
    file_jobs.run(PALETTES)


def run_avif() -> None:
    """Make the AVIF files of one batch, unless other derivatives wait or libvips cannot write AVIF.

    Raise OSError if the storage fails.
    """
    if avif.can_write() and not job_queue.is_waiting(job_queue.DERIVATIVES):
        file_jobs.run(AVIF)


def repair() -> None:
    """Add the jobs that pictures lack. This scans all pictures, so call it every few minutes only.

    This adds jobs for tiled copies, palettes and AVIF to pictures of a release without them. A change of a public size
    whose message was lost is sent to a worker again.
    """
    job_queue.add_missing(job_queue.DERIVATIVES)
    job_queue.add_missing(job_queue.PYRAMID)
    job_queue.add_missing(job_queue.PALETTE)
    if avif.can_write():
        job_queue.add_missing(job_queue.AVIF)
    if PublicSizeChange.objects.exists():
        workers.wake(workers.QUEUE_RESIZED)


def sweep() -> None:
    """Wake workers if pictures wait. This is cheap, so it can be called every few seconds."""
    leases.mend(KEYS)
    job_queue.give_up(KEYS)  # no worker claims these, if no other job waits
    for work in (DERIVATIVES, PYRAMIDS, PALETTES):
        file_jobs.sweep(work)
    sweep_avif()


def sweep_avif() -> None:
    if not job_queue.is_waiting(job_queue.DERIVATIVES):
        file_jobs.sweep(AVIF)
