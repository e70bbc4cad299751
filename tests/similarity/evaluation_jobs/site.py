"""A small site whose pictures are described, and the worker that measures on it."""

import datetime as dt

from django.db.models import F

from collection import ingest
from collection.models import ArtworkImage
from similarity.embedding import pipeline
from similarity.evaluation.jobs import running, scheduling
from similarity.models import EvaluationJob, EvaluationState, Space
from similarity.spaces import lifecycle
from tests import factories, fakes, pictures

CLASSES = ("Portrait", "Landscape")


def opened(count: int = 24, *, has_records: bool = True) -> fakes.FakeEmbedder:
    """Works of two classes and several makers, each with one small picture; the look is live."""
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    hang(count, has_records=has_records)
    describe_all(embedder)
    return embedder


def describe_all(embedder: fakes.FakeEmbedder) -> None:
    """As a worker does until nothing waits."""
    while lifecycle.have_work():
        pipeline.run([embedder])


def hang(count: int, *, start: int = 1, has_records: bool = True) -> None:
    collection = factories.a_collection()
    for seed in range(start, start + count):
        records = {"classification": CLASSES[seed % 2], "creators": [f"Maker {seed % 4}"]} if has_records else {}
        work = factories.a_work(collection, **records)
        factories.add_picture(work, ingest.NewPicture(pictures.packed(pictures.landscape(seed), "JPEG"), f"{seed}.jpg"))


def pass_time(seconds: float) -> None:
    """As if everything had happened so much earlier."""
    by = dt.timedelta(seconds=seconds)
    ArtworkImage.objects.update(created_at=F("created_at") - by)
    EvaluationJob.objects.exclude(moved_at=None).update(moved_at=F("moved_at") - by)


def slices(embedder: fakes.FakeEmbedder, most: int = 200) -> int:
    """Let a worker measure one step at a time until it stops by itself; return how many slices it took."""
    for count in range(1, most + 1):
        if not running.run(lambda space: embedder, budget_s=0.0):
            return count
    raise AssertionError("The worker measures for ever.")


def measured(embedder: fakes.FakeEmbedder) -> None:
    scheduling.ask()
    slices(embedder)


def states() -> dict[str, EvaluationState]:
    return {job.kind: EvaluationState(job.state) for job in EvaluationJob.objects.all()}


def look() -> Space:
    return Space.objects.get(lens="look", state="live")
