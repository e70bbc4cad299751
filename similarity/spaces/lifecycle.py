"""The states of a space, in order: fitting, building, live, previous, retired.

A new network, pooling or projection makes a new space. The workers build it beside the live one. One transaction makes
it live, and one transaction rolls back. Each lens has at most one live space and one previous space.
"""

import logging
from collections.abc import Iterable

import numpy as np
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from numpy.typing import NDArray

from collection.audit.recording import Verb, record
from collection.imaging.refusals import gettext_noop
from collection.jobs import job_queue
from collection.models import ArtworkImage
from similarity.index import hnsw, percentiles, sampling, store
from similarity.models import Space, SpaceState
from similarity.vision.lenses import ALL, DEFAULT_LENS, LENSES, MATCH
from similarity.vision.twin import weights_file

logger = logging.getLogger(__name__)

OPEN = [SpaceState.FITTING, SpaceState.BUILDING, SpaceState.LIVE]
SAMPLE = 2_000  # pictures, the most that a projection is fitted on
ENOUGH = 128  # pictures, the fewest that a projection is fitted on; fewer give too rough an estimate of the variance
SWITCHABLE = [SpaceState.BUILDING, SpaceState.PREVIOUS]
LEAST_SHARE = 0.99  # of the live space's vectors, which another space needs to take its place
GROWTH = 1.2  # factor by which a space grows before its reference quantiles are measured again
CALIBRATED_FROM = 100  # pictures, if reference quantiles ship: quantiles of fewer pictures are worse than those
OUTDATED = Q(pooling__endswith="-squashed")  # of a release that squashed pictures to squares; no embedder serves them
MOST_LEFT = 10_000  # pictures; a space that waits for more is not nearly complete, whatever its size


SHORTFALL = gettext_noop("Space %(number)s has %(count)s vectors, the live one %(wanted)s: it does not go live.")


class SpaceError(ValueError):
    """An action that is not possible for a space now. The text can be shown to a person."""


def live(lens: str = DEFAULT_LENS) -> Space | None:
    """Return the space that visitors search by this lens, or None before the first worker has started."""
    return Space.objects.filter(lens=lens, state=SpaceState.LIVE).first()


def for_copies() -> Space | None:
    """Return the space that finds copies: that of the lens match, or of look while there is no match yet."""
    return live(MATCH) or live()


def knows_copies(space: Space) -> bool:
    """Return False after an upgrade, while the space of `for_copies` lacks pictures that an outdated look space has."""
    outdated = Space.objects.filter(OUTDATED, lens=DEFAULT_LENS, state=SpaceState.LIVE).exclude(pk=space.pk).first()
    return outdated is None or space.embeddings.count() >= LEAST_SHARE * outdated.embeddings.count()


def live_spaces() -> list[Space]:
    """Return the spaces that visitors search, in the order of the lenses."""
    return ordered(Space.objects.filter(state=SpaceState.LIVE, lens__in=LENSES), list(LENSES))


def is_being_replaced(space: Space) -> bool:
    """Return True if another space of the lens is being made that will go live automatically."""
    others = Space.objects.filter(lens=space.lens, state__in=[SpaceState.FITTING, SpaceState.BUILDING])
    return others.filter(auto_activate=True).exists()


def searched_spaces() -> list[Space]:
    """Return all live spaces, in the order of the lenses. They include those of internal lenses, such as match."""
    return ordered(Space.objects.filter(state=SpaceState.LIVE, lens__in=ALL), list(ALL))


def ordered(found: Iterable[Space], names: list[str]) -> list[Space]:
    return sorted(found, key=lambda space: names.index(space.lens))


def open_spaces() -> QuerySet[Space]:
    """Return the spaces that new pictures are embedded into."""
    return Space.objects.filter(state__in=OPEN).exclude(OUTDATED)


def have_work() -> bool:
    """Return True if a job of the embedding workers waits."""
    return job_queue.is_waiting(*embedding_keys(open_spaces()))


def embedding_keys(spaces: Iterable[Space]) -> list[str]:
    """Return the keys of the jobs that embedding workers can do, with these spaces open.

    Jobs for twin values wait while the file of their network is missing or damaged.
    """
    return [*([job_queue.TWIN] if weights_file.state() else []), *(space.job_key for space in spaces)]


def add_jobs(images: Iterable[ArtworkImage], priority: int) -> None:
    """Add a job for each of these new pictures to every open space, except to one whose sample is full."""
    for space in open_spaces():
        if space.state == SpaceState.FITTING and sample_room(space) <= 0:
            continue
        is_live = space.state == SpaceState.LIVE
        job_queue.add(images, space.job_key, priority=priority if is_live else job_queue.BACKLOG_PRIORITY)


def add_missing_jobs(space: Space) -> int:
    """Add a job for each picture that has none in this open space. Return how many were added."""
    if space.state != SpaceState.FITTING:
        return job_queue.add_missing(space.job_key)
    return job_queue.add_missing(space.job_key, limit=max(sample_room(space), 0))


def sample_room(space: Space) -> int:
    """Return how many more pictures the sample of a space may take."""
    return SAMPLE - job_queue.noted(space.job_key, up_to=SAMPLE)


def switch_to(space: Space) -> None:
    """Make a space the live one of its lens, in one transaction. The space that was live becomes the previous one.

    Raise SpaceError if the space is not in a state from which it can go live, such as after it was retired.
    """
    with transaction.atomic():
        of_lens = Space.objects.select_for_update(no_key=True).filter(lens=space.lens)
        if not any(one.pk == space.pk and one.state in SWITCHABLE for one in of_lens):
            refusal = gettext("Space %(number)s is neither being built nor the previous one, so it cannot go live.")
            raise SpaceError(refusal % {"number": space.pk})
        for old in of_lens.filter(state=SpaceState.LIVE).exclude(pk=space.pk):
            job_queue.forget_unfinished(old.job_key)
            Space.objects.filter(pk=old.pk).update(state=SpaceState.PREVIOUS)
        Space.objects.filter(pk=space.pk).update(state=SpaceState.LIVE, live_from=timezone.now(), problem="")
        surplus = of_lens.filter(state=SpaceState.PREVIOUS).order_by(F("live_from").desc(nulls_last=True))[1:]
        Space.objects.filter(pk__in=[old.pk for old in surplus]).update(state=SpaceState.RETIRED)
        record(Verb.ACTIVATED, space)
    space.refresh_from_db()
    # a previous space lacks the pictures that were added while it was not open
    job_queue.add_missing(space.job_key, priority=job_queue.UPLOAD_PRIORITY)
    logger.info("Live now: %s", space)


def activate(space: Space) -> None:
    """Make a space live because a person asks for it. After that, no other space of its lens goes live automatically.

    A previous space goes live at once; the pictures that it lacks are embedded before all other work.
    Raise SpaceError if the space is still being built and not complete.
    """
    space.refresh_from_db()
    if space.state == SpaceState.BUILDING:
        count, wanted = counts_beside_live(space)
        if is_short(count, wanted):
            raise SpaceError(
                gettext(SHORTFALL) % {"number": space.pk, "count": intcomma(count), "wanted": intcomma(wanted)}
            )
        if not hnsw.is_made(space):
            refusal = gettext("The index of space %(number)s has not been built yet. A worker will build it.")
            raise SpaceError(refusal % {"number": space.pk})
    switch_to(space)
    in_progress = Space.objects.filter(lens=space.lens, state__in=[SpaceState.FITTING, SpaceState.BUILDING])
    in_progress.update(auto_activate=False)


def roll_back(lens: str) -> Space:
    """Make the previous space of a lens live again and return it. Raise SpaceError if there is none."""
    of_lens = Space.objects.filter(lens=lens, state=SpaceState.PREVIOUS)
    previous = of_lens.order_by(F("live_from").desc(nulls_last=True)).first()
    if previous is None:
        raise SpaceError(gettext("The lens '%(lens)s' has no previous space.") % {"lens": lens})
    activate(previous)
    return previous


def switch_when_complete(space: Space) -> None:
    """Make a space live that is marked to go live automatically, once it is nearly complete and has its index.

    If it has far fewer vectors than the live space, record that as its problem instead: something is wrong with the new
    network or with the files.
    """
    if space.state != SpaceState.BUILDING or not space.auto_activate:
        return
    if not has_few_left(space):
        return
    shortfall = shortfall_of(space)
    if shortfall and shortfall == space.problem:  # nothing has changed since it was recorded
        return
    if add_missing_jobs(space):
        return
    if shortfall:
        logger.error(shortfall)
        Space.objects.filter(pk=space.pk).update(problem=shortfall)
        return
    if not hnsw.is_made(space):
        return
    try:
        switch_to(space)
    except SpaceError as error:  # a person or another sweep has changed the space at the same time
        logger.info("Not switched: %s", error)


def is_nearly_complete(space: Space) -> bool:
    """Return True if few pictures wait for the space and it has nearly as many vectors as the live one.

    The second condition matters while the jobs of a new space are still being added.
    """
    return has_few_left(space) and not shortfall_of(space)


def has_few_left(space: Space) -> bool:
    """Return True if the pictures that wait for the space are a small share of those that it has."""
    left = job_queue.left(space.job_key, up_to=MOST_LEFT)
    return left < MOST_LEFT and left <= (1 - LEAST_SHARE) * space.embeddings.count()


def shortfall_of(space: Space) -> str:
    """Return a sentence if a space has too few vectors to take the live one's place, or "" if it has enough.

    It is stored, so it is English.
    """
    count, wanted = counts_beside_live(space)
    if not is_short(count, wanted):
        return ""
    return SHORTFALL % {"number": space.pk, "count": f"{count:,}", "wanted": f"{wanted:,}"}


def counts_beside_live(space: Space) -> tuple[int, int]:
    """Return the number of vectors of a space, and of the live one of its lens."""
    before = live(space.lens)
    return space.embeddings.count(), before.embeddings.count() if before else 0


def is_short(count: int, wanted: int) -> bool:
    return count < LEAST_SHARE * wanted


def retire(space: Space) -> None:
    """Mark a space as retired; `retiring` deletes its rows later. Raise SpaceError if it is live."""
    with transaction.atomic():
        if not Space.objects.filter(pk=space.pk).exclude(state=SpaceState.LIVE).update(state=SpaceState.RETIRED):
            refusal = gettext("Space %(number)s is live. Make another space of its lens live first.")
            raise SpaceError(refusal % {"number": space.pk})
        record(Verb.RETIRED, space)
    logger.info("Retired: space %s", space.pk)


def calibrate(space: Space) -> None:
    """Measure the reference quantiles of a space if it has grown by the factor GROWTH since they were last measured."""
    if space.state == SpaceState.FITTING:
        return
    first = CALIBRATED_FROM if space.is_shipped else percentiles.LEAST_PICTURES
    least = max(first, int(GROWTH * space.calibrated_on) + 1)
    if space.embeddings.all()[:least].count() < least:
        return
    vectors = sample_vectors(space)
    if len(vectors) > 1:
        quantiles = percentiles.measure(vectors, space.metric)
        Space.objects.filter(pk=space.pk).update(calibrated_on=space.embeddings.count(), quantiles=quantiles)


def sample_vectors(space: Space) -> NDArray[np.float32]:
    """Return (N, D) float32 vectors of a random sample of the space, N at most percentiles.SAMPLE."""
    vectors = store.vectors_of(space, sampling.image_ids(space, percentiles.SAMPLE))
    return np.stack(list(vectors.values())) if vectors else np.empty((0, space.dimensions), np.float32)
