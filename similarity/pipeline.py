"""The road of a picture, told once: claim a batch, decode, embed, put into the index, flag near copies, done.

While the network runs on one batch, threads decode the next. Safe to run twice and at several workers at once.
"""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from collection import steps, storage
from collection.models import ArtworkImage, Step
from similarity import duplicates, index
from similarity.models import Space
from similarity.vision import decoding
from similarity.vision.contract import Embedder

logger = logging.getLogger(__name__)

DECODING_THREADS = 2
NOT_COMPARABLE = "The network found nothing in this picture that could be compared."


@dataclass(frozen=True)
class Batch:
    """Claimed steps, and their pictures on their way out of the decoder."""

    claim: steps.Claim
    decoding: Sequence["Future[decoding.Decoded]"]


def run(embedder: Embedder, space: Space, *, budget_s: float = float("inf")) -> int:
    """Embeds what waits for this space until nothing does or the time is up; how many pictures it took."""
    started = time.monotonic()
    taken = 0
    with ThreadPoolExecutor(DECODING_THREADS, thread_name_prefix="decode") as threads:
        batch = claim(threads, embedder, space)
        while batch.claim:
            in_time = time.monotonic() - started < budget_s
            following = claim(threads, embedder, space) if in_time else None
            embed(batch, embedder, space)
            taken += len(batch.claim.steps)
            if following is None:
                break
            batch = following
    return taken


def claim(threads: ThreadPoolExecutor, embedder: Embedder, space: Space) -> Batch:
    """Takes the next pictures; decoding starts at once."""
    held = steps.claim(space.step_key, embedder.batch_size)
    return Batch(held, [threads.submit(read, step.image, embedder.side_px) for step in held.steps])


def read(image: ArtworkImage, side_px: int) -> decoding.Decoded:
    return decoding.read(storage.original(image.sha256, image.extension), side_px)


def embed(batch: Batch, embedder: Embedder, space: Space) -> None:
    """A picture that can't be read or compared fails alone, the rest of its batch goes on."""
    readable, unreadable = gather(batch)
    vectors = embedder.embed([picture.square for _, picture in readable])
    fit = index.usable(space, vectors)
    good = [pair for pair, is_fit in zip(readable, fit, strict=True) if is_fit]
    reasons = unreadable + [
        (step, NOT_COMPARABLE) for (step, _), is_fit in zip(readable, fit, strict=True) if not is_fit
    ]
    with transaction.atomic():
        write(batch.claim, good, vectors[fit], space)
        for step, reason in reasons:
            logger.warning("Picture %s was not embedded: %s", step.image_id, reason)
            steps.fail(batch.claim, step, reason)


Readable = list[tuple[Step, decoding.Decoded]]


def gather(batch: Batch) -> tuple[Readable, list[tuple[Step, str]]]:
    """Waits for the decoder: the pictures that came out, and the steps that failed with the reason."""
    readable: Readable = []
    unreadable = []
    for step, future in zip(batch.claim.steps, batch.decoding, strict=True):
        try:
            readable.append((step, future.result()))
        except decoding.UnreadableError as error:
            unreadable.append((step, str(error)))
    return readable, unreadable


def write(claim: steps.Claim, good: Readable, vectors: NDArray[np.float32], space: Space) -> None:
    """Vectors, fingerprints, flagged pairs and done steps, all or nothing; pictures deleted meanwhile are left out."""
    duplicates.one_writer_at_a_time()
    ids = [step.image_id for step, _ in good]
    held = set(ArtworkImage.objects.filter(pk__in=ids).select_for_update(no_key=True).values_list("pk", flat=True))
    kept = [row for row, pk in enumerate(ids) if pk in held]
    pictures = {ids[row]: good[row][1].small for row in kept}
    index.put_all(space, list(pictures), vectors[kept])
    duplicates.remember(pictures)
    duplicates.flag_near(space, list(pictures))
    steps.finish(claim, [good[row][0] for row in kept])
