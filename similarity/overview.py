"""What there is to say of every space: its state, how far it is, and what it waits for."""

from dataclasses import dataclass
from typing import Any

from collection import steps
from collection.models import ArtworkImage, Step, StepState
from similarity import spaces
from similarity.models import Space, SpaceState

ORDER = [SpaceState.LIVE, SpaceState.BUILDING, SpaceState.FITTING, SpaceState.KEPT, SpaceState.RETIRED]


@dataclass(frozen=True)
class Row:
    """A space, and for people: what it is made of, and how far it is."""

    space: Space
    done: int
    wanted: int
    failed: int

    @property
    def title(self) -> str:
        return title(self.space)

    @property
    def percent(self) -> int:
        return int(100 * self.done / self.wanted) if self.wanted else 100

    @property
    def is_complete(self) -> bool:
        return self.done + self.failed >= self.wanted

    @property
    def status(self) -> str:
        """One sentence on how far it is; why it does not go on, where it does not."""
        if self.space.problem:
            return self.space.problem
        if self.space.state == SpaceState.RETIRED:
            return f"Cleared away, but for {self.done:,} vectors." if self.done else "Cleared away."
        if self.space.state == SpaceState.FITTING and self.done < spaces.ENOUGH and self.is_complete:
            return (
                f"Has {self.done:,} of at least {spaces.ENOUGH} pictures: of fewer it can't be told in which"
                " directions pictures of this collection differ, which is what whitening needs."
            )
        failed = f", {self.failed:,} failed" if self.failed else ""
        what = "pictures looked at, to be fitted on" if self.space.state == SpaceState.FITTING else "pictures"
        return f"{self.done:,} of {self.wanted:,} {what} ({self.percent} %){failed}."

    def as_dict(self) -> dict[str, Any]:
        space = self.space
        return {
            "id": space.pk, "lens": space.lens, "state": space.state, "backbone": space.backbone,
            "weights_digest": space.weights_digest, "is_trained": space.is_trained, "pooling": space.pooling,
            "projection": space.projection, "dimensions": space.dimensions, "metric": space.metric,
            "done": self.done, "wanted": self.wanted, "failed": self.failed, "problem": space.problem,
            "switches_itself": space.switches_itself, "fitted_on": space.fitted_on,
        }  # fmt: skip


def title(space: Space) -> str:
    """What a space is made of, in a line."""
    trained = "" if space.is_trained else ", untrained"
    digest = f" {space.weights_digest[:8]}" if space.weights_digest else ""
    size = f"{space.projection.partition(':')[0] or 'not whitened'}, {space.dimensions} numbers, {space.metric}"
    return f"{space.backbone}{digest}{trained}, {space.pooling}, {size if space.dimensions else space.metric}"


def rows() -> list[Row]:
    """All spaces, by lens, the live one of each first."""
    found = sorted(Space.objects.all(), key=lambda space: (space.lens, ORDER.index(SpaceState(space.state)), -space.pk))
    return [row_of(space) for space in found]


def row_of(space: Space) -> Row:
    failed = Step.objects.filter(key=space.step_key, state=StepState.FAILED).count()
    if space.state == SpaceState.FITTING:
        done = space.samples.count()
        return Row(space, done, done + failed + steps.left(space.step_key), failed)
    done = space.embeddings.count()
    wanted = 0 if space.state == SpaceState.RETIRED else ArtworkImage.objects.count()
    return Row(space, done, wanted, failed)
