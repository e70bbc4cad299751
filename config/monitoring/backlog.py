"""How far the workers are, in a person's words. A picture is ready before duplicates of it were looked for."""

from dataclasses import dataclass

from collection.jobs import job_queue
from collection.models import ArtworkImage, Step, StepState
from similarity.spaces import lifecycle


@dataclass(frozen=True)
class Progress:
    pictures: int
    waiting: int  # pictures with a step that is neither done nor failed
    failed: int  # pictures with a step that failed
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
        waiting=pictures_in(StepState.PENDING, StepState.CLAIMED),
        failed=pictures_in(StepState.FAILED),
        has_network=lifecycle.live() is not None,
    )


def pictures_in(*states: StepState) -> int:
    return Step.objects.filter(state__in=states).exclude(key=job_queue.FLAG).values("image").distinct().count()
