"""Spaces that are learned from the museum's own records: works of one class, maker, culture or department come closer.

A supervised space is the plain look followed by one more linear map (`vision.discriminant`). The map is fitted on the
stored vectors of the plain look, so no picture passes a network again. What it is worth is measured on works that it
was not fitted on: the map of one half of the works is tried on the other half. The space then gets a map that is
fitted on all of them.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from collection import steps
from collection.models import ArtworkImage
from similarity import curation, index, projections, spaces
from similarity.evaluation import held_out, likeness_works
from similarity.evaluation.held_out import HeldOut
from similarity.evaluation.likeness import MeaninglessError
from similarity.evaluation.likeness_fields import FIELDS, Field
from similarity.evaluation.likeness_works import Works
from similarity.models import Space, SpaceState
from similarity.vision import discriminant, projection
from similarity.vision.discriminant import DiscriminantError
from similarity.vision.lenses import LOOK
from similarity.vision.projection import Projection

logger = logging.getLogger(__name__)

SLICE = 2_000  # vectors that are moved at once

BY_KEY = {field.key: field for field in FIELDS}


def plan(key: str) -> Space:
    """Build a space of the look that is learned from a field: classification, maker, culture or department.

    It holds the vectors of every picture at once; it never goes live by itself. Raise spaces.SpaceError.
    """
    plain = plain_look()
    field = BY_KEY[key]
    works = likeness_works.labelled(plain, None, field)
    pairs = pairs_among(works)
    try:
        measured = measure(works, pairs, field)
        matrix, mean = discriminant.fit(works.vectors, works.labels, pairs)
    except (DiscriminantError, MeaninglessError) as error:
        raise spaces.SpaceError(str(error)) from None
    fitted = projection.supervised(projections.of(plain.pk, plain.projection), mean, matrix)
    space = begin(plain, fitted, results(field, works, pairs, measured))
    fill(space, plain, matrix, mean)
    spaces.note_missing(space)
    logger.info("Learned from %s: %s", key, space)
    return space


def plain_look() -> Space:
    """Return the space to learn from: the live look, or the one before it if that one is supervised itself."""
    usable = Space.objects.filter(lens=LOOK, state__in=[SpaceState.LIVE, SpaceState.KEPT]).exclude(projection="")
    plain = usable.filter(supervision__isnull=True).order_by("-live_from").first()
    if plain is None:
        raise spaces.SpaceError("There is no look with a fitted projection to learn from yet.")
    return plain


def pairs_among(works: Works) -> list[tuple[int, int, bool]]:
    """Return curators' pins (True) and bans (False) between works that are learned from, as rows of these."""
    homes = ArtworkImage.objects.filter(pk__in=works.image_ids).values_list("pk", "artwork_id")
    row_of_image = {pk: row for row, pk in enumerate(works.image_ids)}
    rows = {work_id: row_of_image[pk] for pk, work_id in homes}
    told = curation.training_pairs()
    return [(rows[one], rows[other], is_like) for one, other, is_like in told if one in rows and other in rows]


def measure(works: Works, pairs: Sequence[tuple[int, int, bool]], field: Field) -> HeldOut:
    """Fit on one half of the works, and compare with the plain vectors on the other.

    Works by one maker stay in one half, unless the makers are what is learned. Raise DiscriminantError and
    MeaninglessError.
    """
    together = None if field.is_recall else makers_of(works.image_ids)
    halves = held_out.split(works.labels, together=together)
    fitted, held = (take(works, half) for half in halves)
    place = {row: number for number, row in enumerate(halves[0].tolist())}
    inside = [(place[one], place[other], like) for one, other, like in pairs if one in place and other in place]
    found = discriminant.fit(fitted.vectors, fitted.labels, inside)
    return held_out.compare(held.vectors, found.apply(held.vectors), held.collections, held.labels, field)


def makers_of(image_ids: Sequence[int]) -> list[list[str]]:
    makers = dict(ArtworkImage.objects.filter(pk__in=image_ids).values_list("pk", "artwork__creators"))
    return [likeness_works.names(makers[pk]) for pk in image_ids]


def take(works: Works, rows: np.ndarray) -> Works:
    chosen = rows.tolist()
    return Works(
        [works.image_ids[row] for row in chosen],
        works.vectors[rows],
        [works.collections[row] for row in chosen],
        [works.labels[row] for row in chosen],
    )


def results(field: Field, works: Works, pairs: Sequence[tuple[int, int, bool]], found: HeldOut) -> dict[str, Any]:
    """Return what is kept of the measurement, as JSON."""
    return {
        "field": field.key,
        "works": len(works.image_ids),
        "classes": len({name for names in works.labels for name in names}),
        "pins": sum(is_like for _, _, is_like in pairs),
        "bans": sum(not is_like for _, _, is_like in pairs),
        **asdict(found),
    }


@transaction.atomic
def begin(plain: Space, fitted: Projection, supervision: Mapping[str, Any]) -> Space:
    """Save the space and its projection. Raise SpaceError if it would be the same as one that is in use."""
    same = Space.objects.filter(**asdict(plain.identity), **asdict(plain.recipe), projection=fitted.label)
    known = same.exclude(state=SpaceState.RETIRED).first()
    if known is not None:
        raise spaces.SpaceError(f"Space {known.pk} is the same; the records and pins have not changed since.")
    space = Space.objects.create(
        **asdict(plain.identity), **asdict(plain.recipe), metric=plain.metric, state=SpaceState.BUILDING,
        dimensions=fitted.dimensions, projection=fitted.label, supervision=dict(supervision), fitted_at=timezone.now(),
    )  # fmt: skip
    projections.store(space, fitted, fitted_on=supervision["works"])
    return space


def fill(space: Space, plain: Space, matrix: np.ndarray, mean: np.ndarray) -> None:
    """Map the plain space's vectors. What a crash leaves out is noted as missing, and workers embed it."""
    moved = discriminant.Discriminant(mean, matrix)
    for image_ids in slices(plain):
        vectors = index.vectors_of(plain, image_ids)
        rows = moved.apply(np.stack([vectors[pk] for pk in vectors]))
        is_fit = index.usable(space, rows)
        good = {pk: rows[place] for place, pk in enumerate(vectors) if is_fit[place]}
        with transaction.atomic():
            there = ArtworkImage.objects.filter(pk__in=good).order_by("pk").select_for_update(no_key=True)
            ids = list(there.values_list("pk", flat=True))
            if ids:
                index.put_all(space, ids, np.stack([good[pk] for pk in ids]))
                steps.note_done(ids, space.step_key)


def slices(plain: Space) -> Iterator[list[int]]:
    """Yield the pictures of a space, SLICE at a time."""
    after = 0
    while ids := list(
        plain.embeddings.filter(image_id__gt=after).order_by("image_id").values_list("image_id", flat=True)[:SLICE]
    ):
        yield ids
        after = ids[-1]


def in_words(supervision: Mapping[str, Any]) -> str:
    """Say in a sentence or two what a supervised space is worth on works that it was not fitted on."""
    field = BY_KEY[supervision["field"]]
    now, before = (100 * supervision[name]["value"] for name in ("supervised", "plain"))
    if field.is_recall:
        found = (
            f"{now:.0f} of 100 works by the same {field.one} are among the ten nearest; by the plain look {before:.0f}"
        )
    else:
        found = f"{now:.0f} of 100 neighbours are of the same {field.one}; by the plain look {before:.0f}"
    verdict = "Better than the plain look." if is_better(supervision) else "Not surely better than the plain look."
    return f"Learned from {supervision['works']:,} records. On works that it was not fitted on, {found}. {verdict}"


def is_better(supervision: Mapping[str, Any]) -> bool:
    """Whether the whole interval of the ratio lies above 1."""
    low: float | None = supervision["ratio_interval"][0]
    return low is not None and low > 1
