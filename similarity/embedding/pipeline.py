"""The road of a picture, told once: claim a batch, decode, describe, put into the index, done.

While the network runs on one batch, threads decode the next and the batch before is written. One forward pass serves
all spaces of a network. Safe to run twice and at several workers at once: a worker that is slow renews its lease, and
one that lost it writes nothing. Duplicates are looked for afterwards, by CPU workers (`flagging`).
"""

import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from django.db import transaction

from collection.jobs import job_queue, workers
from collection.models import Step
from similarity.duplicates import detection
from similarity.embedding import batches
from similarity.embedding.batches import Batch, Vector
from similarity.index import store
from similarity.models import Space, SpaceState
from similarity.spaces import fitting, lifecycle, projections
from similarity.vision.contract import Canvas, Embedder, Identity
from similarity.workers import stage_times, task_names

logger = logging.getLogger(__name__)

NOT_COMPARABLE = "The network found nothing in this picture that could be compared."


@dataclass
class Line:
    """What one run works for: spaces by the key of their steps, the embedders that fill them, batches on their way."""

    spaces: Mapping[str, Space]
    embedders: Mapping[Identity, Embedder]
    ends_at: float  # on the monotonic clock; no batch is begun after it
    on_it: list[Batch] = field(default_factory=list)

    def take(self, decoders: ThreadPoolExecutor) -> Batch | None:
        canvases = max((embedder.canvases for embedder in self.embedders.values()), key=area)
        batch_size = min(embedder.batch_size for embedder in self.embedders.values())
        batch = batches.take(list(self.spaces), batch_size, decoders, canvases)
        self.on_it += [batch] if batch else []
        return batch

    def has_time(self) -> bool:
        return time.monotonic() < self.ends_at


def area(canvases: Sequence[Canvas]) -> int:
    return max(width * height for width, height in canvases)


def run(embedders: Sequence[Embedder], *, budget_s: float = float("inf")) -> int:
    """Embeds what waits for the open spaces of these embedders until nothing does or the time is up.

    How many pictures it took. What fails unexpectedly is raised, after what was only claimed is given back.
    """
    line = set_up(embedders, budget_s)
    if not line.spaces:
        return 0
    with (
        ThreadPoolExecutor(batches.DECODING_THREADS, "decode") as decoders,
        ThreadPoolExecutor(1, "network") as network,
    ):
        try:
            return work_off(line, decoders, network)
        except BaseException as error:
            batches.abandon(line.on_it, error)
            raise


def set_up(embedders: Sequence[Embedder], budget_s: float) -> Line:
    """What there is to do for these embedders now; spaces that are opened meanwhile are for the next run."""
    by_identity = {embedder.identity: embedder for embedder in embedders}
    known = [space for space in lifecycle.open_spaces() if space.identity in by_identity]
    ours = [space for space in known if space.recipe in by_identity[space.identity].recipes]
    used = {space.identity: by_identity[space.identity] for space in ours}
    return Line({space.step_key: space for space in ours}, used, time.monotonic() + budget_s)


def work_off(line: Line, decoders: ThreadPoolExecutor, network: ThreadPoolExecutor) -> int:
    taken = 0
    previous: Batch | None = None
    current = line.take(decoders)
    while current:
        batches.gather(current)
        described = network.submit(describe, current, line)
        following = line.take(decoders) if line.has_time() else None
        settle(previous, line)
        batches.wait_for([described], current)
        described.result()
        taken += len(current.decoding)
        previous, current = current, following
    settle(previous, line)
    return taken


def describe(batch: Batch, line: Line) -> None:
    """One forward pass a network, in a thread of its own: raw vectors into the batch, without the database."""
    for identity, embedder in line.embedders.items():
        ours = {key: space for key, space in line.spaces.items() if space.identity == identity}
        wanted = [step for step in batch.claim.steps if step.key in ours and step.image_id in batch.prepared]
        if not wanted:
            continue
        rows = {pk: row for row, pk in enumerate(dict.fromkeys(step.image_id for step in wanted))}
        recipes = list(dict.fromkeys(ours[step.key].recipe for step in wanted))
        with stage_times.stage(stage_times.NETWORK, len(rows)):
            raw = embedder.describe([batch.prepared[pk].canvas for pk in rows], recipes)
        for step in wanted:
            batch.raw.setdefault(step.key, {})[step.image_id] = raw[ours[step.key].recipe][rows[step.image_id]]


def settle(batch: Batch | None, line: Line) -> None:
    """A picture that can't be read or compared fails alone, the rest of its batch goes on."""
    if batch is None:
        return
    vectors = {key: project(line.spaces[key], rows) for key, rows in batch.raw.items()}
    for step in batch.claim.steps:
        if step.image_id in batch.prepared and step.image_id not in vectors[step.key]:
            batch.failed.append((step, NOT_COMPARABLE))
    for step, reason in batch.failed:
        logger.warning("Picture %s was not embedded: %s", step.image_id, reason)
        job_queue.fail(batch.claim, step, reason)
    for step in batch.postponed:
        job_queue.postpone(batch.claim, step, batches.UNREADABLE)
    with stage_times.stage(stage_times.WRITE, len(batch.prepared)):
        write(batch, vectors, line)
    line.on_it.remove(batch)


def project(space: Space, rows: Mapping[int, Vector]) -> dict[int, Vector]:
    """Raw vectors by image id -> what the space keeps of them, without those that can't be compared."""
    raw = np.stack(list(rows.values()))
    is_fitting = space.state == SpaceState.FITTING
    vectors = raw if is_fitting else projections.apply(space, raw)
    is_fit = np.isfinite(raw.sum(axis=1)) if is_fitting else store.usable(space, vectors)
    return {pk: vectors[row] for row, pk in enumerate(rows) if is_fit[row]}


@transaction.atomic
def write(batch: Batch, vectors: Mapping[str, Mapping[int, Vector]], line: Line) -> None:
    """Store vectors and fingerprints of the pictures that are still ours and still there; finish their steps.

    All or nothing. Flagging is noted here and done after the commit, when everybody can read the vectors.
    """
    ours = job_queue.renew(batch.claim)
    held = [step for step in batch.claim.steps if step.pk in ours]
    for key, rows in vectors.items():
        ids = [step.image_id for step in held if step.key == key and step.image_id in rows]
        keep = fitting.put if line.spaces[key].state == SpaceState.FITTING else store.put_all
        if ids:
            keep(line.spaces[key], ids, np.stack([rows[pk] for pk in ids]))
    pictures = {step.image_id for step in held if step.image_id in batch.prepared}
    new = pictures - detection.remembered(pictures)  # a picture never changes, however often it is embedded
    detection.remember({pk: batch.prepared[pk].fingerprint for pk in sorted(new)})
    job_queue.finish(batch.claim, held)
    note_flagging(held)


def note_flagging(finished: Sequence[Step]) -> None:
    """Note a step of flagging for pictures that are in the space of copies now; wake a CPU worker after commit."""
    space = lifecycle.for_copies()  # read anew: it may have been switched since the batch was claimed
    described = [step for step in finished if space is not None and step.key == space.step_key]
    for priority in sorted({step.priority for step in described}):
        images = [step.image for step in described if step.priority == priority]
        job_queue.add(images, job_queue.FLAG, priority=priority)
    if described:
        workers.wake_after_commit(task_names.FLAG)
