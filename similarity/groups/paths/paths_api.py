"""The JSON API of paths and outliers."""

from collections.abc import Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from collection import permissions, queries
from collection.api import ArtworkOut
from collection.models import Artwork
from collection.views.fragments import ids_in
from similarity.groups.outliers import outlier_views, strangest
from similarity.groups.outliers.strangest import SHOWN
from similarity.groups.paths import chains
from similarity.groups.paths.chains import AVOIDED_LIMIT, Problem

router = Router(tags=["similarity"])


class StepOut(Schema):
    artwork: ArtworkOut
    closer_than_percent: float | None = Field(
        description="per cent of random pairs of pictures that are farther apart than this work and the one before it"
    )
    nearness: str | None = Field(description="twin, close or related; null if farther apart, unknown, or the first")


class PathOut(Schema):
    steps: list[StepOut] = Field(description="the works of the path, the two ends included; empty if there is no path")
    problem: str = Field(description="why there is no path, or empty")


class OutlierOut(Schema):
    artwork: ArtworkOut = Field(alias="work")
    nearest: ArtworkOut | None = Field(description="the nearest work that you may see, of its kind if one is given")


@router.get("/paths/{from_id}/{to_id}", response=PathOut, by_alias=False, summary="A chain of works that look alike")
def path(
    request: HttpRequest,
    from_id: int,
    to_id: int,
    without: str = Query("", max_length=2_000, description="ids of works to avoid, separated by commas"),
) -> dict[str, Any]:
    """Return a path of 3 to 12 steps from one work to another, fewer if there is no longer one."""
    visible = permissions.visible_works(request.user).select_related("collection")
    start, end = (queries.listed_or_404(visible, request.user, pk) for pk in (from_id, to_id))
    chain = chains.find(request.user, start, end, ids_in(without, AVOIDED_LIMIT))
    if chain.problem == Problem.BUSY:
        raise HttpError(503, str(chain.problem))
    with_views(chain.works, request.user)
    steps = [None, *(stop.step for stop in chain.stops[:-1])]
    return {
        "problem": str(chain.problem) if chain.problem else "",
        "steps": [
            {
                "artwork": stop.work,
                "closer_than_percent": step.closer_than if step else None,
                "nearness": step.nearness if step else None,
            }
            for stop, step in zip(chain.stops, steps, strict=False)
        ],
    }


@router.get("/outliers", response=list[OutlierOut], by_alias=False, summary="The works unlike all others")
def outliers(
    request: HttpRequest,
    k: int = Query(SHOWN, ge=1, le=SHOWN),
    classification: str = Query("", description="only among works of this classification"),
    department: str = Query("", description="only among works of this department"),
    collection: str = Query("", description="only among works of the collection with this slug"),
) -> list[strangest.Outlier]:
    """Return the works that are farthest from their nearest works, of all or of one kind that enough works have."""
    asked = {"classification": classification, "department": department, "collection": collection}
    kind = outlier_views.asked_kind(asked)
    if kind and not outlier_views.label_of(kind, strangest.kinds_of(request.user)):
        raise Http404
    found = strangest.find(request.user, kind, k) or []
    with_views([one.work for one in found] + [one.nearest for one in found if one.nearest], request.user)
    return found


def with_views(works: Sequence[Artwork], user: permissions.User) -> None:
    """Fetch the pictures of works that this user may see, in one query."""
    prefetch_related_objects(list(works), queries.views(user))
