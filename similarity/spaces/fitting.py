"""From a sample of raw vectors to a projection, and from there to a space that is being built."""

import datetime as dt
import logging
from dataclasses import asdict

import numpy as np
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from numpy.typing import NDArray

from collection.jobs import job_queue
from collection.models import ArtworkImage
from similarity.index import advisory_locks, store
from similarity.models import Sample, Space, SpaceState
from similarity.spaces import lifecycle, planning, projections
from similarity.vision.contract import Recipe
from similarity.vision.descriptors import projection
from similarity.vision.descriptors.projection import Projection
from similarity.vision.lenses import ALL

logger = logging.getLogger(__name__)

# Pictures for each dimension at least. Fitted on hardly more pictures than it has dimensions, a projection sets these
# apart from one another, and other pictures lie nearer to all of them than they do to each other.
PICTURES_PER_DIMENSION = 4
BATCH = 500
LOCK = 0x4B1D2EE  # held by the one worker that fits


def put(space: Space, image_ids: list[int], raw: NDArray[np.float32]) -> None:
    """(N, R): keeps raw vectors for a space that is being fitted."""
    Sample.objects.bulk_create(
        [
            Sample(space=space, image_id=pk, raw=row.astype("<f2").tobytes())
            for pk, row in zip(image_ids, raw, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["space", "image"],
        update_fields=["raw"],
    )


def run() -> int:
    """Fit the projections that are due. Return how many; 0 while another worker fits."""
    with advisory_locks.alone(LOCK) as is_alone:
        due = [space for space in lifecycle.open_spaces() if is_due(space)] if is_alone else []
        for space in due:
            fit(space)
    return len(due)


def is_due(space: Space) -> bool:
    """True once the sample is complete, and large enough, and differs from one that could not be fitted."""
    if space.state != SpaceState.FITTING or job_queue.left(space.step_key, up_to=1) or is_arriving(space):
        return False
    return space.samples.count() >= lifecycle.ENOUGH and space.samples.count() != space.fitted_on


def is_arriving(space: Space) -> bool:
    """True while the collection grows and the sample would grow with it. A live space that can't be served says
    nothing of that."""
    before = lifecycle.live(space.lens)
    if before is None or before.problem:
        return False
    return lifecycle.room(space) > 0 and job_queue.left(before.step_key, up_to=1) > 0


def fit(space: Space) -> None:
    """Fit the space's projection on its sample and begin to build it. If that fails, `problem` says why."""
    started_at = timezone.now()  # pictures that come in from now on are not part of the sample
    ids, raw = sample_of(space)
    try:
        fitted = fit_projection(space.recipe, raw)
    except projection.ProjectionError as error:
        give_up(space, str(error), len(ids))
        return
    if twin := same_as(space, fitted):
        end_as_same(space, twin, len(ids))
        return
    if begin_building(space, fitted, len(ids), started_at):
        build_from(space, ids, raw)
        lifecycle.note_missing(space)
        logger.info("Fitted on %s pictures: %s", len(ids), space)


def fit_projection(recipe: Recipe, raw: NDArray[np.float32]) -> Projection:
    """Fit on (N, R) raw vectors what the lens of a recipe asks for. Raise ProjectionError."""
    lens = ALL[recipe.lens]
    dimensions = max(1, min(lens.dimensions, len(raw) // PICTURES_PER_DIMENSION))
    if lens.fit == "whitened":
        return projection.whiten(raw, dimensions)
    return projection.root_pca(raw, recipe.lengths(raw.shape[1]), dimensions)


def give_up(space: Space, problem: str, tried_on: int) -> None:
    """Until the sample has another size."""
    logger.warning("Space %s can't be fitted: %s", space.pk, problem)
    Space.objects.filter(pk=space.pk).update(problem=problem, fitted_on=tried_on)


def end_as_same(space: Space, twin: Space, tried_on: int) -> None:
    """It would wait for a larger sample, and then go live long after anybody asked for it."""
    advice = "that one is live" if twin.state == SpaceState.LIVE else "activate that one"
    problem = f"It came out the same as space {twin.pk}; {advice}."
    waiting = Space.objects.filter(pk=space.pk, state=SpaceState.FITTING)
    if waiting.update(state=SpaceState.RETIRED, problem=problem, fitted_on=tried_on, auto_activate=False):
        logger.info("Retired: space %s. %s", space.pk, problem)


def same_as(space: Space, fitted: Projection) -> Space | None:
    """The space in use that this one would repeat."""
    alike = Space.objects.filter(
        **asdict(space.identity), **asdict(space.recipe), metric=space.metric, projection=fitted.label
    )
    return alike.exclude(state__in=[SpaceState.FITTING, SpaceState.RETIRED]).first()


@transaction.atomic
def begin_building(space: Space, fitted: Projection, fitted_on: int, fitted_at: dt.datetime) -> bool:
    """False where another worker was faster, or a person retired the space."""
    space.refresh_from_db(from_queryset=Space.objects.select_for_update(no_key=True))
    if space.state != SpaceState.FITTING:
        return False
    job_queue.forget(space.step_key)
    projections.store(space, fitted, fitted_on=fitted_on)
    space.state, space.problem, space.fitted_at = SpaceState.BUILDING, "", fitted_at
    space.save(update_fields=["state", "problem", "fitted_at"])
    return True


def sample_of(space: Space) -> tuple[list[int], NDArray[np.float32]]:
    """Image ids, and (N, R) raw vectors."""
    samples = dict(space.samples.order_by("image").values_list("image", "raw"))
    return list(samples), np.stack([np.frombuffer(bytes(row), "<f2") for row in samples.values()]).astype(np.float32)


def build_from(space: Space, image_ids: list[int], raw: NDArray[np.float32]) -> None:
    """The sample's pictures need no second look at them: their vectors come from their raw ones."""
    for start in range(0, len(image_ids), BATCH):
        vectors = projections.apply(space, raw[start : start + BATCH])
        is_fit = store.usable(space, vectors)
        good = {pk: vectors[row] for row, pk in enumerate(image_ids[start : start + BATCH]) if is_fit[row]}
        with transaction.atomic():
            there = ArtworkImage.objects.filter(pk__in=good).order_by("pk").select_for_update(no_key=True)
            ids = list(there.values_list("pk", flat=True))
            if ids:
                store.put_all(space, ids, np.stack([good[pk] for pk in ids]))
                job_queue.note_done(ids, space.step_key)
    space.samples.all().delete()


def plan_refits() -> None:
    """A projection fitted on few pictures is fitted anew when the collection has doubled since, up to a full sample.

    Not where such a refit was rolled back; where one was tried in vain, when the collection has doubled since that.
    """
    for space in lifecycle.searched_spaces():
        if space.is_shipped or space.supervision or not 0 < space.fitted_on < lifecycle.SAMPLE:
            continue
        tried_on = in_vain(space)
        if 0 < tried_on <= space.fitted_on:  # the sample does not grow with the collection: its files can't be read
            continue
        others = Space.objects.filter(lens=space.lens, supervision__isnull=True).exclude(pk=space.pk)
        refused = Q(state=SpaceState.PREVIOUS, fitted_on__gt=space.fitted_on)
        rivals = others.filter(Q(state__in=[SpaceState.FITTING, SpaceState.BUILDING]) | refused)
        enough = 2 * max(tried_on, space.fitted_on)
        has_doubled = space.embeddings.all()[:enough].count() == enough
        if has_doubled and not rivals.exists():
            planning.plan(space.identity, space.recipe, auto_activate=True, metric=space.metric)


def in_vain(space: Space) -> int:
    """Pictures that a refit of this space was tried on which is retired by now; 0 where there was none."""
    same = Space.objects.filter(**asdict(space.identity), **asdict(space.recipe), metric=space.metric)
    tried = same.filter(supervision__isnull=True, state=SpaceState.RETIRED, created_at__gt=space.created_at)
    return tried.aggregate(most=Max("fitted_on"))["most"] or 0
