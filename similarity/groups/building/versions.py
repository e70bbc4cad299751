"""Which overview is live, when another one is due, and the switch between them."""

import datetime as dt
import logging

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from collection.jobs import job_queue
from collection.models import ArtworkImage
from similarity.groups.building import sheet_files, successors
from similarity.models import Group, MapSheet, Overview, OverviewState, Placement, Space, SpaceState
from similarity.spaces import lifecycle

logger = logging.getLogger(__name__)


class OverviewGoneError(Exception):
    """The overview that should go live is no longer being built, for example because its space was deleted."""


LEAST_WORKS = 5  # with fewer there is nothing to group, so no overview is built
GROWTH = 0.1  # a new overview is built when this share of the works has joined or left
QUIET = dt.timedelta(seconds=45)  # without a new picture; imports can pause for so long
PAUSE = dt.timedelta(hours=1)  # between the start of one overview and the next, unless another look is live


def live() -> Overview | None:
    return Overview.objects.filter(state=OverviewState.LIVE).select_related("space").first()


def building() -> Overview | None:
    return Overview.objects.filter(state=OverviewState.BUILDING).select_related("space").first()


def request() -> Overview | None:
    """Begin an overview of the live look. Return None if there is no live look or one is being built already."""
    space = lifecycle.live()
    if space is None:
        return None
    try:
        with transaction.atomic():
            return Overview.objects.create(space=space)
    except IntegrityError:
        return None


def request_if_due(*, is_often: bool) -> None:
    """Begin an overview if there is none of the live look, or if many works were added or removed.

    `is_often`: the caller runs every few seconds, so works are not counted.
    """
    space, current = lifecycle.live(), live()
    if space is None or building() or not is_settled(space):
        return
    last = Overview.objects.order_by("-pk").first()
    if last is not None and last.space_id == space.pk and is_recent(last):
        return
    if current is None or current.space_id != space.pk:
        if space.embeddings.all()[:LEAST_WORKS].count() >= LEAST_WORKS:
            request()
    elif has_doubled(current) or (not is_often and has_changed(current)):
        request()


def is_recent(last: Overview) -> bool:
    """Return True during the pause after an overview was begun. It ends early if as many works joined as it had."""
    is_outgrown = last.state == OverviewState.LIVE and has_doubled(last)
    return last.started_at > timezone.now() - PAUSE and not is_outgrown


def has_doubled(overview: Overview) -> bool:
    return overview.joined >= overview.size


def is_settled(space: Space) -> bool:
    """Return True if no picture waits for its vector, and none was added within the last seconds."""
    if job_queue.left(space.job_key, up_to=1):
        return False
    newest = ArtworkImage.objects.order_by("-pk").first()
    return newest is not None and newest.created_at < timezone.now() - QUIET


def has_changed(current: Overview) -> bool:
    """Return True if enough works have joined this overview, or have been deleted or merged since it was built."""
    there = Placement.objects.filter(overview=current, work__merged_into=None).count()
    gone = current.size + current.joined - there
    return current.joined + gone > GROWTH * current.size


def switch_to(overview: Overview) -> None:
    """Make an overview the live one, in one transaction. Delete all others but the one that was live before.

    Raise OverviewGoneError if it is not being built any more. The live one stays then.
    """
    with transaction.atomic():
        list(Overview.objects.select_for_update().order_by("pk").values_list("pk"))
        Overview.objects.filter(state=OverviewState.PREVIOUS).delete()
        Overview.objects.filter(state=OverviewState.FAILED).delete()
        if (before := live()) is not None:
            successors.hide(before, overview)
        Overview.objects.filter(state=OverviewState.LIVE).update(state=OverviewState.PREVIOUS)
        ready = Overview.objects.filter(pk=overview.pk, state=OverviewState.BUILDING)
        if ready.update(state=OverviewState.LIVE, live_from=timezone.now(), problem="", attempts=0) != 1:
            raise OverviewGoneError(f"Overview {overview.pk} was removed before it could go live. The live one stays.")
    logger.info("Overview %s of %s works is live", overview.pk, overview.size)


def fail(overview: Overview, problem: str) -> None:
    """Mark an overview as failed. Keep only its row with the reason. Delete overviews that failed earlier."""
    with transaction.atomic():
        Overview.objects.filter(state=OverviewState.FAILED).exclude(pk=overview.pk).delete()
        for rows in (Placement, MapSheet, Group):
            rows.objects.filter(overview=overview).delete()
        Overview.objects.filter(pk=overview.pk).update(state=OverviewState.FAILED, problem=problem)
        transaction.on_commit(lambda: sheet_files.remove(overview.pk))


def forget_abandoned() -> None:
    """Delete an overview that is being built from a space that is no longer live. Only the builder may call this."""
    abandoned = ~Q(space__state=SpaceState.LIVE)
    Overview.objects.filter(abandoned, state=OverviewState.BUILDING).delete()
