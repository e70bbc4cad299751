"""Delete the indexes and vectors of retired spaces: the index first, then the vectors in slices.

Vacuum has to remove each row of an HNSW index from the graph, which takes hours for a large index. Without the index
the rows are deleted like any others. The indexes of other spaces do not contain these rows.
"""

from django.db.models import Exists, OuterRef
from django.utils import timezone

from collection.jobs import job_queue
from similarity.index import hnsw
from similarity.models import Embedding, Region, Sample, Space, SpaceState

SLICE = 20_000  # rows


def run() -> None:
    """Delete one slice of every retired space that is not cleared yet."""
    for space in Space.objects.filter(state=SpaceState.RETIRED, cleared_at=None):
        clear(space)


def clear(space: Space) -> None:
    """Delete the index and one slice of vectors of a retired space. Record the time once nothing is left.

    Do nothing while another worker builds or drops an index.
    """
    if not hnsw.drop(space):
        return
    space.samples.all().delete()
    jobs = sum(job_queue.forget(key, SLICE) for key in (f"embed:{space.pk}", f"sample:{space.pk}"))
    some = list(Embedding.objects.filter(space=space).values_list("image_id", flat=True)[:SLICE])
    Region.objects.filter(space=space, image__in=some).delete()
    vectors, _ = Embedding.objects.filter(space=space, image__in=some).delete()
    if jobs < SLICE and vectors < SLICE:
        Region.objects.filter(space=space).delete()  # a late worker may have written some between the two statements
        Space.objects.filter(pk=space.pk).update(cleared_at=timezone.now())


def forget_leftovers() -> None:
    """Delete jobs and samples that a crash, or an upload at the moment of a switch, left behind."""
    for space in Space.objects.exclude(state=SpaceState.FITTING):
        if space.cleared_at is not None:
            continue
        space.samples.all().delete()
        job_queue.forget(f"sample:{space.pk}", SLICE)
        if space.state == SpaceState.PREVIOUS:
            job_queue.forget_unfinished(f"embed:{space.pk}")
    reopen_cleared()


def reopen_cleared() -> None:
    """Mark spaces to be cleared again to which a worker or an upload added rows after they were cleared."""
    cleared = Space.objects.filter(state=SpaceState.RETIRED, cleared_at__isnull=False)
    with_vectors = Exists(Embedding.objects.filter(space=OuterRef("pk")))
    with_windows = Exists(Region.objects.filter(space=OuterRef("pk")))
    with_samples = Exists(Sample.objects.filter(space=OuterRef("pk")))
    cleared.filter(with_vectors | with_windows | with_samples).update(cleared_at=None)
    for space in cleared:
        if job_queue.noted(f"embed:{space.pk}", up_to=1) or job_queue.noted(f"sample:{space.pk}", up_to=1):
            Space.objects.filter(pk=space.pk).update(cleared_at=None)
