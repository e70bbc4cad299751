"""Frees the room of retired spaces: the index first and at once, then the vectors in slices.

A row that is deleted while an index holds it must be taken out of the index's graph by vacuum, which takes hours for a
big one; without the index it is a row like any other. The indexes of other spaces hold none of these rows.
"""

from collection.jobs import job_queue
from similarity.index import hnsw
from similarity.models import Embedding, Space, SpaceState

SLICE = 20_000


def run() -> None:
    """One slice of every retired space that still has vectors. Cheap where there is none."""
    for space in Space.objects.filter(state=SpaceState.RETIRED):
        clear(space)


def clear(space: Space) -> int:
    """Drops the index of a retired space and deletes a slice of its vectors; how many were
    deleted. None while another index is being made."""
    if not hnsw.drop(space):
        return 0
    space.samples.all().delete()
    job_queue.forget(f"embed:{space.pk}", SLICE)
    job_queue.forget(f"sample:{space.pk}", SLICE)
    some = Embedding.objects.filter(space=space).values_list("pk", flat=True)[:SLICE]
    return Embedding.objects.filter(pk__in=list(some)).delete()[0]


def forget_leftovers() -> None:
    """What a crash, or an upload at the moment of a switch, left behind: work that nobody will do, used samples."""
    for space in Space.objects.exclude(state=SpaceState.FITTING):
        space.samples.all().delete()
        job_queue.forget(f"sample:{space.pk}", SLICE)
        if space.state == SpaceState.KEPT:
            job_queue.forget_unfinished(f"embed:{space.pk}")
