"""A small site with processed pictures, and the worker that measures on it."""

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from collection import ingest
from collection.models import ArtworkImage
from similarity.embedding import pipeline
from similarity.evaluation.jobs import running, scheduling
from similarity.models import EvaluationJob, EvaluationState, Overview, OverviewState, Space
from similarity.spaces import lifecycle
from similarity.vision.contract import Recipe
from tests import factories, fakes, pictures

CLASSES = ("Portrait", "Landscape")


class HookedEmbedder(fakes.FakeEmbedder):
    """A fake embedder that calls `before_batch` before it describes a batch."""

    before_batch: Callable[[], object] = staticmethod(lambda: None)

    def describe(
        self, pictures: Sequence[NDArray[np.uint8]], recipes: Sequence[Recipe]
    ) -> dict[Recipe, NDArray[np.float32]]:
        self.before_batch()
        return super().describe(pictures, recipes)


def opened(count: int = 24, *, has_records: bool = True) -> HookedEmbedder:
    """Make works of two classes and several makers, each with one small picture, a live look, groups and a map."""
    embedder = HookedEmbedder()
    space = fakes.opened(embedder)
    Overview.objects.create(space=space, state=OverviewState.LIVE, size=1_000)
    add_works(count, has_records=has_records)
    describe_all(embedder)
    return embedder


def describe_all(embedder: fakes.FakeEmbedder) -> None:
    """Describe pictures as a worker does, until none waits."""
    while lifecycle.have_work():
        pipeline.run([embedder])


def add_works(count: int, *, start: int = 1, has_records: bool = True) -> None:
    collection = factories.a_collection()
    for seed in range(start, start + count):
        records = {"classification": CLASSES[seed % 2], "creators": [f"Maker {seed % 4}"]} if has_records else {}
        work = factories.a_work(collection, **records)
        factories.add_picture(work, ingest.NewPicture(pictures.packed(pictures.landscape(seed), "JPEG"), f"{seed}.jpg"))


def pass_time(seconds: float) -> None:
    """Move the times of pictures and jobs so many seconds into the past."""
    by = dt.timedelta(seconds=seconds)
    ArtworkImage.objects.update(created_at=F("created_at") - by)
    EvaluationJob.objects.exclude(moved_at=None).update(moved_at=F("moved_at") - by)


def slices(embedder: fakes.FakeEmbedder, most: int = 200) -> int:
    """Measure one step at a time, as a worker does, until no step is left. Return the number of slices."""
    for count in range(1, most + 1):
        if not running.run(lambda space: embedder, budget_s=0.0):
            return count
    raise AssertionError(f"The worker is not done after {most} slices.")


def measured(embedder: fakes.FakeEmbedder) -> None:
    scheduling.request()
    slices(embedder)


def states() -> dict[str, EvaluationState]:
    return {job.kind: EvaluationState(job.state) for job in EvaluationJob.objects.all()}


def look() -> Space:
    return Space.objects.get(lens="look", state="live")
