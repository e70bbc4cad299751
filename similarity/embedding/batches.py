"""Batches of pictures: claim them from the queue, decode them in threads, release them if the worker must stop."""

import hashlib
import logging
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from collection import imaging
from collection.files import integrity, storage
from collection.jobs import failures, job_queue
from collection.models import ArtworkImage, Job
from similarity.duplicates import detection
from similarity.embedding import originals
from similarity.vision.contract import Canvas
from similarity.vision.copies import fingerprint
from similarity.vision.framing import frames
from similarity.vision.pixels import decoding
from similarity.vision.twin import hashing
from similarity.workers import stage_times
from similarity.workers.stage_times import stage

logger = logging.getLogger(__name__)

DECODING_THREADS = max(2, os.cpu_count() or 2)
UNREADABLE = failures.UNREADABLE
CHANGED = f"{integrity.CHANGED} {failures.SEND_AGAIN}"
UNEXPECTED = failures.UNDECODABLE

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Prepared:
    """The result of decoding one picture."""

    canvas: NDArray[np.uint8]  # (H, W, 3) uint8, the input of the networks
    on_wall: NDArray[np.uint8] | None  # the same for the work that hangs on a wall in the picture
    square: NDArray[np.uint8]  # (108, 108, 3) uint8, the input of the twin network
    fingerprint: fingerprint.Fingerprint


@dataclass
class Batch:
    """Claimed pictures with their intermediate results: decoded, described, failed or to be tried again."""

    claim: job_queue.Claim
    decoding: Mapping[int, "Future[Prepared]"]  # by image id
    has_begun: bool = False
    prepared: dict[int, Prepared] = field(default_factory=dict)
    failed: list[tuple[Job, str]] = field(default_factory=list)
    postponed: list[Job] = field(default_factory=list)  # their file could not be read, and is tried again later
    waiting: list[Job] = field(default_factory=list)  # their picture is large, and others were being decoded
    raw: dict[str, dict[int, Vector]] = field(default_factory=dict)  # by job key, then by image id
    on_wall: dict[str, dict[int, Vector]] = field(default_factory=dict)  # of works on walls, as in `raw`
    without_twin: set[int] = field(default_factory=set)  # ids of images whose twin value is to be computed
    twins: dict[int, str] = field(default_factory=dict)  # 12 hex digits by image id; flat pictures have none

    def jobs_of(self, image_id: int) -> list[Job]:
        return [job for job in self.claim.jobs if job.image_id == image_id]

    def lacking_twin(self) -> dict[int, Prepared]:
        """Return the decoded pictures, by image id, whose twin value is to be computed. Flat ones get none."""
        lacking = {pk: one for pk, one in self.prepared.items() if pk in self.without_twin}
        return {pk: one for pk, one in lacking.items() if not one.fingerprint.is_flat}


def take(
    keys: Sequence[str],
    limit: int,
    decoders: ThreadPoolExecutor,
    canvases: Sequence[Canvas],
    wall_keys: Collection[str] = (),
) -> Batch | None:
    """Claim the next pictures and start decoding them; return None if none wait.

    wall_keys: the keys of jobs that need the work that hangs on a wall in a picture. Raise
    storage.StoreUnavailableError before anything is claimed.
    """
    if not job_queue.is_waiting(*keys):
        return None
    storage.require()
    claim = job_queue.claim(keys, limit)
    images = {job.image_id: job.image for job in claim.jobs}
    seeking = {job.image_id for job in claim.jobs if job.key in wall_keys}
    decoding = {pk: decoders.submit(prepare, image, canvases, seeks_wall=pk in seeking) for pk, image in images.items()}
    return Batch(claim, decoding, without_twin=detection.without_twin(images)) if claim else None


def prepare(image: ArtworkImage, canvases: Sequence[Canvas], *, seeks_wall: bool = False) -> Prepared:
    """Read and decode one picture, and compute its fingerprint. With `seeks_wall`, cut out the work on a wall in it.

    Raise imaging.Busy if it is large and must wait, decoding.UnreadableError or OSError.
    """
    with stage(stage_times.READ):
        data = decoding.load(storage.original(image.sha256, image.extension))
        if hashlib.sha256(data).hexdigest() != image.sha256:
            raise decoding.UnreadableError(CHANGED)
    with stage(stage_times.DECODE):
        picture = originals.opened(data, canvases)
        decoded = decoding.reduce(picture, canvases)
        work = frames.on_wall(picture) if seeks_wall else None
        (computed,) = fingerprint.of([decoded.small])
        square = hashing.square(decoded.small)
    on_wall = None if work is None else decoding.canvas_of(work, canvases)
    return Prepared(decoded.canvas, on_wall, square, computed)


def gather(batch: Batch) -> None:
    """Wait for the decoder. Collect decoded pictures, and the jobs of those that failed with their reasons."""
    batch.has_begun = True
    wait_for(batch.decoding.values(), batch)
    for image_id, future in batch.decoding.items():
        try:
            batch.prepared[image_id] = future.result()
        except imaging.Busy:
            batch.waiting += batch.jobs_of(image_id)
        except decoding.UnreadableError as error:
            fail(batch, image_id, str(error))
        except OSError as error:
            if storage.is_at_fault(error):
                raise
            logger.warning("The file of picture %s: %s", image_id, error)
            batch.postponed += batch.jobs_of(image_id)
        except Exception:
            logger.exception("Picture %s", image_id)
            fail(batch, image_id, UNEXPECTED)


def wait_for(futures: Iterable["Future[Any]"], batch: Batch) -> None:
    """Wait without limit, and renew the batch's lease while waiting."""
    while wait(futures, timeout=settings.KINDRED_LEASE_S / 3).not_done:
        job_queue.renew(batch.claim)


def fail(batch: Batch, image_id: int, reason: str) -> None:
    """Record that all claimed jobs of a picture failed."""
    batch.failed += [(job, reason) for job in batch.jobs_of(image_id)]


def abandon(batches: Iterable[Batch], error: BaseException) -> None:
    """Release batches after an error.

    If the error came from the storage or a stop signal, all are released. After any other error a batch that had
    begun keeps its lease, so that its pictures are tried one by one when the lease ends.
    """
    # The storage is at fault, or the worker must stop.
    is_external = isinstance(error, OSError | KeyboardInterrupt | SystemExit)
    for batch in batches:
        for future in batch.decoding.values():
            future.cancel()
        if is_external or not batch.has_begun:
            job_queue.give_back(batch.claim, batch.claim.jobs)
