"""What there is to say of every space: its state, how far it is, and what it waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count

from collection.jobs import job_queue
from collection.models import ArtworkImage, StepState
from similarity.index import hnsw
from similarity.learning import supervision
from similarity.models import Embedding, Sample, Space, SpaceState
from similarity.spaces import lifecycle

LARGE = 100_000  # vectors and pictures; below, counting them anew each time costs next to nothing
HELD_S = 60  # how long each web process holds the counts of more; a worker adds some thousandths to them by then
HELD = "similarity.space_pages.overview.sizes"
ORDER = [SpaceState.LIVE, SpaceState.BUILDING, SpaceState.FITTING, SpaceState.PREVIOUS, SpaceState.RETIRED]


@dataclass(frozen=True)
class Row:
    """A space, and for people: what it is made of, and how far it is."""

    space: Space
    done: int
    wanted: int
    failed: int
    has_index: bool = True

    @property
    def title(self) -> str:
        return title(self.space)

    @property
    def state(self) -> str:
        return "Ready" if self.space.state == SpaceState.BUILDING and self.is_ready else self.space.get_state_display()

    @property
    def percent(self) -> int:
        return int(100 * self.done / self.wanted) if self.wanted else 100

    @property
    def behind(self) -> int:
        """Pictures that came in while it was not open."""
        return max(self.wanted - self.done - self.failed, 0)

    @property
    def what_follows(self) -> str:
        """What a space that goes live still lacks, in a sentence; empty where it lacks nothing."""
        if not self.behind:
            return ""
        what = "1 picture added since then is" if self.behind == 1 else f"{self.behind:,} pictures added since then are"
        return f"{what} processed before all other work. Until then they are not compared with the others."

    @property
    def is_complete(self) -> bool:
        return self.done + self.failed >= self.wanted

    @property
    def is_ready(self) -> bool:
        """Whether it can go live, when a person asks for it."""
        is_built = self.space.state == SpaceState.BUILDING and self.is_complete and self.has_index
        return is_built or self.space.state == SpaceState.PREVIOUS

    @property
    def is_not_better(self) -> bool:
        """Whether it is learned from records, and not surely better than the plain look for it."""
        return bool(self.space.supervision) and not supervision.is_better(self.space.supervision or {})

    @property
    def is_moving(self) -> bool:
        """Whether it is about to change by itself; not where it waits for a person, or for more pictures."""
        if self.space.problem or self.space.state not in (SpaceState.FITTING, SpaceState.BUILDING):
            return False
        if not self.is_complete:
            return True
        if self.space.state == SpaceState.FITTING:
            return self.done >= lifecycle.ENOUGH
        return self.space.auto_activate or not self.has_index

    @property
    def status(self) -> str:
        """One sentence on how far it is; why it does not go on, where it does not."""
        if self.space.problem:
            return self.space.problem
        if self.space.supervision and self.is_complete and self.space.state != SpaceState.RETIRED:
            return supervision.in_words(self.space.supervision)
        if self.space.state == SpaceState.RETIRED:
            return f"{self.done:,} vectors are still to be deleted." if self.done else "Its vectors are deleted."
        if self.space.state == SpaceState.FITTING and self.done < lifecycle.ENOUGH and self.is_complete:
            return f"Has {self.done:,} of at least {lifecycle.ENOUGH} pictures. A projection cannot be fitted on fewer."
        failed = f", {self.failed:,} failed" if self.failed else ""
        what = "pictures processed for the fit" if self.space.state == SpaceState.FITTING else "pictures"
        then = "" if self.has_index or not self.is_complete else " Its index is being built."
        return f"{self.done:,} of {self.wanted:,} {what} ({self.percent} %){failed}.{then}"

    def as_dict(self) -> dict[str, Any]:
        space = self.space
        return {
            "id": space.pk, "lens": space.lens, "state": space.state, "backbone": space.backbone,
            "weights_digest": space.weights_digest, "is_trained": space.is_trained, "pooling": space.pooling,
            "projection": space.projection, "dimensions": space.dimensions, "metric": space.metric,
            "done": self.done, "wanted": self.wanted, "failed": self.failed, "problem": space.problem,
            "auto_activate": space.auto_activate, "fitted_on": space.fitted_on,
        }  # fmt: skip


def title(space: Space) -> str:
    """What a space is made of, in a line."""
    trained = "" if space.is_trained else ", untrained"
    digest = f" {space.weights_digest[:8]}" if space.weights_digest else ""
    size = f"{space.projection.partition(':')[0] or 'not whitened'}, {space.dimensions} numbers, {space.metric}"
    return f"{space.backbone}{digest}{trained}, {space.pooling}, {size if space.dimensions else space.metric}"


@dataclass(frozen=True)
class Sizes:
    """What is slow to count, all counted at one time."""

    pictures: int
    vectors: Mapping[int, int]  # by the space's id


def rows() -> list[Row]:
    """All spaces, by lens, the live one of each first. As many queries for a hundred of them as for one."""
    found = sorted(Space.objects.all(), key=lambda space: (space.lens, ORDER.index(SpaceState(space.state)), -space.pk))
    return rows_of(found)


def row_of(space: Space) -> Row:
    (row,) = rows_of([space])
    return row


def rows_of(found: Sequence[Space]) -> list[Row]:
    sizes = sizes_of(found)
    failed = job_queue.count([space.step_key for space in found], [StepState.FAILED])
    fitting = [space for space in found if space.state == SpaceState.FITTING]
    left = job_queue.count([space.step_key for space in fitting], job_queue.UNFINISHED)
    sampled = dict(Sample.objects.filter(space__in=fitting).values_list("space").annotate(rows=Count("*")))
    rows = []
    for space in found:
        done, wanted = sizes.vectors[space.pk], sizes.pictures
        if space.state == SpaceState.FITTING:
            done = sampled.get(space.pk, 0)
            wanted = done + failed[space.step_key] + left[space.step_key]
        elif space.state == SpaceState.RETIRED:
            wanted = 0
        has_index = space.state != SpaceState.BUILDING or hnsw.is_made(space)  # of the few that may have none yet
        rows.append(Row(space, done, wanted, failed[space.step_key], has_index))
    return rows


def sizes_of(found: Sequence[Space]) -> Sizes:
    """As they are now, or where they are large, as they were at most HELD_S ago."""
    held: Sizes | None = cache.get(HELD)
    if held is not None and held.vectors.keys() >= {space.pk for space in found}:
        return held
    counted = dict(Embedding.objects.filter(space__in=found).values_list("space").annotate(rows=Count("*")))
    sizes = Sizes(ArtworkImage.objects.count(), {space.pk: counted.get(space.pk, 0) for space in found})
    if sizes.pictures + sum(sizes.vectors.values()) >= LARGE:
        cache.set(HELD, sizes, HELD_S)
    return sizes
