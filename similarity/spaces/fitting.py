"""Fit the projection of a space on a sample of raw vectors, and begin to build the space. Runs in CPU workers."""

import datetime as dt
import logging
from dataclasses import asdict

import numpy as np
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from numpy.typing import NDArray

from collection.imaging.refusals import gettext_noop
from collection.jobs import job_queue
from collection.models import ArtworkImage
from similarity.index import advisory_locks, store
from similarity.models import Sample, Space, SpaceState
from similarity.spaces import lifecycle, planning, projections
from similarity.vision.contract import Recipe
from similarity.vision.descriptors import projection
from similarity.vision.descriptors.projection import Projection
from similarity.vision.lenses import ALL

SAME_AS_LIVE = gettext_noop("It came out the same as space %(number)s; that one is live.")
SAME_AS_OTHER = gettext_noop("It came out the same as space %(number)s; activate that one.")

logger = logging.getLogger(__name__)

# The least number. With hardly more pictures than dimensions, a projection overfits: it drives the pictures of its
# sample apart, so that any other picture is nearer to each of them than they are to one another.
PICTURES_PER_DIMENSION = 4
BATCH = 500  # pictures whose vectors are written in one transaction
LOCK = 0x4B1D2F1  # advisory lock of the one worker that fits


def put(space: Space, image_ids: list[int], raw: NDArray[np.float32]) -> None:
    """Store (N, R) float32 raw vectors, one row for each picture, as the sample of a space that is being fitted."""
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
    with advisory_locks.try_lock(LOCK) as is_alone:
        due = [space for space in lifecycle.open_spaces() if is_due(space)] if is_alone else []
        for space in due:
            fit(space)
    return len(due)


def is_due(space: Space) -> bool:
    """Return True if the sample is complete, large enough, and of another size than one that could not be fitted."""
    if space.state != SpaceState.FITTING or job_queue.left(space.job_key, up_to=1) or is_arriving(space):
        return False
    return space.samples.count() >= lifecycle.ENOUGH and space.samples.count() != space.fitted_on


def is_arriving(space: Space) -> bool:
    """Return True while pictures still wait for the live space. The sample will get these pictures too.

    A live space with a problem does not count: no worker embeds pictures into it.
    """
    before = lifecycle.live(space.lens)
    if before is None or before.problem:
        return False
    return lifecycle.sample_room(space) > 0 and job_queue.left(before.job_key, up_to=1) > 0


def fit(space: Space) -> None:
    """Fit the space's projection on its sample and begin to build it. If that fails, `problem` says why."""
    started_at = timezone.now()  # pictures added from now on are not part of the sample
    ids, raw = sample_of(space)
    try:
        fitted = fit_projection(space.recipe, raw)
    except projection.ProjectionError as error:
        record_problem(space, str(error), len(ids))
        return
    if identical := identical_space(space, fitted):
        retire_repeated(space, identical, len(ids))
        return
    if begin_building(space, fitted, len(ids), started_at):
        build_from(space, ids, raw)
        lifecycle.add_missing_jobs(space)
        logger.info("Fitted on %s pictures: %s", len(ids), space)


def fit_projection(recipe: Recipe, raw: NDArray[np.float32]) -> Projection:
    """Fit a projection of the lens's kind on (N, R) float32 raw vectors. Raise ProjectionError.

    If the lens has several parts, all parts of all pictures have the same projection.
    """
    lens = ALL[recipe.lens]
    dimensions = max(1, min(lens.dimensions, len(raw) // PICTURES_PER_DIMENSION))
    if lens.fit == "whitened":
        return projection.whiten(raw.reshape(len(raw) * lens.parts, -1), dimensions)
    return projection.root_pca(raw, recipe.lengths(raw.shape[1]), dimensions)


def record_problem(space: Space, problem: str, tried_on: int) -> None:
    """Record why the fit failed. It is tried again when the sample has another size."""
    logger.warning("Space %s can't be fitted: %s", space.pk, problem)
    Space.objects.filter(pk=space.pk).update(problem=problem, fitted_on=tried_on)


def retire_repeated(space: Space, identical: Space, tried_on: int) -> None:
    """Retire a space whose projection equals that of a space in use, and record which.

    If it stayed, it would be fitted on a larger sample later, and go live long after somebody asked for it.
    """
    text = SAME_AS_LIVE if identical.state == SpaceState.LIVE else SAME_AS_OTHER
    problem = text % {"number": identical.pk}
    waiting = Space.objects.filter(pk=space.pk, state=SpaceState.FITTING)
    if waiting.update(state=SpaceState.RETIRED, problem=problem, fitted_on=tried_on, auto_activate=False):
        logger.info("Retired: space %s. %s", space.pk, problem)


def identical_space(space: Space, fitted: Projection) -> Space | None:
    """Return the space in use that has the same network, recipe, metric and projection, if there is one."""
    identical = Space.objects.filter(
        **asdict(space.identity), **asdict(space.recipe), metric=space.metric, projection=fitted.label
    )
    return identical.exclude(state__in=[SpaceState.FITTING, SpaceState.RETIRED]).first()


@transaction.atomic
def begin_building(space: Space, fitted: Projection, fitted_on: int, fitted_at: dt.datetime) -> bool:
    """Store the projection. Return False if another worker did so already, or a person has retired the space."""
    space.refresh_from_db(from_queryset=Space.objects.select_for_update(no_key=True))
    if space.state != SpaceState.FITTING:
        return False
    job_queue.forget(space.job_key)
    projections.store(space, fitted, fitted_on=fitted_on)
    space.state, space.problem, space.fitted_at = SpaceState.BUILDING, "", fitted_at
    space.save(update_fields=["state", "problem", "fitted_at"])
    return True


def sample_of(space: Space) -> tuple[list[int], NDArray[np.float32]]:
    """Return N image ids, ascending, and (N, R) float32 raw vectors in the same order."""
    samples = dict(space.samples.order_by("image").values_list("image", "raw"))
    return list(samples), np.stack([np.frombuffer(bytes(row), "<f2") for row in samples.values()]).astype(np.float32)


def build_from(space: Space, image_ids: list[int], raw: NDArray[np.float32]) -> None:
    """Store the vectors of the sample, computed from (N, R) raw vectors. Its pictures are not described again."""
    for start in range(0, len(image_ids), BATCH):
        vectors = projections.apply(space, raw[start : start + BATCH])
        is_fit = store.usable(space, vectors)
        good = {pk: vectors[row] for row, pk in enumerate(image_ids[start : start + BATCH]) if is_fit[row]}
        with transaction.atomic():
            there = ArtworkImage.objects.filter(pk__in=good).order_by("pk").select_for_update(no_key=True)
            ids = list(there.values_list("pk", flat=True))
            if ids:
                store.put_all(space, ids, np.stack([good[pk] for pk in ids]))
                job_queue.note_done(ids, space.job_key)
    space.samples.all().delete()


def plan_refits() -> None:
    """Plan a new fit for each live space whose collection has at least doubled since its fit.

    A space that was fitted on a full sample needs none. Nothing is planned if a person rolled such a refit back. After
    a refit without success, the collection must double again.
    """
    for space in lifecycle.searched_spaces():
        if space.is_shipped or space.supervision or not 0 < space.fitted_on < lifecycle.SAMPLE:
            continue
        tried_on = failed_refit_size(space)
        if 0 < tried_on <= space.fitted_on:  # the sample did not grow with the collection: files can't be read
            continue
        others = Space.objects.filter(lens=space.lens, supervision__isnull=True).exclude(pk=space.pk)
        rolled_back = Q(state=SpaceState.PREVIOUS, fitted_on__gt=space.fitted_on)
        rivals = others.filter(Q(state__in=[SpaceState.FITTING, SpaceState.BUILDING]) | rolled_back)
        enough = 2 * max(tried_on, space.fitted_on)
        has_doubled = space.embeddings.all()[:enough].count() == enough
        if has_doubled and not rivals.exists():
            planning.plan(space.identity, space.recipe, auto_activate=True, metric=space.metric)


def failed_refit_size(space: Space) -> int:
    """Return the number of pictures in the largest sample of a refit that is retired by now; 0 if there was none."""
    same = Space.objects.filter(**asdict(space.identity), **asdict(space.recipe), metric=space.metric)
    tried = same.filter(supervision__isnull=True, state=SpaceState.RETIRED, created_at__gt=space.created_at)
    return tried.aggregate(most=Max("fitted_on"))["most"] or 0
