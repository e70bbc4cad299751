"""The JSON API: similar works, and search by a picture, which is deleted after the search."""

from collections.abc import Mapping
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.errors import HttpError
from ninja.files import UploadedFile

from collection import imaging, permissions, queries
from collection.api import ArtworkOut, PictureOut
from collection.clients import client_of
from collection.files import refusal_texts
from similarity.image_query import found_works, searches
from similarity.image_query.answers import Answer
from similarity.models import Space
from similarity.neighbours import similar_works
from similarity.spaces import lifecycle
from similarity.vision.lenses import LENSES

router = Router(tags=["similarity"])
K_LIMIT = 100


class LensOut(Schema):
    name: str
    title: str
    sees: str


class Shares(Schema):
    """The shares of the lenses in a blend. They need not add up to 100."""

    look: float = Field(0, ge=0, le=100)
    subject: float = Field(0, ge=0, le=100)
    composition: float = Field(0, ge=0, le=100)
    texture: float = Field(0, ge=0, le=100)
    colour: float = Field(0, ge=0, le=100)


class SimilarWorkOut(Schema):
    artwork: ArtworkOut = Field(alias="work")
    image: PictureOut = Field(description="the picture of the work that looks most like it")
    closer_than_percent: float | None = Field(
        alias="closer_than", description="per cent of random pairs of pictures that are farther apart; null for a blend"
    )
    closer_than_percent_by_lens: dict[str, float | None] = Field(
        alias="by_lens", description="the same by each requested lens; null if unknown"
    )
    nearness: str | None = Field(description="twin, close or related; null if farther apart, or unknown")
    chosen_by_curator: bool = Field(alias="is_pinned", description="pinned by a curator, so that it comes first")


class RecognisedOut(Schema):
    artwork: ArtworkOut
    image: PictureOut
    outline: list[tuple[float, float]] = Field(
        description="corners of the work in the upright picture, from north-west by south-west; 0 to 1"
    )


class SearchOut(Schema):
    token: str
    state: str = Field(description="waiting, ready, refused, or gone")
    reason: str = Field("", description="why the picture was refused")
    lenses: list[str] = Field([], description="the lenses that the picture was compared by")
    lens: str = Field("", description="the lens of these results")
    recognised: list[RecognisedOut] = Field([], description="works that were recognised in the picture")
    results: list[SimilarWorkOut] = []


@router.get("/artworks/{work_id}/similar", response=list[SimilarWorkOut], by_alias=False, summary="Works like this one")
def similar(
    request: HttpRequest,
    work_id: int,
    shares: Query[Shares],
    k: int = Query(12, ge=1, le=K_LIMIT),
    lens: str = Query("", description="one of /lenses; default: the look, unless the request gives a blend"),
) -> list[similar_works.SimilarWork]:
    """Return the most similar works by one lens, or by a blend of several: ?look=70&colour=30."""
    work = queries.listed_or_404(permissions.visible_works(request.user), request.user, work_id)
    live = lifecycle.live_spaces()
    found = similar_works.similar(work, request.user, k, blend=blend_of(lens, shares, live), live=live) or []
    return with_views(found, request.user)


def blend_of(lens: str, shares: Shares, live: list[Space]) -> Mapping[str, float]:
    """Return the blend of a request. Raise HttpError if it names both a lens and shares, or a lens that is not offered.

    In these cases pages use the default lens, but the API must not answer another question than the one asked.
    """
    blend = {lens: 1.0} if lens else {name: share for name, share in shares.dict().items() if share > 0}
    if lens and any(shares.dict().values()):
        raise HttpError(422, gettext("Give either a lens or the shares of a blend, not both."))
    offered = {space.lens for space in live}
    if missing := [name for name in blend if name not in offered]:
        refusal = gettext("There is no lens %(names)s now; see /api/v1/lenses.") % {"names": ", ".join(missing)}
        raise HttpError(404, refusal)
    return blend or similar_works.DEFAULT_BLEND


@router.get("/lenses", response=list[LensOut], summary="The lenses by which works can be compared now")
def lenses(request: HttpRequest) -> list[LensOut]:
    """Return the lenses in order. Their texts are in the language that the client accepts."""
    found = [LENSES[space.lens] for space in lifecycle.live_spaces()]
    return [LensOut(name=one.name, title=gettext(one.title), sees=gettext(one.sees)) for one in found]


def recognised(answer: Answer, user: permissions.User) -> list[dict[str, Any]]:
    """Return the works that were recognised in the picture and that this user may see."""
    found = found_works.recognised(answer, user)
    prefetch_related_objects([image.artwork for image, _ in found], queries.views(user))
    return [{"artwork": image.artwork, "image": image, "outline": corners} for image, corners in found]


def with_views(found: list[similar_works.SimilarWork], user: permissions.User) -> list[similar_works.SimilarWork]:
    """Fetch the views of the works found that this user may see, in one query."""
    prefetch_related_objects([one.work for one in found], queries.views(user))
    return found


@router.post(
    "/search/picture",
    response={202: SearchOut},
    by_alias=False,
    url_name="search_picture",  # early_refusal.API
    summary="Search by a picture; it is deleted",
)
def search(
    request: HttpRequest,
    picture: File[UploadedFile],
    crop: str = Form("", description="x,y,width,height: the detail to search by, in fractions of the upright picture"),
) -> Status[dict[str, Any]]:
    """Return a token at once. The results are at /search/picture/{token} a moment later."""
    try:
        imaging.check_size(picture.size or 0, searches.limits())
        marked = imaging.Crop.parse(crop) if crop else None
        token = searches.ask(picture.read(), marked, request.user, client=client_of(request))
    except imaging.Refused as error:
        raise HttpError(422, refusal_texts.translated(error)) from None
    except searches.SearchUnavailableError as error:
        raise HttpError(503, str(error)) from None
    return Status(202, {"token": token, "state": "waiting"})


@router.get(
    "/search/picture/{search_token:token}", response=SearchOut, by_alias=False, summary="Results of a search by picture"
)
def results(
    request: HttpRequest,
    token: str,
    k: int = Query(12, ge=1, le=K_LIMIT),
    lens: str = Query("", description="one of `lenses`; default: the first of them"),
) -> dict[str, Any]:
    try:
        answer = searches.look_up(token)
    except searches.SearchUnavailableError as error:
        raise HttpError(503, str(error)) from None
    spaces = searches.spaces_of(answer)
    if answer.state == "gone" or (answer.state == "ready" and not spaces):
        raise Http404
    if lens and spaces and lens not in spaces:
        refusal = gettext("This picture was compared by %(lenses)s only.") % {"lenses": ", ".join(spaces)}
        raise HttpError(422, refusal)
    space = spaces.get(lens, next(iter(spaces.values()), None))
    found = []
    if space is not None:
        found = with_views(
            similar_works.nearest([similar_works.Query(space, answer.vectors[space.pk], 1.0)], request.user, k),
            request.user,
        )
    return {
        "token": token,
        "state": answer.state,
        "reason": answer.reason,
        "lenses": list(spaces),
        "lens": space.lens if space else "",
        "recognised": recognised(answer, request.user),
        "results": found,
    }
