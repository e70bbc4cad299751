"""The JSON API of the map. An answer has only works and groups that the user of the request may see."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from collection.views.fragments import ID_DIGITS
from similarity.groups.maps import group_labels, placed

router = Router(tags=["groups"])

PAGE_LIMIT = 5_000  # works of an answer; one takes about 70 bytes


class PointOut(Schema):
    artwork: int = Field(description="id of the work")
    x: float = Field(description="0 to 1, from the left")
    y: float = Field(description="0 to 1, from the top")
    group: int | None = Field(
        description="number of its group of the first level; null if it has none that you may see"
    )
    subgroup: int | None = Field(description="number of its group of the second level, or null")


class MapOut(Schema):
    version: int | None = Field(
        description="number of this version of the map, or null if there is none yet. If it changes from page to page, "
        "start again: positions of two versions do not fit each other"
    )
    count: int = Field(description="works on the map that you may see")
    points: list[PointOut] = Field(description="a page of them, by ascending id")
    next_after: int | None = Field(description="pass as `after` for the next page; null on the last")


@router.get("/map", response=MapOut, summary="The positions of works on the map")
def positions(
    request: HttpRequest,
    after: int | None = Query(None, ge=0, le=10**ID_DIGITS, description="id of the last work of the page before"),
    limit: int = Query(1_000, ge=1, le=PAGE_LIMIT),
) -> dict[str, Any]:
    """Return the works that you may see, with their places. Works that look alike are close to each other."""
    overview = placed.current()
    if overview is None:
        return {"version": None, "count": 0, "points": [], "next_after": None}
    numbers = {label.pk: label.number for label in group_labels.of(overview, request.user)}
    visible = placed.visible(overview, request.user)
    later = visible if after is None else visible.filter(work__gt=after)
    rows = list(later.order_by("work_id").values_list("work", "x", "y", "group", "subgroup")[: limit + 1])
    points = [
        {"artwork": work, "x": x, "y": y, "group": numbers.get(group), "subgroup": numbers.get(part)}
        for work, x, y, group, part in rows[:limit]
    ]
    return {
        "version": overview.pk,
        "count": visible.count(),
        "points": points,
        "next_after": points[-1]["artwork"] if len(rows) > limit else None,
    }
