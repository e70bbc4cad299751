"""Search by picture in the worker: read the picture from Redis, search, store the answer. Needs torch."""

import io
import logging
from collections.abc import Sequence

from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_noop
from PIL import Image

from collection import imaging, permissions
from similarity.embedding import describing
from similarity.embedding.describing import EmbedderOf
from similarity.image_query import answers, recognition, searches
from similarity.image_query.answers import Answer, Found
from similarity.index import query_filters
from similarity.spaces import lifecycle
from similarity.vision.lenses import LENSES
from similarity.workers import ephemeral

logger = logging.getLogger(__name__)

COPY_SIDE_PX = 480
COPY_QUALITY = 70

# English, as a worker stores them. `searches.look_up` translates them for the visitor.
RENEWED = gettext_noop("Search by picture is being renewed; please try again in a few minutes.")
FAILED = gettext_noop("Something went wrong while your picture was compared; please try another one.")
INCOMPARABLE = gettext_noop("Nothing was found in this picture that could be compared.")


def answer(token: str, embedder_of: EmbedderOf) -> None:
    """Search by the picture of this token and store the answer. A picture that cannot be compared is refused."""
    with ephemeral.connect() as redis:
        picture, user_id = redis.mget(searches.picture_key(token), searches.user_key(token))
        if picture is None:
            return
        found, copy = answer_of(picture, user_with(int(user_id or 0)), embedder_of)
        if copy:
            redis.set(searches.copy_key(token), copy, ex=searches.VECTOR_TTL_S)
        redis.set(searches.answer_key(token), answers.to_json(found), ex=searches.VECTOR_TTL_S)
        # deleted after the answer is stored, so that the search is known at every moment
        redis.delete(searches.picture_key(token), searches.user_key(token))


def answer_of(picture: bytes, user: permissions.User, embedder_of: EmbedderOf) -> tuple[Answer, bytes]:
    """Search. If that fails unexpectedly, log the error and return a refusal, so that the visitor does not wait."""
    try:
        return searched(picture, user, embedder_of)
    except (OperationalError, InterfaceError):  # the database is away: the task fails, and the search expires
        raise
    except Exception:
        logger.exception("A search by picture failed")
        return Answer("refused", FAILED), b""


def user_with(user_id: int) -> permissions.User:
    """Return the user, or an anonymous one if the account has been deleted or deactivated."""
    return get_user_model().objects.filter(pk=user_id, is_active=True).first() or searches.ANYONE


def searched(picture: bytes, user: permissions.User, embedder_of: EmbedderOf) -> tuple[Answer, bytes]:
    """Search by a shrunk picture in the live spaces. Return the answer, and a small copy (WebP) or no bytes."""
    live = lifecycle.searched_spaces()
    try:
        upright = imaging.open_upright(picture, limits=imaging.ADMITTED)
        vectors = describing.describe(upright, live, embedder_of)
    except imaging.Refused as refusal:
        return Answer("refused", str(refusal)), b""
    except describing.NoNetworkError:
        return Answer("refused", RENEWED), b""
    if not vectors:
        return Answer("refused", INCOMPARABLE), b""
    if not any(space.lens in LENSES for space in live if space.pk in vectors):  # after an upgrade
        return Answer("refused", RENEWED), b""
    finding = recognition.spaces_among(space for space in live if space.pk in vectors)
    found: Sequence[Found] = ()
    if finding:
        among = query_filters.visible_to(user)
        found = recognition.identify(upright, embedder_of(finding[0]), among, finding, vectors)
    return Answer("ready", "", vectors, tuple(found), upright.size), small_copy(upright)


def small_copy(picture: Image.Image) -> bytes:
    """Return a WebP file of the picture, COPY_SIDE_PX at most along each side."""
    copy = picture.copy()
    copy.thumbnail((COPY_SIDE_PX, COPY_SIDE_PX))
    file = io.BytesIO()
    copy.save(file, "WEBP", quality=COPY_QUALITY)
    return file.getvalue()
