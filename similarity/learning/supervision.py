"""Build supervised spaces: works of one class, maker, culture or department move closer together.

A supervised space is the plain look followed by one more linear map (`vision.descriptors.discriminant`). The map is
fitted on the stored vectors of the plain look, so no picture passes through a network again. Its benefit is measured on
held-out works: a map is fitted on one half of the works and tested on the other half. The space then gets a map that is
fitted on all works.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from collection.jobs import job_queue
from collection.models import ArtworkImage
from similarity.index import store
from similarity.learning import training_works
from similarity.learning.training_works import TrainingWorks
from similarity.measures import held_out
from similarity.measures.held_out import HeldOut
from similarity.measures.likeness import MeaninglessError
from similarity.measures.record_fields import FIELDS, Field
from similarity.models import Space, SpaceState
from similarity.spaces import lifecycle, projections
from similarity.vision.descriptors import discriminant, projection
from similarity.vision.descriptors.discriminant import Discriminant, DiscriminantError
from similarity.vision.lenses import LOOK

logger = logging.getLogger(__name__)

SLICE = 2_000  # vectors that are mapped in one transaction

NOTHING_TO_LEARN_FROM = (
    "There is no finished look to learn from. If every stored look was learned itself, build a plain one first:"
    " manage.py spaces build."
)
TOO_FEW_IN_HALF = "The works are split into two halves, to fit on one and test on the other; one half is too small. {}"

OF_MAKERS = gettext_noop(  # only makers are measured by recall
    "Learned from %(works)s records. On works that it did not learn from, %(now)s of 100 works by the same maker are"
    " among the ten nearest (plain look: %(before)s)."
)
OF_FIELD = gettext_noop(
    "Learned from %(works)s records. On works that it did not learn from, %(now)s of 100 neighbours have the same"
    " %(field)s (plain look: %(before)s)."
)
BY_KEY = {field.key: field for field in FIELDS}


def plan(key: str) -> Space:
    """Build a space of the look that is fitted to a field: classification, maker, culture or department.

    The space gets the vectors of all pictures. It never goes live automatically. Raise lifecycle.SpaceError.
    """
    learned = learn(key)
    space = begin(learned)
    fill(space, learned)
    return space


def learn(key: str) -> "Learned":
    """Fit the map and measure it. Write nothing. It takes seconds on one core. Raise lifecycle.SpaceError."""
    plain = plain_look()
    field = BY_KEY[key]
    works = training_works.gather(plain, field)
    try:
        fitted = discriminant.fit(works.vectors, works.labels, works.pairs)
        measured = measure(works, field)
    except (DiscriminantError, MeaninglessError) as error:
        raise lifecycle.SpaceError(str(error)) from None
    return Learned(plain, fitted, results(field, works, measured))


def plain_look() -> Space:
    """Return the space to learn from: the live look, or the previous one if the live look is supervised itself."""
    usable = Space.objects.filter(lens=LOOK, state__in=[SpaceState.LIVE, SpaceState.PREVIOUS]).exclude(projection="")
    plain = usable.filter(supervision__isnull=True).exclude(lifecycle.OUTDATED).order_by("-live_from").first()
    if plain is None:
        raise lifecycle.SpaceError(NOTHING_TO_LEARN_FROM)
    return plain


def measure(works: TrainingWorks, field: Field) -> HeldOut:
    """Fit on one half of the works, and compare with the plain vectors on the other half.

    Works by one maker stay in one half, unless makers are the field. Raise DiscriminantError or MeaninglessError.
    """
    grouped_by = None if field.is_recall else works.makers
    training, test = (works.part(rows) for rows in held_out.split(works.labels, grouped_by=grouped_by))
    try:
        fitted = discriminant.fit(training.vectors, training.labels, training.pairs)
    except DiscriminantError as error:
        raise DiscriminantError(TOO_FEW_IN_HALF.format(error)) from None
    return held_out.compare(test.vectors, fitted.apply(test.vectors), test.collections, test.labels, field)


def results(field: Field, works: TrainingWorks, measured: HeldOut) -> dict[str, Any]:
    """Return the results to store with the space, as JSON."""
    return {
        "field": field.key,
        "works": works.labelled,
        "classes": len({name for names in works.labels for name in names}),
        "pins": works.pins,
        "bans": works.bans,
        **asdict(measured),
    }


@transaction.atomic
def begin(learned: "Learned") -> Space:
    """Create the space and its projection. Raise SpaceError if a space in use is identical."""
    plain, linear = learned.plain, learned.fitted
    fitted = projection.supervised(projections.of(plain.pk, plain.projection), linear.mean, linear.matrix)
    same = Space.objects.filter(**asdict(plain.identity), **asdict(plain.recipe), projection=fitted.label)
    known = same.exclude(state=SpaceState.RETIRED).first()
    if known is not None:
        raise lifecycle.SpaceError(f"Space {known.pk} is identical: the records and pins have not changed since.")
    space = Space.objects.create(
        **asdict(plain.identity), **asdict(plain.recipe), metric=plain.metric, state=SpaceState.BUILDING,
        dimensions=fitted.dimensions, projection=fitted.label, supervision=learned.results, fitted_at=timezone.now(),
    )  # fmt: skip
    projections.store(space, fitted, fitted_on=learned.results["works"])
    logger.info("Learned from %s: %s", learned.results["field"], space)
    return space


def fill(space: Space, learned: "Learned") -> None:
    """Map the vectors of the plain space. If a crash leaves pictures out, workers embed them later as missing ones."""
    for image_ids in slices(learned.plain):
        vectors = store.vectors_of(learned.plain, image_ids)
        rows = learned.fitted.apply(np.stack([vectors[pk] for pk in vectors]))
        is_fit = store.usable(space, rows)
        good = {pk: rows[place] for place, pk in enumerate(vectors) if is_fit[place]}
        with transaction.atomic():
            locked = ArtworkImage.objects.filter(pk__in=good).order_by("pk").select_for_update(no_key=True)
            ids = list(locked.values_list("pk", flat=True))
            if ids:
                store.put_all(space, ids, np.stack([good[pk] for pk in ids]))
                job_queue.note_done(ids, space.job_key)
    lifecycle.add_missing_jobs(space)


def slices(plain: Space) -> Iterator[list[int]]:
    """Yield the ids of the pictures of a space, SLICE at a time."""
    after = 0
    while ids := list(
        plain.embeddings.filter(image_id__gt=after).order_by("image_id").values_list("image_id", flat=True)[:SLICE]
    ):
        yield ids
        after = ids[-1]


def in_words(supervision: Mapping[str, Any]) -> str:
    """Return sentences on how a supervised space scored on works that it was not fitted on."""
    field = BY_KEY[supervision["field"]]
    now, before = (f"{100 * supervision[name]['value']:.0f}" for name in ("supervised", "plain"))
    values = {"works": intcomma(supervision["works"]), "field": gettext(field.one), "now": now, "before": before}
    score = gettext(OF_MAKERS if field.is_recall else OF_FIELD) % values
    better, not_better = gettext("Better than the plain look."), gettext("Not clearly better than the plain look.")
    return f"{score} {better if is_better(supervision) else not_better}"


def is_better(supervision: Mapping[str, Any]) -> bool:
    """Return whether the whole interval of the ratio lies above 1."""
    low: float | None = supervision["ratio_interval"][0]
    return low is not None and low > 1


@dataclass(frozen=True, eq=False)
class Learned:
    """The plain look, the map that follows it, and the results of the measurement as JSON."""

    plain: Space
    fitted: Discriminant
    results: dict[str, Any]
