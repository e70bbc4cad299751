"""JSON for likeness: similar works, and search by a picture that is not kept."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.errors import HttpError
from ninja.files import UploadedFile

from collection import imaging, permissions
from collection.api import ArtworkOut, PictureOut
from similarity import kin, picture_search

router = Router(tags=["similarity"])
K_LIMIT = 100


class KinOut(Schema):
    artwork: ArtworkOut = Field(alias="work")
    image: PictureOut = Field(description="the picture of the work that looks most like it")
    closer_than_percent: float | None = Field(
        alias="closer_than", description="per cent of random pairs of pictures that are farther apart"
    )


class SearchOut(Schema):
    token: str
    state: str = Field(description="waiting, ready, refused, or gone")
    reason: str = Field("", description="why the picture was refused")
    lenses: list[str] = Field([], description="what the picture was compared by")
    lens: str = Field("", description="which of them the results are of")
    results: list[KinOut] = []


@router.get("/artworks/{work_id}/similar", response=list[KinOut], by_alias=False, summary="Works like this one")
def similar(request: HttpRequest, work_id: int, k: int = Query(12, ge=1, le=K_LIMIT)) -> list[kin.Kin]:
    work = get_object_or_404(permissions.visible_works(request.user), pk=work_id)
    return with_views(kin.similar(work, request.user, k) or [])


def with_views(found: list[kin.Kin]) -> list[kin.Kin]:
    """Fetches all views of the works found, in one query."""
    prefetch_related_objects([one.work for one in found], "images")
    return found


@router.post("/search/picture", response={202: SearchOut}, by_alias=False, summary="Search by a picture; not kept")
def search(
    request: HttpRequest,
    picture: File[UploadedFile],
    crop: str = Form("", description="x,y,width,height: the detail to search by, in fractions of the upright picture"),
) -> Status[dict[str, Any]]:
    """Answers with a token at once; the results are at /search/picture/{token} a moment later."""
    try:
        imaging.check_size(picture.size or 0, picture_search.limits())
        token = picture_search.ask(picture.read(), imaging.Crop.parse(crop) if crop else None)
    except imaging.Refused as error:
        raise HttpError(422, str(error)) from None
    except picture_search.SearchUnavailableError as error:
        raise HttpError(503, str(error)) from None
    return Status(202, {"token": token, "state": "waiting"})


@router.get(
    "/search/picture/{search_token:token}", response=SearchOut, by_alias=False, summary="Results of a search by picture"
)
def results(
    request: HttpRequest,
    token: str,
    k: int = Query(12, ge=1, le=K_LIMIT),
    lens: str = Query("", description="one of `lenses`; the first of them unless another is named"),
) -> dict[str, Any]:
    try:
        answer = picture_search.look_up(token)
    except picture_search.SearchUnavailableError as error:
        raise HttpError(503, str(error)) from None
    spaces = picture_search.seen_through(answer)
    if answer.state == "gone" or (answer.state == "ready" and not spaces):
        raise Http404
    if lens and spaces and lens not in spaces:
        raise HttpError(422, f"This picture was compared by {', '.join(spaces)} only.")
    space = spaces.get(lens, next(iter(spaces.values()), None))
    found = []
    if space is not None:
        found = with_views(kin.nearest([kin.Probe(space, answer.vectors[space.pk], 1.0)], request.user, k))
    return {
        "token": token,
        "state": answer.state,
        "reason": answer.reason,
        "lenses": list(spaces),
        "lens": space.lens if space else "",
        "results": found,
    }
