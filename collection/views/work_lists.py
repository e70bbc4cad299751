"""Show lists of works that a visitor's browser stores: a trail or favourites. The address contains the ids."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection import queries
from collection.models import Artwork
from collection.views.fragments import Request, ids_in

LIMIT = 60  # most works in a list; the rest of a longer address is ignored


@require_safe
def trail(request: Request) -> HttpResponse:
    """Show the works of a trail in order. ?works=7,12,9"""
    return render(request, "collection/trail.html", {"works": listed(request)})


@require_safe
def trail_strip(request: Request) -> HttpResponse:
    """Show a trail as a strip of small pictures, as a fragment. ?works=7,12,9 ends with the work of the page."""
    works = listed(request)
    return render(request, "collection/_trail_strip.html", {"works": works, "address": address_of(works)})


@require_safe
def favourites(request: Request) -> HttpResponse:
    """Show favourites, to share or to print. ?works=7,12,9"""
    return render(request, "collection/favourites.html", {"works": listed(request)})


def listed(request: Request) -> list[Artwork]:
    """Return the works of the address in its order, without those that this user may not see."""
    return queries.in_order(request.user, ids_in(request.GET.get("works", ""), LIMIT))


def address_of(works: list[Artwork]) -> str:
    return ",".join(str(work.pk) for work in works)
