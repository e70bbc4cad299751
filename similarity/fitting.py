"""From a sample of raw vectors to a projection, and from there to a space that is being built."""

import logging

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from collection import steps
from collection.models import ArtworkImage
from similarity import index, planning, projections, spaces
from similarity.models import Sample, Space, SpaceState
from similarity.vision import projection

logger = logging.getLogger(__name__)

DIMENSIONS = 256
SHRINKAGE = 0.1  # of the mean eigenvalue; measured on paintings, 0.05 to 0.3 differ little
BATCH = 500


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
    """Fits what is due; how many spaces were."""
    due = [space for space in spaces.open_spaces() if is_due(space)]
    for space in due:
        fit(space)
    return len(due)


def is_due(space: Space) -> bool:
    """True once the sample is complete, and large enough, and differs from one that could not be fitted."""
    if space.state != SpaceState.FITTING or steps.left(space.step_key) or is_arriving(space):
        return False
    return space.samples.count() >= spaces.ENOUGH and space.samples.count() != space.fitted_on


def is_arriving(space: Space) -> bool:
    """True while the collection grows and the sample would grow with it."""
    before = spaces.live(space.lens)
    return before is not None and spaces.room(space) > 0 and steps.left(before.step_key) > 0


def fit(space: Space) -> None:
    """Fits the space's projection on its sample and begins to build it. What can't be fitted is told in `problem`."""
    ids, raw = sample_of(space)
    try:
        fitted = projection.fit(raw, DIMENSIONS, SHRINKAGE)
    except projection.ProjectionError as error:
        logger.warning("Space %s can't be fitted: %s", space.pk, error)
        Space.objects.filter(pk=space.pk).update(problem=str(error), fitted_on=len(ids))
        return
    with transaction.atomic():
        held = Space.objects.select_for_update().get(pk=space.pk)
        if held.state != SpaceState.FITTING:  # another worker was faster, or a person retired it
            return
        steps.forget(held.step_key)
        projections.store(held, fitted, fitted_on=len(ids))
        held.state, held.problem = SpaceState.BUILDING, ""
        held.save(update_fields=["state", "problem"])
        index.create(held)
    build_from(held, ids, raw)
    spaces.note_missing(held)
    logger.info("Fitted on %s pictures: %s", len(ids), held)


def sample_of(space: Space) -> tuple[list[int], NDArray[np.float32]]:
    """Image ids, and (N, R) raw vectors."""
    samples = dict(space.samples.order_by("image").values_list("image", "raw"))
    return list(samples), np.stack([np.frombuffer(bytes(row), "<f2") for row in samples.values()]).astype(np.float32)


def build_from(space: Space, image_ids: list[int], raw: NDArray[np.float32]) -> None:
    """The sample's pictures need no second look at them: their vectors come from their raw ones."""
    for start in range(0, len(image_ids), BATCH):
        vectors = projections.apply(space, raw[start : start + BATCH])
        is_fit = index.usable(space, vectors)
        fit = {pk: vectors[row] for row, pk in enumerate(image_ids[start : start + BATCH]) if is_fit[row]}
        with transaction.atomic():
            there = ArtworkImage.objects.filter(pk__in=fit).order_by("pk").select_for_update(no_key=True)
            ids = list(there.values_list("pk", flat=True))
            if ids:
                index.put_all(space, ids, np.stack([fit[pk] for pk in ids]))
                steps.note_done(ids, space.step_key)
    space.samples.all().delete()


def plan_refits() -> None:
    """A projection fitted on few pictures is fitted anew when the collection has doubled since, up to a full sample."""
    for space in spaces.live_spaces():
        if not 0 < space.fitted_on < spaces.SAMPLE:
            continue
        rivals = Space.objects.filter(lens=space.lens, state__in=[SpaceState.FITTING, SpaceState.BUILDING])
        has_doubled = space.embeddings.all()[: 2 * space.fitted_on].count() == 2 * space.fitted_on
        if has_doubled and not rivals.exists():
            planning.plan(space.identity, space.recipe, switches_itself=True, metric=space.metric)
