"""The life of a space: made when a network is first met, built beside the live one, switched when complete."""

import logging
from dataclasses import asdict

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from collection import steps
from collection.models import Step, StepState
from similarity import index, percentiles
from similarity.models import Embedding, Space, SpaceState
from similarity.vision.contract import Identity

logger = logging.getLogger(__name__)

DEFAULT_LENS = "look"
LEAST_SHARE = 0.99  # of the live space's vectors, before another takes its place


def live(lens: str = DEFAULT_LENS) -> Space | None:
    """The space that the site searches, or None before the first worker started."""
    return Space.objects.filter(lens=lens, state=SpaceState.LIVE).first()


def open_spaces() -> QuerySet[Space]:
    """Spaces that new pictures are embedded into."""
    return Space.objects.filter(state__in=[SpaceState.LIVE, SpaceState.BUILDING])


def find(identity: Identity) -> Space | None:
    """The space of an embedder, in whatever state it is; changes nothing."""
    return Space.objects.filter(**asdict(identity)).first()


def of(identity: Identity) -> Space:
    """The space of an embedder, open: for set-up and a worker's start, as it says that this network is meant.

    Met for the first time, or retired before, it is made anew beside the live one, with its index and the work for
    every picture.
    """
    with transaction.atomic():
        space, is_new = Space.objects.get_or_create(**asdict(identity))
        if not is_new and space.state != SpaceState.RETIRED:
            return space
        index.create(space)
        space.state = SpaceState.BUILDING if live(space.lens) else SpaceState.LIVE
        space.save(update_fields=["state"])
    steps.add_missing(space.step_key)  # after the index is committed: nobody waits for its lock
    logger.info("Open now: %s", space)
    return space


def switch_to(space: Space) -> None:
    """Makes a space the live one of its lens, in one transaction; the one before it is kept, retired."""
    with transaction.atomic():
        for old in Space.objects.filter(lens=space.lens, state=SpaceState.LIVE):
            steps.forget_unfinished(old.step_key)
        Space.objects.filter(lens=space.lens, state=SpaceState.LIVE).update(state=SpaceState.RETIRED)
        Space.objects.filter(pk=space.pk).update(state=SpaceState.LIVE)
    logger.info("Live now: space %s", space.pk)


def switch_when_complete(space: Space) -> None:
    """Makes a space that was built beside the live one the live one, once no picture waits for it.

    Not where much less came out of it than is live: then something is wrong with the new network or with the files.
    """
    if space.state != SpaceState.BUILDING:
        return
    waiting = Step.objects.filter(key=space.step_key, state__in=[StepState.PENDING, StepState.CLAIMED])
    if waiting.exists() or steps.add_missing(space.step_key):
        return
    before = live(space.lens)
    count, wanted = space.embeddings.count(), before.embeddings.count() if before else 0
    if count < LEAST_SHARE * wanted:
        logger.error("Space %s has %s vectors, the live one %s: it stays as it is", space.pk, count, wanted)
        return
    switch_to(space)


def calibrate(space: Space) -> None:
    """Measures anew what distance means in this space, when it has grown by a fifth since the last time."""
    count = Embedding.objects.filter(space=space).count()
    if count < percentiles.LEAST_PICTURES or count < 1.2 * space.calibrated_on:
        return
    rows = Embedding.objects.filter(space=space).order_by("?").values_list("vector", flat=True)
    sample = np.stack([index.as_array(vector) for vector in rows[: percentiles.SAMPLE]])
    quantiles = percentiles.measure(sample, space.metric)
    Space.objects.filter(pk=space.pk).update(quantiles=quantiles, calibrated_on=count)
