"""The place that an address of the map points to: a work, or where a searched picture would be."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from collection import permissions
from collection.models import Artwork
from similarity.groups.maps import placed
from similarity.groups.maps.map_address import MapAddress
from similarity.image_query import searches
from similarity.index import query_filters, store
from similarity.models import Overview

NEAREST = 12  # works that a searched picture is put between
GONE = gettext_noop(
    "This search by picture has expired, so the map has no pin. Search again to see where your picture would be."
)
OUTDATED = gettext_noop(
    "This site compares works in a new way since your search, so the map has no pin. Please search again."
)


@dataclass(frozen=True)
class Pin:
    """A place on the map, 0 to 1, with what is there."""

    x: float
    y: float
    work: Artwork | None = None
    is_searched: bool = False  # the place of the searched picture


@dataclass(frozen=True)
class Pointed:
    """The pin of an address, and a sentence if there is none although the address asks for one."""

    pin: Pin | None = None
    problem: str = ""


def find(overview: Overview, address: MapAddress, user: permissions.User) -> Pointed:
    if address.token:
        return of_search(overview, address.token, user)
    if address.work:
        return of_work(overview, address.work, user)
    return Pointed(Pin(*address.place)) if address.place else Pointed()


def of_work(overview: Overview, work_id: int, user: permissions.User) -> Pointed:
    row = placed.visible(overview, user).filter(work=work_id).select_related("work__collection").first()
    if row is None or row.x is None or row.y is None:
        return Pointed(problem=gettext("This work is not on the map yet."))
    return Pointed(Pin(row.x, row.y, row.work))


def of_search(overview: Overview, token: str, user: permissions.User) -> Pointed:
    """Return the mean of the places of the works nearest to a searched picture. Nearer works count more."""
    try:
        answer = searches.look_up(token)
    except searches.SearchUnavailableError as error:
        return Pointed(problem=str(error))
    if answer.state != "ready":
        return Pointed(problem=gettext(GONE))
    if overview.space_id not in answer.vectors:
        return Pointed(problem=gettext(OUTDATED))
    vector = answer.vectors[overview.space_id][0]
    near = store.nearest_works(overview.space, vector, NEAREST, query_filters.visible_to(user))
    rows = placed.visible(overview, user).filter(work__in=[one.work_id for one in near]).values_list("work", "x", "y")
    places = {pk: (float(x or 0), float(y or 0)) for pk, x, y in rows}
    weights = {one.work_id: 1 / (one.distance + 1e-3) ** 2 for one in near if one.work_id in places}
    total = sum(weights.values())
    if not total:
        return Pointed(problem=gettext("None of the works that look like your picture is on the map yet."))
    x, y = (sum(weight * places[pk][axis] for pk, weight in weights.items()) / total for axis in (0, 1))
    return Pointed(Pin(x, y, is_searched=True))
