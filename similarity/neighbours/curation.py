"""Pin and ban neighbours in a work's list of similar works. Every change is logged.

All curators of the first work's collection decide together: each may withdraw a colleague's pin or ban.
"""

from collections.abc import Iterator

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from collection import permissions
from collection.models import Artwork
from similarity.models import CuratedNeighbour, CurationLogEntry

Kind = CuratedNeighbour.Kind
Action = CurationLogEntry.Action
Curator = AbstractBaseUser | AnonymousUser

PINS_LIMIT = 12  # per work; the page shows 12 works, and a pin can only be withdrawn where it is shown

PLACED = {Kind.PIN: Action.PINNED, Kind.BAN: Action.BANNED}
WITHDRAWN = {Kind.PIN: Action.UNPINNED, Kind.BAN: Action.UNBANNED}
CONTRADICTIONS = {
    Kind.PIN: gettext_noop("%(name)s has already decided that this work belongs here. Withdraw that decision first."),
    Kind.BAN: gettext_noop(
        "%(name)s has already decided that this work does not belong here. Withdraw that decision first."
    ),
}


class CurationError(ValueError):
    """A pin or ban that is refused. The text can be shown to a person."""


class SameWorkError(CurationError):
    """The neighbour is the work itself."""

    def __init__(self) -> None:
        super().__init__(gettext("A work cannot be pinned or hidden in its own list."))


class NeighbourNotVisibleError(CurationError):
    """The curator may not see the neighbour."""

    def __init__(self) -> None:
        super().__init__(gettext("There is no such work, or you may not see it."))


class ContradictionError(CurationError):
    """The opposite decision already exists; the text names who made it."""

    def __init__(self, standing: CuratedNeighbour) -> None:
        name = standing.decided_by or gettext("A former colleague")
        super().__init__(gettext(CONTRADICTIONS[Kind(standing.kind)]) % {"name": name})


class TooManyPinsError(CurationError):
    """The list is full of pinned works."""

    def __init__(self) -> None:
        sentence = gettext("%(count)s works are already pinned here. Unpin one of them first.")
        super().__init__(sentence % {"count": PINS_LIMIT})


def pin(work: Artwork, neighbour: Artwork, curator: Curator) -> None:
    """Show the neighbour first in the work's list. Do nothing if it is pinned already.

    Raise PermissionDenied, SameWorkError, NeighbourNotVisibleError, ContradictionError or TooManyPinsError.
    """
    check(work, neighbour, curator)
    pins = CuratedNeighbour.objects.filter(work=work, kind=Kind.PIN).exclude(neighbour=neighbour)
    if pins.count() >= PINS_LIMIT:
        raise TooManyPinsError
    place(Kind.PIN, work, neighbour, curator)


def ban(work: Artwork, neighbour: Artwork, curator: Curator) -> None:
    """Never show the neighbour in the work's list. Do nothing if it is banned already.

    Raise PermissionDenied, SameWorkError, NeighbourNotVisibleError or ContradictionError.
    """
    check(work, neighbour, curator)
    place(Kind.BAN, work, neighbour, curator)


def withdraw(kind: Kind, work: Artwork, neighbour: Artwork, curator: Curator) -> None:
    """Withdraw a pin or a ban, also a colleague's. Do nothing if there is none, such as after a second click.

    Raise PermissionDenied, SameWorkError or NeighbourNotVisibleError.
    """
    check(work, neighbour, curator)
    with transaction.atomic():
        deleted, _ = CuratedNeighbour.objects.filter(work=work, neighbour=neighbour, kind=kind).delete()
        if deleted:
            log(WITHDRAWN[kind], work, neighbour, curator)


def check(work: Artwork, neighbour: Artwork, curator: Curator) -> None:
    """Raise unless this person may pin or ban this neighbour."""
    permissions.require_curator(curator, work.collection)
    if work.pk == neighbour.pk:
        raise SameWorkError
    if not permissions.visible_works(curator).filter(pk=neighbour.pk).exists():
        raise NeighbourNotVisibleError


def place(kind: Kind, work: Artwork, neighbour: Artwork, curator: Curator) -> None:
    """Insert a pin or ban unless there is one already. Of two people at once, the unique constraint lets one insert."""
    with transaction.atomic():
        standing, is_new = CuratedNeighbour.objects.select_related("decided_by").get_or_create(
            work=work, neighbour=neighbour, defaults={"kind": kind, "decided_by_id": curator.pk}
        )
        if is_new:
            log(PLACED[kind], work, neighbour, curator)
        elif standing.kind != kind:
            raise ContradictionError(standing)


def log(action: Action, work: Artwork, neighbour: Artwork, curator: Curator) -> None:
    """Add an entry to the log, with the names as they are now."""
    CurationLogEntry.objects.create(
        action=action,
        work_id=work.pk,
        work_name=str(work),
        neighbour_id=neighbour.pk,
        neighbour_name=str(neighbour),
        curator=curator.get_username(),
    )


def training_pairs() -> Iterator[tuple[int, int, bool]]:
    """Yield (work id, neighbour id, is_pin) for every pin and ban that has not been withdrawn.

    The pair is ordered as the curator saw it. Take it as symmetric if the measure is.
    """
    rows = CuratedNeighbour.objects.order_by("pk").values_list("work_id", "neighbour_id", "kind")
    for work_id, neighbour_id, kind in rows.iterator():
        yield work_id, neighbour_id, kind == Kind.PIN
