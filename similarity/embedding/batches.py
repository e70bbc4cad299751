"""Batches of claimed pictures: taken from the queue, decoded in threads, given back when a worker must stop."""

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from collection.files import storage
from collection.jobs import job_queue
from collection.models import ArtworkImage, Step
from similarity.vision.contract import Canvas
from similarity.vision.copies import fingerprint
from similarity.vision.pixels import decoding
from similarity.workers import stage_times
from similarity.workers.stage_times import stage

logger = logging.getLogger(__name__)

DECODING_THREADS = max(2, os.cpu_count() or 2)
UNREADABLE = "The file of this picture could not be read; the worker's log says why."
UNEXPECTED = "This picture could not be decoded; the worker's log says why."

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Prepared:
    """What decoding makes of a picture."""

    canvas: NDArray[np.uint8]  # (H, W, 3): what the networks see
    fingerprint: fingerprint.Fingerprint


@dataclass
class Batch:
    """Claimed pictures on their way: out of the decoder, through the networks, into the database."""

    claim: job_queue.Claim
    decoding: Mapping[int, "Future[Prepared]"]  # by image id
    has_begun: bool = False
    prepared: dict[int, Prepared] = field(default_factory=dict)
    failed: list[tuple[Step, str]] = field(default_factory=list)
    postponed: list[Step] = field(default_factory=list)  # whose file could not be read this time
    raw: dict[str, dict[int, Vector]] = field(default_factory=dict)  # by step key, then by image id


def take(keys: Sequence[str], limit: int, decoders: ThreadPoolExecutor, canvases: Sequence[Canvas]) -> Batch | None:
    """The next pictures, or None; decoding starts at once. Raises storage.StoreUnavailableError, and takes none."""
    if not job_queue.is_waiting(*keys):
        return None
    storage.require()
    claim = job_queue.claim(keys, limit)
    images = {step.image_id: step.image for step in claim.steps}
    decoding = {pk: decoders.submit(prepare, image, canvases) for pk, image in images.items()}
    return Batch(claim, decoding) if claim else None


def prepare(image: ArtworkImage, canvases: Sequence[Canvas]) -> Prepared:
    with stage(stage_times.READ):
        data = decoding.load(storage.original(image.sha256, image.extension))
    with stage(stage_times.DECODE):
        picture = decoding.read(data, canvases)
        (print_,) = fingerprint.of([picture.small])
    return Prepared(picture.canvas, print_)


def gather(batch: Batch) -> None:
    """Waits for the decoder: the pictures that came out, and the steps of those that failed, with the reason."""
    batch.has_begun = True
    wait_for(batch.decoding.values(), batch)
    for image_id, future in batch.decoding.items():
        try:
            batch.prepared[image_id] = future.result()
        except decoding.UnreadableError as error:
            fail(batch, image_id, str(error))
        except OSError as error:
            if storage.is_at_fault(error):
                raise
            logger.warning("The file of picture %s: %s", image_id, error)
            batch.postponed += [step for step in batch.claim.steps if step.image_id == image_id]
        except Exception:
            logger.exception("Picture %s", image_id)
            fail(batch, image_id, UNEXPECTED)


def wait_for(futures: Iterable["Future[Any]"], batch: Batch) -> None:
    """However long it takes, the batch stays this worker's."""
    while wait(futures, timeout=settings.KINDRED_LEASE_S / 3).not_done:
        job_queue.renew(batch.claim)


def fail(batch: Batch, image_id: int, reason: str) -> None:
    batch.failed += [(step, reason) for step in batch.claim.steps if step.image_id == image_id]


def abandon(batches: Iterable[Batch], error: BaseException) -> None:
    """Gives back what was only claimed. What failed unexpectedly keeps its lease, and is tried alone when it ends."""
    is_external = isinstance(error, OSError | KeyboardInterrupt | SystemExit)  # the disk, or the worker is to stop
    for batch in batches:
        for future in batch.decoding.values():
            future.cancel()
        if is_external or not batch.has_begun:
            job_queue.give_back(batch.claim, batch.claim.steps)
