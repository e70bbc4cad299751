"""The road of a picture, told once: claim a batch, decode, embed, put into the index, flag near copies, done.

While the network runs on one batch, threads decode the next. Safe to run twice and at several workers at once: a
worker that is slow renews its lease, and one that lost it writes nothing.
"""

import logging
import os
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.db import transaction
from numpy.typing import NDArray

from collection import steps, storage
from collection.models import ArtworkImage, Step
from similarity import duplicates, index
from similarity.models import Space
from similarity.vision import decoding, fingerprint
from similarity.vision.contract import Embedder

logger = logging.getLogger(__name__)

DECODING_THREADS = max(2, os.cpu_count() or 2)
NOT_COMPARABLE = "The network found nothing in this picture that could be compared."
UNEXPECTED = "This picture could not be decoded; the worker's log says why."


@dataclass(frozen=True)
class Prepared:
    """What decoding makes of a picture."""

    square: NDArray[np.uint8]  # (side, side, 3): what the network sees
    fingerprint: fingerprint.Fingerprint


@dataclass(frozen=True)
class Batch:
    """Claimed steps, and their pictures on their way out of the decoder."""

    claim: steps.Claim
    decoding: Sequence["Future[Prepared]"]


def run(embedder: Embedder, space: Space, *, budget_s: float = float("inf")) -> int:
    """Embeds what waits for this space until nothing does or the time is up; how many pictures it took."""
    started = time.monotonic()
    taken = 0
    with ThreadPoolExecutor(DECODING_THREADS, thread_name_prefix="decode") as threads:
        following: Batch | None = claim(threads, embedder, space)
        while following is not None and following.claim:
            batch = following
            in_time = time.monotonic() - started < budget_s
            following = claim(threads, embedder, space) if in_time else None
            try:
                embed(batch, embedder, space)
            except BaseException as error:
                abandon(batch, following, error)
                raise
            taken += len(batch.claim.steps)
    return taken


def claim(threads: ThreadPoolExecutor, embedder: Embedder, space: Space) -> Batch:
    """Takes the next pictures; decoding starts at once. Raises storage.StoreUnavailableError, and takes none then."""
    if steps.is_waiting(space.step_key):
        storage.require()
    held = steps.claim(space.step_key, embedder.batch_size)
    return Batch(held, [threads.submit(prepare, step.image, embedder.side_px) for step in held.steps])


def prepare(image: ArtworkImage, side_px: int) -> Prepared:
    picture = decoding.read(storage.original(image.sha256, image.extension), side_px)
    (print_,) = fingerprint.of([picture.small])
    return Prepared(picture.square, print_)


def abandon(batch: Batch, following: Batch | None, error: BaseException) -> None:
    """Gives back what was only claimed. What failed unexpectedly keeps its lease, and is tried alone when it ends."""
    for future in following.decoding if following else ():
        future.cancel()
    if following is not None:
        steps.give_back(following.claim, following.claim.steps)
    if isinstance(error, OSError | KeyboardInterrupt | SystemExit):  # the disk, or the worker was told to stop
        steps.give_back(batch.claim, batch.claim.steps)


def embed(batch: Batch, embedder: Embedder, space: Space) -> None:
    """A picture that can't be read or compared fails alone, the rest of its batch goes on."""
    readable, failed = gather(batch)
    vectors = embedder.embed([picture.square for _, picture in readable])
    is_fit = index.usable(space, vectors)
    good = [pair for pair, fit in zip(readable, is_fit, strict=True) if fit]
    failed += [(step, NOT_COMPARABLE) for (step, _), fit in zip(readable, is_fit, strict=True) if not fit]
    for step, reason in failed:
        logger.warning("Picture %s was not embedded: %s", step.image_id, reason)
        steps.fail(batch.claim, step, reason)
    write(batch.claim, good, vectors[is_fit], space)
    flag(batch.claim, space)


Readable = list[tuple[Step, Prepared]]


def gather(batch: Batch) -> tuple[Readable, list[tuple[Step, str]]]:
    """Waits for the decoder: the pictures of ours that came out, and the steps that failed, with the reason."""
    while wait(batch.decoding, timeout=settings.KINDRED_LEASE_S / 3).not_done:
        steps.renew(batch.claim)
    ours = steps.renew(batch.claim)
    readable: Readable = []
    failed = []
    for step, future in zip(batch.claim.steps, batch.decoding, strict=True):
        if step.pk not in ours:
            continue
        try:
            readable.append((step, future.result()))
        except decoding.UnreadableError as error:
            failed.append((step, str(error)))
        except OSError:
            raise
        except Exception:
            logger.exception("Picture %s", step.image_id)
            failed.append((step, UNEXPECTED))
    return readable, failed


@transaction.atomic
def write(claim: steps.Claim, good: Readable, vectors: NDArray[np.float32], space: Space) -> None:
    """Vectors and fingerprints, all or nothing, of the pictures that are still ours and still there."""
    ours = steps.renew(claim)
    kept = [row for row, (step, _) in enumerate(good) if step.pk in ours]
    ids = [good[row][0].image_id for row in kept]
    index.put_all(space, ids, vectors[kept])
    duplicates.remember({pk: good[row][1].fingerprint for pk, row in zip(ids, kept, strict=True)})


@transaction.atomic
def flag(claim: steps.Claim, space: Space) -> None:
    """Pairs and done steps, after the vectors are there for all: of two workers at once, the later one sees both."""
    ours = steps.renew(claim)
    held = [step for step in claim.steps if step.pk in ours]
    duplicates.flag_near(space, [step.image_id for step in held])
    steps.finish(claim, held)
