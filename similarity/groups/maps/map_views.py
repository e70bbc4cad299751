"""Pages and data of the map. Every answer has only works that this person may see."""

import gzip
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from collection import permissions, queries
from collection.browsing import facets, finding
from collection.browsing import filters as filtering
from collection.desk.record_forms import BrowseForm
from collection.views import pictures
from collection.views.fragments import Request
from similarity.groups.building import versions
from similarity.groups.maps import group_labels, map_address, map_data, map_list, pins, placed, public_sheets
from similarity.groups.maps.map_address import MapAddress
from similarity.models import MapSheet, Overview, OverviewState

REVALIDATED = "private, no-cache"  # a browser keeps the data and asks each time whether it is still the same
FACETS = ("collection", "classification", "century")  # that the form offers; others can be in the address
SHOWN_STATES = (OverviewState.LIVE, OverviewState.PREVIOUS)  # a page may stay open while a new overview goes live


@require_safe
def show(request: Request) -> HttpResponse:
    """Show the map, and the same works as a list."""
    overview = placed.current()
    if overview is None:
        return render(request, "groups/map_missing.html", {"is_made": versions.building() is not None})
    labels = group_labels.of(overview, request.user)
    address = map_address.read(request.GET).with_group_among({one.number for one in labels})
    found = finding.find(
        permissions.visible_works(request.user), address.filters, {}, are_public=not request.user.is_authenticated
    )
    pointed = pins.find(overview, address, request.user)
    listed = replace(address, filters=found.filters)
    rows = map_list.listed(overview, listed, request.user)
    sizes = map_list.count(rows, overview, listed, request.user)
    page = map_list.page(rows, sizes, address.page, labels, pointed.pin, request.user)
    context = {
        "overview": overview,
        "address": address,
        "group": next((one for one in labels if one.number == address.group), None),
        "groups": [one for one in labels if one.parent is None and one.name],
        "pin": pointed.pin,
        "problem": pointed.problem,
        "page": page,
        "pages": pages_around(address, page),
        "is_being_made": versions.building() is not None,
        "map_url": address.url(**{"as": None}),
        "list_url": address.url(**{"as": "list"}),
        "found": found,
        "most_in_address": map_address.SET_LIMIT,
        "verbatim_url": address.url(verbatim="1"),
        **filter_context(address, found),
    }
    return render(request, "groups/map.html", context)


def pages_around(address: MapAddress, page: map_list.Page) -> dict[str, str]:
    """Return the addresses of the pages before and after this one."""
    found = {"previous": page.number - 1, "next": page.number + 1}
    return {name: address.url(**{"as": "list", "page": one}) for name, one in found.items() if 1 <= one <= page.last}


def filter_context(address: MapAddress, found: finding.Found) -> dict[str, Any]:
    """Return the facets that the form offers, the chosen filters, and the fields that a choice keeps."""
    shown = facets.facets(found.counts, address.filters, {})
    chips = facets.chips(address.filters, shown)
    own = address.own_query
    return {
        "facets": [one for one in shown if one.name in FACETS and (len(one.choices) > 1 or one.chosen)],
        "chips": [{"label": chip.label, "url": map_address.joined(chip.without_url, own)} for chip in chips],
        "kept": [(name, value) for name, value in address.fields.items() if name in map_address.HIDDEN],
        "others": [
            (one.name, choice.value) for one in shown if one.name not in FACETS for choice in one.chosen
        ],
        "filters": address.filters,
        "all_url": map_address.joined(own),
    }  # fmt: skip


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Send the works of the map as numbers: see `points`. Raise Http404 if there is no map."""
    overview = current_or_404()
    labels = group_labels.of(overview, request.user)
    rows = placed.visible(overview, request.user)
    etag = placed.etag(overview, rows, labels)
    if known := get_conditional_response(request, etag):
        return with_headers(known, etag)
    found = map_data.read(overview, request.user, labels, etag)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return with_headers(HttpResponse(found.content, headers={"Content-Encoding": "gzip"}), found.etag)
    return with_headers(HttpResponse(gzip.decompress(found.content)), found.etag)


def with_headers(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = REVALIDATED
    if response.status_code == 200:
        response["Content-Type"] = "application/octet-stream"
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    return response


def current_or_404() -> Overview:
    overview = placed.current()
    if overview is None:
        raise Http404
    return overview


@require_safe
def matches(request: Request) -> HttpResponse:
    """Return the ids of the works on the map that match the filters of the address; null without filters, for all."""
    overview = current_or_404()
    ids = None
    if filters := BrowseForm(request.GET).filters():
        works = permissions.visible_works(request.user)
        found = filtering.apply(works, finding.continued(works, filters)).filter(placements__overview=overview)
        ids = list(found.order_by().values_list("pk", flat=True))
    return JsonResponse({"works": ids}, headers={"Cache-Control": REVALIDATED, "Vary": "Cookie"})


@require_safe
def card(request: Request, pk: int) -> HttpResponse:
    """Return the card of a work, as a fragment."""
    work = queries.listed_or_404(permissions.visible_works(request.user), request.user, pk)
    queries.fetch_lead_images([work])
    return render(request, "groups/_map_card.html", {"work": work, "image": work.lead_image})


@require_safe
def sheet(request: HttpRequest, overview_id: int, number: int) -> HttpResponseBase:
    """Send a sheet of tiles. It has only pictures that are public now, and is the same for everybody."""
    found = get_object_or_404(
        MapSheet.objects.select_related("overview"),
        overview=overview_id, number=number, overview__state__in=SHOWN_STATES,
    )  # fmt: skip
    covered = public_sheets.covered_tiles(found)
    headers = {
        "Cache-Control": pictures.PUBLIC,
        "ETag": f'"map-{overview_id}-{number}-{public_sheets.digest_of(covered)}"',
    }
    try:
        return pictures.send(request, public_sheets.file_of(found, covered), "image/jpeg", headers)
    except OSError:  # the file is lost: the page draws colours instead
        raise Http404 from None
