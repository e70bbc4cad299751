"""The JSON API of groups. An answer names and counts only works that the user of the request may see."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from collection import queries
from collection.api import PAGE_LIMIT, ArtworkOut
from similarity.groups.building import versions
from similarity.groups.clusters import group_works, shown_groups
from similarity.groups.clusters.shown_groups import ShownGroup

router = Router(tags=["groups"])


class FactOut(Schema):
    field: str = Field(description="a filter of the page Browse, such as classification")
    value: str
    label: str
    count: int = Field(description="public works of the group with this value")
    of: int = Field(description="public works of the group")
    share_elsewhere: float = Field(alias="elsewhere", description="of the other public works")


class GroupOut(Schema):
    number: int = Field(description="lasts while most works of the group stay together")
    title: str = Field(description="its name, else what its records have in common, else its number")
    name: str = Field(description="given by a curator, or empty")
    count: int = Field(description="works of the group that you may see")
    facts: list[FactOut] = Field(description="values that its public records have more often than others")
    typical: list[int] = Field(description="ids of its most typical works, best first")
    url: str = Field(description="path of the group's page")


class GroupDetailOut(GroupOut):
    parent: int | None = Field(description="number of the larger group that it is a part of")
    parts: list[int] = Field(description="numbers of the groups that it is divided into")
    near: list[int] = Field(description="numbers of the nearest groups of its level, nearest first")
    works: list[ArtworkOut] = Field(description="a page of its works, the most typical first")
    next_after: int | None = Field(description="pass as `after` for the next page; null on the last")


@router.get("/groups", response=list[GroupOut], by_alias=False, summary="Groups of works that look alike")
def groups(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of the first level, the largest first. The list is empty until groups are first built."""
    first = shown_groups.of_first_level(seen_by(request).values())
    shown_groups.add_works(first, request.user)
    return [summary(shown) for shown in first]


@router.get("/groups/{number}", response=GroupDetailOut, by_alias=False, summary="One group and its works")
def group(
    request: HttpRequest,
    number: int,
    after: int | None = Query(None, description="id of the last work of the page before"),
    limit: int = Query(20, ge=1, le=PAGE_LIMIT),
) -> dict[str, Any]:
    found = seen_by(request)
    shown = found.get(number)
    if shown is None:
        raise Http404
    shown_groups.add_works([shown], request.user)
    page = group_works.page(shown.group, request.user, after, size=limit)
    prefetch_related_objects(page.works, queries.views(request.user))
    parent = next((one.number for one in found.values() if one.group.pk == shown.group.parent_id), None)
    return {
        **summary(shown),
        "parent": parent,
        "parts": [one.number for one in shown_groups.children_of(shown, found.values())],
        "near": [other for other in shown.group.near if other in found],
        "works": page.works,
        "next_after": page.next_after,
    }


def seen_by(request: HttpRequest) -> dict[int, ShownGroup]:
    overview = versions.live()
    return shown_groups.find(overview, request.user) if overview is not None else {}


def summary(shown: ShownGroup) -> dict[str, Any]:
    return {
        "number": shown.number,
        "title": shown.title,
        "name": shown.name,
        "count": shown.count,
        "facts": list(shown.facts),
        "typical": [work.pk for work in shown.works],
        "url": shown.url,
    }
