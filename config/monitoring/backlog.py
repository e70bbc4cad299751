"""The progress of the workers. A picture counts as ready before the search for its duplicates."""

from dataclasses import dataclass

from collection.jobs import job_queue
from collection.models import ArtworkImage, Job, JobState
from similarity.spaces import lifecycle


@dataclass(frozen=True)
class Progress:
    pictures: int
    waiting: int  # pictures with a job that is neither done nor failed
    failed: int  # pictures with a job that failed
    has_network: bool

    @property
    def is_complete(self) -> bool:
        return self.has_network and not self.waiting

    def __str__(self) -> str:
        failed = f", {self.failed} failed" if self.failed else ""
        network = "" if self.has_network else "; the network is being loaded"
        return f"{self.pictures - self.waiting:,} of {self.pictures:,} pictures ready{failed}{network}"


def now() -> Progress:
    return Progress(
        pictures=ArtworkImage.objects.count(),
        waiting=pictures_in(JobState.PENDING, JobState.CLAIMED),
        failed=pictures_in(JobState.FAILED),
        has_network=lifecycle.live() is not None,
    )


def pictures_in(*states: JobState) -> int:
    awaited = Job.objects.filter(state__in=states).exclude(key__in=job_queue.NOT_AWAITED)
    return awaited.values("image").distinct().count()
