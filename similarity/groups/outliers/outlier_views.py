"""Show the works that are unlike anything else, of all works or within one kind."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.views.fragments import Request
from similarity.groups.outliers import strangest
from similarity.groups.outliers.strangest import KINDS, Kind, Values

VALUE_LIMIT_CHARS = 200


@require_safe
def outliers(request: Request) -> HttpResponse:
    """Show the strangest works. ?classification=Print (or department, collection) shows those of one kind."""
    kind = asked_kind(request.GET)
    kinds = strangest.kinds_of(request.user)
    label = label_of(kind, kinds) if kind else ""
    if kind and not label:
        raise Http404
    context = {
        "kind": kind,
        "label": label,
        "found": strangest.find(request.user, kind),
        "facets": [(field, KINDS[field][1], options(field, values, kind)) for field, values in kinds.items() if values],
    }
    return render(request, "groups/outliers.html", context)


def asked_kind(fields: Mapping[str, str]) -> Kind | None:
    """Return the first kind in an address. Values that no work can have are left out."""
    typed = {field: fields.get(field, "") for field in KINDS}
    return next((Kind(field, text) for field, text in typed.items() if is_value(text)), None)


def is_value(text: str) -> bool:
    return text.strip() != "" and len(text) <= VALUE_LIMIT_CHARS and text.isprintable()


def label_of(kind: Kind, kinds: Mapping[str, Values]) -> str:
    """Return the label of a kind, or "" if too few works are of this kind."""
    return next((label for value, label, _ in kinds.get(kind.field, []) if value == kind.value), "")


def options(field: str, values: Values, kind: Kind | None) -> list[tuple[str, str, int, bool]]:
    """Return for each value its address, label, number of works, and whether it is chosen."""
    return [
        (f"?{urlencode({field: value})}", label, count, kind == Kind(field, value)) for value, label, count in values
    ]
