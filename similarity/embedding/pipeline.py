"""The embedding pipeline: claim a batch, decode it, compute its vectors, store them, finish its jobs.

While the network processes one batch, threads decode the next one and the batch before is written. One forward pass
serves all spaces of a network. The pipeline is safe to run twice and in several workers at once: a slow worker renews
its lease, and a worker that lost its lease writes nothing. CPU workers look for duplicates afterwards (`flagging`).

A batch also computes the twin values that its pictures lack. Pictures whose vectors are known already, but not their
twin value, have jobs with the key `job_queue.TWIN` for this, behind all uploads.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from django.db import transaction

from collection.jobs import failures, job_queue, workers
from collection.models import Job
from similarity.duplicates import detection
from similarity.embedding import batches
from similarity.embedding.batches import Batch, Vector
from similarity.index import store
from similarity.models import Space, SpaceState
from similarity.spaces import fitting, lifecycle, projections
from similarity.vision.contract import Canvas, Embedder, Identity
from similarity.vision.twin import hashing
from similarity.vision.twin.network import TwinNetwork
from similarity.workers import stage_times, task_names

logger = logging.getLogger(__name__)

NOT_COMPARABLE = failures.NOT_COMPARABLE


def always() -> bool:
    return True


def never() -> bool:
    return False


@dataclass(frozen=True)
class Pace:
    """How long a run lasts, and how large its batches are."""

    has_time: Callable[[], bool] = always  # no batch starts once this is False, except the first
    is_shared: Callable[[], bool] = never  # while other work waits for this worker, batches are small


@dataclass
class Workload:
    """What one run works on: spaces by the key of their jobs, their embedders, and the batches in progress."""

    spaces: Mapping[str, Space]
    embedders: Mapping[Identity, Embedder]
    pace: Pace
    twin_network: TwinNetwork | None = None  # without it no twin values are computed
    in_progress: list[Batch] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        """Return the keys of the jobs that this run may claim."""
        return [*self.spaces, *([job_queue.TWIN] if self.twin_network else [])]

    def take(self, decoders: ThreadPoolExecutor) -> Batch | None:
        """Claim the next batch with the largest canvases and the smallest batch size of the embedders.

        While the worker is shared, batches are a quarter of that, so that other work does not wait long.
        """
        canvases = max((embedder.canvases for embedder in self.embedders.values()), key=area)
        batch_size = min(embedder.batch_size for embedder in self.embedders.values())
        limit = max(1, batch_size // 4) if self.pace.is_shared() else batch_size
        wall_keys = {key for key, space in self.spaces.items() if space.parts > 1}
        batch = batches.take(self.keys, limit, decoders, canvases, wall_keys)
        self.in_progress += [batch] if batch else []
        return batch


def area(canvases: Sequence[Canvas]) -> int:
    """Return the area in px of the largest canvas."""
    return max(width * height for width, height in canvases)


def run(embedders: Sequence[Embedder], pace: Pace = Pace(), twin_network: TwinNetwork | None = None) -> int:
    """Embed the pictures that wait for the open spaces of these embedders: all, or as many as the pace allows.

    At least one batch is embedded. With a twin network, also compute the twin values that pictures lack.
    Return the number of pictures. Raise unexpected errors after the claimed batches are released.
    """
    workload = set_up(embedders, pace, twin_network)
    if not workload.spaces:
        return 0
    with (
        ThreadPoolExecutor(batches.DECODING_THREADS, "decode") as decoders,
        ThreadPoolExecutor(1, "network") as network,
    ):
        try:
            return process(workload, decoders, network)
        except BaseException as error:
            batches.abandon(workload.in_progress, error)
            raise


def set_up(embedders: Sequence[Embedder], pace: Pace, twin_network: TwinNetwork | None) -> Workload:
    """Collect the open spaces of these embedders. Spaces that are opened later belong to the next run."""
    by_identity = {embedder.identity: embedder for embedder in embedders}
    known = [space for space in lifecycle.open_spaces() if space.identity in by_identity]
    ours = [space for space in known if space.recipe in by_identity[space.identity].recipes]
    used = {space.identity: by_identity[space.identity] for space in ours}
    return Workload({space.job_key: space for space in ours}, used, pace, twin_network)


def process(workload: Workload, decoders: ThreadPoolExecutor, network: ThreadPoolExecutor) -> int:
    """Process batches one after another, three of them overlapping. Return the number of pictures."""
    taken = 0
    previous: Batch | None = None
    current = workload.take(decoders)
    while current:
        batches.gather(current)
        described = network.submit(describe, current, workload)
        following = workload.take(decoders) if workload.pace.has_time() else None
        finish_batch(previous, workload)
        batches.wait_for([described], current)
        described.result()
        taken += len(current.decoding)
        previous, current = current, following
    finish_batch(previous, workload)
    return taken


def describe(batch: Batch, workload: Workload) -> None:
    """Compute the raw vectors of a batch, one forward pass per network, in a thread that does not use the database."""
    for identity, embedder in workload.embedders.items():
        ours = {key: space for key, space in workload.spaces.items() if space.identity == identity}
        wanted = [job for job in batch.claim.jobs if job.key in ours and job.image_id in batch.prepared]
        if not wanted:
            continue
        rows = {pk: row for row, pk in enumerate(dict.fromkeys(job.image_id for job in wanted))}
        recipes = list(dict.fromkeys(ours[job.key].recipe for job in wanted))
        with stage_times.stage(stage_times.NETWORK, len(rows)):
            raw = embedder.describe([batch.prepared[pk].canvas for pk in rows], recipes)
        for job in wanted:
            batch.raw.setdefault(job.key, {})[job.image_id] = raw[ours[job.key].recipe][rows[job.image_id]]
    for key, space in workload.spaces.items():
        if space.parts > 1 and key in batch.raw:
            describe_on_wall(batch, key, space, workload.embedders[space.identity])
    if workload.twin_network:
        compute_twins(batch, workload.twin_network)


def describe_on_wall(batch: Batch, key: str, space: Space, embedder: Embedder) -> None:
    """Compute the raw vectors (R,) of works on walls in a batch by a second forward pass, for a space of regions."""
    shown = {pk: batch.prepared[pk].on_wall for pk in batch.raw[key]}
    canvases = {pk: canvas for pk, canvas in shown.items() if canvas is not None}
    if not canvases:
        return
    with stage_times.stage(stage_times.NETWORK, len(canvases)):
        raw = embedder.describe(list(canvases.values()), [space.recipe])[space.recipe]
    wholes = raw[:, : raw.shape[1] // space.parts]
    batch.on_wall[key] = dict(zip(canvases, wholes, strict=True))


def compute_twins(batch: Batch, network: TwinNetwork) -> None:
    """Compute the twin values that the pictures of a batch lack, one picture at a time."""
    lacking = batch.lacking_twin()
    if not lacking:
        return
    with stage_times.stage(stage_times.TWIN, len(lacking)):
        values = hashing.hashes(network, np.stack([one.square for one in lacking.values()]))
    batch.twins = {pk: hashing.as_hex(value) for pk, value in zip(lacking, values.tolist(), strict=True)}


def finish_batch(batch: Batch | None, workload: Workload) -> None:
    """Project and store the vectors of a batch. A picture that can't be read or compared fails alone."""
    if batch is None:
        return
    vectors = {key: project(workload.spaces[key], rows) for key, rows in batch.raw.items()}
    for job in batch.claim.jobs:
        is_lacking = job.key in workload.spaces and job.image_id not in vectors.get(job.key, {})
        if is_lacking and job.image_id in batch.prepared:
            batch.failed.append((job, NOT_COMPARABLE))
    for job, reason in batch.failed:
        logger.warning("Picture %s was not embedded: %s", job.image_id, reason)
        job_queue.fail(batch.claim, job, reason)
    for job in batch.postponed:
        job_queue.postpone(batch.claim, job, batches.UNREADABLE)
    job_queue.give_back(batch.claim, batch.waiting)
    with stage_times.stage(stage_times.WRITE, len(batch.prepared)):
        write(batch, vectors, workload)
    workload.in_progress.remove(batch)


def project(space: Space, rows: Mapping[int, Vector]) -> dict[int, Vector]:
    """Return the space's vectors (D,) by image id from raw vectors (R,), without those that can't be compared."""
    raw = np.stack(list(rows.values()))
    is_fitting = space.state == SpaceState.FITTING
    vectors = raw if is_fitting else projections.apply(space, raw)
    is_fit = np.isfinite(raw.sum(axis=1)) if is_fitting else store.usable(space, vectors)
    return {pk: vectors[row] for row, pk in enumerate(rows) if is_fit[row]}


@transaction.atomic
def write(batch: Batch, vectors: Mapping[str, Mapping[int, Vector]], workload: Workload) -> None:
    """Store vectors and fingerprints, and finish the jobs, of pictures that this worker still holds and that exist.

    All in one transaction. It also adds the flag jobs, which start after the commit, when every session can read the
    vectors.
    """
    ours = job_queue.renew(batch.claim)
    owned = [job for job in batch.claim.jobs if job.pk in ours]
    for key, rows in vectors.items():
        ids = [job.image_id for job in owned if job.key == key and job.image_id in rows]
        put = fitting.put if workload.spaces[key].state == SpaceState.FITTING else store.put_all
        if ids:
            put(workload.spaces[key], ids, np.stack([rows[pk] for pk in ids]))
            put_on_wall(workload.spaces[key], {pk: row for pk, row in batch.on_wall.get(key, {}).items() if pk in ids})
    pictures = {job.image_id for job in owned if job.image_id in batch.prepared}
    new = pictures - detection.with_fingerprint(pictures)  # a picture never changes, so its fingerprint is stored once
    detection.store_fingerprints({pk: batch.prepared[pk].fingerprint for pk in sorted(new)}, batch.twins)
    detection.store_twins({pk: batch.twins[pk] for pk in sorted(pictures - new) if pk in batch.twins})
    job_queue.finish(batch.claim, owned)
    if workload.twin_network:
        job_queue.note_done(sorted(pictures & batch.without_twin), job_queue.TWIN)
    add_flagging(owned)


def put_on_wall(space: Space, raw: Mapping[int, Vector]) -> None:
    """Store the vectors of works on walls from raw vectors (R,) by image id. Pictures of a sample get none."""
    if raw and space.state != SpaceState.FITTING:
        vectors = projections.apply_to_part(space, np.stack(list(raw.values())))
        store.put_on_wall(space, dict(zip(raw, vectors, strict=True)))


def add_flagging(finished: Sequence[Job]) -> None:
    """Add flag jobs for pictures now in the space that finds copies, and wake a CPU worker after the commit."""
    space = lifecycle.for_copies()  # read again, as another space may have gone live since the batch was claimed
    described = [job for job in finished if space is not None and job.key == space.job_key]
    for priority in sorted({job.priority for job in described}):
        images = [job.image for job in described if job.priority == priority]
        job_queue.add(images, job_queue.FLAG, priority=priority)
    if described:
        workers.wake_after_commit(task_names.FLAG)
