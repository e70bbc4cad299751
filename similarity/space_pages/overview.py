"""The state and progress of every space, and what each waits for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.cache import caches
from django.db.models import Count
from django.utils.translation import gettext, ngettext

from collection.files import refusal_texts
from collection.jobs import job_queue
from collection.models import ArtworkImage, JobState
from similarity.index import hnsw
from similarity.learning import supervision
from similarity.models import Embedding, Sample, Space, SpaceState
from similarity.spaces import lifecycle

LARGE = 100_000  # vectors and pictures; fewer are counted at each call, which costs little
PROCESS = "process"  # the cache of this process
CACHED_S = 60  # how long each web process caches larger counts; workers add a few thousandths in that time
CACHE_KEY = "similarity.space_pages.overview.sizes"
ORDER = [SpaceState.LIVE, SpaceState.BUILDING, SpaceState.FITTING, SpaceState.PREVIOUS, SpaceState.RETIRED]


@dataclass(frozen=True)
class Row:
    """A space with its progress, in words for people."""

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
        if self.space.state == SpaceState.BUILDING and self.is_ready:
            return gettext("Ready")
        return self.space.get_state_display()

    @property
    def percent(self) -> int:
        return int(100 * self.done / self.wanted) if self.wanted else 100

    @property
    def behind(self) -> int:
        """Return how many pictures the space lacks, such as those added while it was not open."""
        return max(self.wanted - self.done - self.failed, 0)

    @property
    def what_follows(self) -> str:
        """Return a sentence on the pictures that the space lacks when it goes live; "" if it lacks none."""
        if not self.behind:
            return ""
        return ngettext(
            "%(count)s picture added since then is processed before all other work."
            " Until then they are not compared with the others.",
            "%(count)s pictures added since then are processed before all other work."
            " Until then they are not compared with the others.",
            self.behind,
        ) % {"count": intcomma(self.behind)}

    @property
    def is_complete(self) -> bool:
        return self.done + self.failed >= self.wanted

    @property
    def is_ready(self) -> bool:
        """Return True if a person can make the space live now."""
        is_built = self.space.state == SpaceState.BUILDING and self.is_complete and self.has_index
        return is_built or self.space.state == SpaceState.PREVIOUS

    @property
    def is_not_better(self) -> bool:
        """Return True if the space is learned from records and not proved better than the look it was learned from."""
        return bool(self.space.supervision) and not supervision.is_better(self.space.supervision or {})

    @property
    def is_moving(self) -> bool:
        """Return True if the state will change automatically; False if it waits for a person or more pictures."""
        if self.space.problem or self.space.state not in (SpaceState.FITTING, SpaceState.BUILDING):
            return False
        if not self.is_complete:
            return True
        if self.space.state == SpaceState.FITTING:
            return self.done >= lifecycle.ENOUGH
        return self.space.auto_activate or not self.has_index

    @property
    def status(self) -> str:
        """Return a sentence on the progress, or on why there is none."""
        if self.space.problem:
            return refusal_texts.stored(self.space.problem)
        if self.space.supervision and self.is_complete and self.space.state != SpaceState.RETIRED:
            return supervision.in_words(self.space.supervision)
        if self.space.state == SpaceState.RETIRED:
            return self.left_to_delete
        if self.space.state == SpaceState.FITTING and self.done < lifecycle.ENOUGH and self.is_complete:
            text = gettext("Has %(done)s of at least %(least)s pictures. A projection cannot be fitted on fewer.")
            return text % {"done": intcomma(self.done), "least": lifecycle.ENOUGH}
        if self.has_index or not self.is_complete:
            return self.progress
        return " ".join([self.progress, gettext("Its index is being built.")])

    @property
    def left_to_delete(self) -> str:
        """Return a sentence on the vectors of a retired space."""
        if not self.done:
            return gettext("Its vectors are deleted.")
        return ngettext(
            "%(count)s vectors are still to be deleted.", "%(count)s vectors are still to be deleted.", self.done
        ) % {"count": intcomma(self.done)}

    @property
    def progress(self) -> str:
        """Return how many pictures are processed, and how many failed."""
        if self.space.state == SpaceState.FITTING:
            text = (
                gettext("%(done)s of %(wanted)s pictures processed for the fit (%(percent)s %%), %(failed)s failed.")
                if self.failed
                else gettext("%(done)s of %(wanted)s pictures processed for the fit (%(percent)s %%).")
            )
        elif self.failed:
            text = gettext("%(done)s of %(wanted)s pictures (%(percent)s %%), %(failed)s failed.")
        else:
            text = gettext("%(done)s of %(wanted)s pictures (%(percent)s %%).")
        numbers = {"done": self.done, "wanted": self.wanted, "failed": self.failed}
        return text % {**{name: intcomma(number) for name, number in numbers.items()}, "percent": self.percent}

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
    """Return network, pooling, projection and metric of a space in one line."""
    parts = [f"{space.backbone} {space.weights_digest[:8]}".rstrip()]
    if not space.is_trained:
        parts.append(gettext("untrained"))
    parts.append(space.pooling)
    if space.dimensions:
        parts.append(space.projection.partition(":")[0] or gettext("not whitened"))
        parts.append(gettext("%(count)s numbers") % {"count": space.dimensions})
    return ", ".join([*parts, space.metric])


@dataclass(frozen=True)
class Sizes:
    """Counts that are slow in a large collection, all taken at the same time."""

    pictures: int
    vectors: Mapping[int, int]  # by the space's id


def rows() -> list[Row]:
    """Return all spaces by lens, the live one first. The number of queries does not depend on that of the spaces."""
    found = sorted(Space.objects.all(), key=lambda space: (space.lens, ORDER.index(SpaceState(space.state)), -space.pk))
    return rows_of(found)


def row_of(space: Space) -> Row:
    (row,) = rows_of([space])
    return row


def rows_of(found: Sequence[Space]) -> list[Row]:
    sizes = sizes_of(found)
    failed = job_queue.count([space.job_key for space in found], [JobState.FAILED])
    fitting = [space for space in found if space.state == SpaceState.FITTING]
    left = job_queue.count([space.job_key for space in fitting], job_queue.UNFINISHED)
    sampled = dict(Sample.objects.filter(space__in=fitting).values_list("space").annotate(rows=Count("*")))
    rows = []
    for space in found:
        done, wanted = sizes.vectors[space.pk], sizes.pictures
        if space.state == SpaceState.FITTING:
            done = sampled.get(space.pk, 0)
            wanted = done + failed[space.job_key] + left[space.job_key]
        elif space.state == SpaceState.RETIRED:
            wanted = 0
        has_index = space.state != SpaceState.BUILDING or hnsw.is_made(space)  # others have one
        rows.append(Row(space, done, wanted, failed[space.job_key], has_index))
    return rows


def sizes_of(found: Sequence[Space]) -> Sizes:
    """Return the counts; of a large collection they are at most CACHED_S old."""
    cached: Sizes | None = caches[PROCESS].get(CACHE_KEY)
    if cached is not None and cached.vectors.keys() >= {space.pk for space in found}:
        return cached
    counted = dict(Embedding.objects.filter(space__in=found).values_list("space").annotate(rows=Count("*")))
    sizes = Sizes(ArtworkImage.objects.count(), {space.pk: counted.get(space.pk, 0) for space in found})
    if sizes.pictures + sum(sizes.vectors.values()) >= LARGE:
        caches[PROCESS].set(CACHE_KEY, sizes, CACHED_S)
    return sizes
