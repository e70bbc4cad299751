"""The life of a space: fitting -> building -> live -> kept -> retired.

A new network, pooling or projection is a new space, built beside the live one by the same workers, switched in one
transaction, rolled back likewise. Each lens has at most one live space and one that is kept to go back to.
"""

import logging
from collections.abc import Iterable

import numpy as np
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from collection.jobs import job_queue
from collection.models import ArtworkImage
from similarity.index import hnsw, percentiles, sampling, store
from similarity.models import Space, SpaceState
from similarity.vision.lenses import ALL, DEFAULT_LENS, LENSES, MATCH

logger = logging.getLogger(__name__)

OPEN = [SpaceState.FITTING, SpaceState.BUILDING, SpaceState.LIVE]
SAMPLE = 2_000  # pictures that a projection is fitted on at most
ENOUGH = 128  # pictures; of fewer the directions in which they differ are not known well enough
SWITCHABLE = [SpaceState.BUILDING, SpaceState.PREVIOUS]
LEAST_SHARE = 0.99  # of the live space's vectors, before another takes its place
GROWTH = 1.2  # of a space before its percentiles are measured anew
CALIBRATED_FROM = 100  # pictures, where a reference distribution ships: one of fewer pictures is worse than that
OUTDATED = Q(pooling__endswith="-squashed")  # made by a release that saw squares; no embedder of today serves them
MOST_LEFT = 10_000  # pictures; a space that waits for more is not nearly complete, however large it is


class SpaceError(ValueError):
    """What can't be done with a space now; the text is fit to show."""


def live(lens: str = DEFAULT_LENS) -> Space | None:
    """The space that the site searches, or None before the first worker started."""
    return Space.objects.filter(lens=lens, state=SpaceState.LIVE).first()


def for_copies() -> Space | None:
    """Return the space by which copies are found: that of the match, or of the look while there is no match yet."""
    return live(MATCH) or live()


def knows_copies(space: Space) -> bool:
    """Return False after an upgrade, while the space of `for_copies` lacks pictures that the outdated look holds."""
    outdated = Space.objects.filter(OUTDATED, lens=DEFAULT_LENS, state=SpaceState.LIVE).exclude(pk=space.pk).first()
    return outdated is None or space.embeddings.count() >= LEAST_SHARE * outdated.embeddings.count()


def live_spaces() -> list[Space]:
    """Return the spaces that visitors search, in the order of the lenses."""
    return ordered(Space.objects.filter(state=SpaceState.LIVE, lens__in=LENSES), list(LENSES))


def is_being_replaced(space: Space) -> bool:
    """Whether another space of the lens is on its way to take this one's place by itself."""
    others = Space.objects.filter(lens=space.lens, state__in=[SpaceState.FITTING, SpaceState.BUILDING])
    return others.filter(auto_activate=True).exists()


def searched_spaces() -> list[Space]:
    """Return the spaces that a picture is searched in: the visitors' ones and those of internal lenses."""
    return ordered(Space.objects.filter(state=SpaceState.LIVE, lens__in=ALL), list(ALL))


def ordered(found: Iterable[Space], names: list[str]) -> list[Space]:
    return sorted(found, key=lambda space: names.index(space.lens))


def open_spaces() -> QuerySet[Space]:
    """Return the spaces that new pictures are embedded into."""
    return Space.objects.filter(state__in=OPEN).exclude(OUTDATED)


def have_work() -> bool:
    """True where a worker would find something to do."""
    return job_queue.is_waiting(*(space.step_key for space in open_spaces()))


def note(images: Iterable[ArtworkImage], priority: int) -> None:
    """Notes the work that new pictures are for every open space; a sample that is full takes no more."""
    for space in open_spaces():
        if space.state == SpaceState.FITTING and room(space) <= 0:
            continue
        is_live = space.state == SpaceState.LIVE
        job_queue.add(images, space.step_key, priority=priority if is_live else job_queue.BACKLOG_PRIORITY)


def note_missing(space: Space) -> int:
    """Notes the work for the pictures that have none in an open space yet; how many there were."""
    if space.state != SpaceState.FITTING:
        return job_queue.add_missing(space.step_key)
    return job_queue.add_missing(space.step_key, limit=max(room(space), 0))


def room(space: Space) -> int:
    """Pictures that a sample still takes."""
    return SAMPLE - job_queue.noted(space.step_key, up_to=SAMPLE)


def switch_to(space: Space) -> None:
    """Makes a space the live one of its lens, in one transaction; the one before it is kept to go back to.

    Raises SpaceError where it is neither built nor kept any more.
    """
    with transaction.atomic():
        of_lens = Space.objects.select_for_update(no_key=True).filter(lens=space.lens)
        if not any(one.pk == space.pk and one.state in SWITCHABLE for one in of_lens):
            raise SpaceError(f"Space {space.pk} is neither built nor kept, so it cannot go live.")
        for old in of_lens.filter(state=SpaceState.LIVE).exclude(pk=space.pk):
            job_queue.forget_unfinished(old.step_key)
            Space.objects.filter(pk=old.pk).update(state=SpaceState.PREVIOUS)
        Space.objects.filter(pk=space.pk).update(state=SpaceState.LIVE, live_from=timezone.now(), problem="")
        surplus = of_lens.filter(state=SpaceState.PREVIOUS).order_by(F("live_from").desc(nulls_last=True))[1:]
        Space.objects.filter(pk__in=[old.pk for old in surplus]).update(state=SpaceState.RETIRED)
    space.refresh_from_db()
    job_queue.add_missing(
        space.step_key, priority=job_queue.UPLOAD_PRIORITY
    )  # a kept space lacks what came in meanwhile
    logger.info("Live now: %s", space)


def activate(space: Space) -> None:
    """As a person asks for it: nothing goes live by itself after that. A kept space goes live at once, and what came
    in meanwhile is added to it before anything else. Raises SpaceError while a building one is not complete."""
    space.refresh_from_db()
    if space.state == SpaceState.BUILDING:
        if shortfall := lacks(space):
            raise SpaceError(shortfall)
        if not hnsw.is_made(space):
            raise SpaceError(f"The index of space {space.pk} has not been built yet. A worker will build it.")
    switch_to(space)
    on_their_way = Space.objects.filter(lens=space.lens, state__in=[SpaceState.FITTING, SpaceState.BUILDING])
    on_their_way.update(auto_activate=False)


def roll_back(lens: str) -> Space:
    """Make the previous space of a lens live again and return it. Raise SpaceError if there is none."""
    of_lens = Space.objects.filter(lens=lens, state=SpaceState.PREVIOUS)
    previous = of_lens.order_by(F("live_from").desc(nulls_last=True)).first()
    if previous is None:
        raise SpaceError(f"The lens {lens!r} has no previous space.")
    activate(previous)
    return previous


def switch_when_complete(space: Space) -> None:
    """Makes a space that is meant to the live one, once hardly a picture waits for it and its index is made.

    Not where much less came out of it than is live: then something is wrong with the new network or with the files.
    """
    if space.state != SpaceState.BUILDING or not space.auto_activate:
        return
    if not is_hardly_waited_for(space):
        return
    shortfall = lacks(space)
    if shortfall and shortfall == space.problem:  # nothing came of it since that was said
        return
    if note_missing(space):
        return
    if shortfall:
        logger.error(shortfall)
        Space.objects.filter(pk=space.pk).update(problem=shortfall)
        return
    if not hnsw.is_made(space):
        return
    try:
        switch_to(space)
    except SpaceError as error:  # a person or another sweep was faster
        logger.info("Not switched: %s", error)


def is_nearly_full(space: Space) -> bool:
    """True where hardly a picture waits for it; not yet while their steps are only being noted."""
    return is_hardly_waited_for(space) and not lacks(space)


def is_hardly_waited_for(space: Space) -> bool:
    left = job_queue.left(space.step_key, up_to=MOST_LEFT)
    return left < MOST_LEFT and left <= (1 - LEAST_SHARE) * space.embeddings.count()


def lacks(space: Space) -> str:
    """That a space has too few vectors to take the live one's place, as a sentence; empty where it has enough."""
    before = live(space.lens)
    count, wanted = space.embeddings.count(), before.embeddings.count() if before else 0
    if count >= LEAST_SHARE * wanted:
        return ""
    return f"Space {space.pk} has {count:,} vectors, the live one {wanted:,}: it stays as it is."


def retire(space: Space) -> None:
    """Takes a space out of use; `retiring` frees its room. Raises SpaceError for the live one."""
    if not Space.objects.filter(pk=space.pk).exclude(state=SpaceState.LIVE).update(state=SpaceState.RETIRED):
        raise SpaceError(f"Space {space.pk} is live. Make another space of its lens live first.")
    logger.info("Retired: space %s", space.pk)


def calibrate(space: Space) -> None:
    """Measure anew what distance means in this space, if it has grown noticeably since the last time."""
    if space.state == SpaceState.FITTING:
        return
    first = CALIBRATED_FROM if space.is_shipped else percentiles.LEAST_PICTURES
    least = max(first, int(GROWTH * space.calibrated_on) + 1)
    if space.embeddings.all()[:least].count() < least:
        return
    vectors = sampled(space)
    if len(vectors) > 1:
        quantiles = percentiles.measure(vectors, space.metric)
        Space.objects.filter(pk=space.pk).update(calibrated_on=space.embeddings.count(), quantiles=quantiles)


def sampled(space: Space) -> NDArray[np.float32]:
    """(N, D), at most percentiles.SAMPLE vectors."""
    vectors = store.vectors_of(space, sampling.image_ids(space, percentiles.SAMPLE))
    return np.stack(list(vectors.values())) if vectors else np.empty((0, space.dimensions), np.float32)
