"""What an address of the map asks for: a place, a group, a set of works, filters, map or list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse

from collection.browsing.filters import Filters
from collection.desk.record_forms import BrowseForm
from collection.views.fragments import ID_DIGITS, ids_in

SET_LIMIT = 300  # works of a set in an address, which has at most 4,000 characters
PAGES_LIMIT = 100_000
ZOOM_LIMIT = 10_000.0
TOKEN_CHARS = 64
HIDDEN = ("work", "token", "group", "works", "as")  # fields that a choice of filters keeps


class PlaceForm(forms.Form):
    """Invalid values are ignored, because people type and shorten addresses."""

    work = forms.IntegerField(required=False, min_value=1, max_value=10**ID_DIGITS)
    token = forms.RegexField(r"^[A-Za-z0-9_-]+$", required=False, max_length=TOKEN_CHARS)
    group = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    page = forms.IntegerField(required=False, min_value=1, max_value=PAGES_LIMIT)
    x = forms.FloatField(required=False, min_value=0, max_value=1)
    y = forms.FloatField(required=False, min_value=0, max_value=1)
    zoom = forms.FloatField(required=False, min_value=0.1, max_value=ZOOM_LIMIT)


@dataclass(frozen=True)
class MapAddress:
    filters: Filters
    work: int | None
    token: str
    group: int | None
    works: tuple[int, ...]  # a set that somebody chose
    place: tuple[float, float] | None  # the middle of the view
    page: int
    is_list: bool
    fields: Mapping[str, str]  # the given fields without those of the filters

    def with_group_among(self, numbers: Collection[int]) -> Self:
        """Return the address without its group if that is not one of these."""
        if self.group is None or self.group in numbers:
            return self
        return replace(self, group=None, fields={name: one for name, one in self.fields.items() if name != "group"})

    def url(self, **changes: object) -> str:
        """Return the address of the map with these fields changed; None removes a field."""
        wanted = {name: value for name, value in {**self.fields, **changes}.items() if value is not None}
        return joined(self.filters.address(), urlencode(wanted, safe=","))

    @property
    def own_query(self) -> str:
        """Return the query string without the filters, and without a question mark."""
        return urlencode(self.fields, safe=",")


def joined(*queries: str) -> str:
    """Return the address of the map with these query strings, any of which may be empty or begin with "?"."""
    query = "&".join(part for part in (one.removeprefix("?") for one in queries) if part)
    return f"?{query}" if query else reverse("map")


def read(query: QueryDict) -> MapAddress:
    form = PlaceForm(query)
    form.is_valid()
    found = form.cleaned_data
    names = ("work", "token", "group", "x", "y", "zoom")
    fields = {name: str(query[name]) for name in names if found.get(name) not in (None, "")}
    works = tuple(dict.fromkeys(ids_in(query.get("works", ""), SET_LIMIT)))
    if works:
        fields["works"] = ",".join(map(str, works))
    is_list = query.get("as") == "list"
    if is_list:
        fields["as"] = "list"
    x, y = found.get("x"), found.get("y")
    place = None if x is None or y is None else (x, y)
    return MapAddress(
        BrowseForm(query).filters(), found.get("work"), found.get("token") or "", found.get("group"), works, place,
        found.get("page") or 1, is_list, fields,
    )  # fmt: skip
