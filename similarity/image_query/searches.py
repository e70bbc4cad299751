"""Search by a picture that is not kept: the web checks and shrinks it, a worker describes it, both forget it.

The shrunk picture, or the detail of it that is asked about, lies in Redis until a worker has read it (two minutes at
most). For ten minutes there remain its descriptors, the works found in it and a small copy, on which these are shown,
so that the page of results can be reloaded in that time. All are plain bytes and JSON, since what lies in the broker's
Redis must not be able to run code in the web.
"""

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from collection import imaging, permissions
from collection.jobs import workers
from similarity.image_query import answers, client_limits
from similarity.image_query.answers import Answer
from similarity.models import Space, SpaceState
from similarity.vision.lenses import LENSES
from similarity.workers import ephemeral, task_names

logger = logging.getLogger(__name__)

PREFIX = "kindred:search:"  # the same Redis holds Celery's queues
PICTURE_TTL_S = 120
VECTOR_TTL_S = 600
SHRUNK_SIDE_PX = 768
SEARCH_PIXELS_MP = 50
QUEUE = "search"  # as CELERY_TASK_ROUTES has it
WAITING_LIMIT = 50  # anyone may search: so much of Redis and of a worker's time at most
# 50 megapixels of these cost seconds and half a GiB, as nothing less can be decoded; a phone's 4032 x 3024 fits.
COSTLY_FORMATS = {"HEIF", "AVIF"}
COSTLY_PIXELS_MP = 12.5

ANYONE = AnonymousUser()
TURN_WAIT_S = 10
turn = threading.BoundedSemaphore(1)  # one picture at a time is decoded in a process, so that its memory is bounded

RESTING = "Search by picture is resting for a moment; please try again soon."
BUSY = "Many visitors are searching at this moment; please try again in a minute."


class SearchUnavailableError(RuntimeError):
    """The picture could not be handed to a worker; the text is fit to show."""


def ask(
    data: bytes, crop: imaging.Crop | None = None, user: permissions.User = ANYONE, *, client: str | None = None
) -> str:
    """Hand a picture, or a detail of it, to a worker; return the token under which the answer will be found.

    The works in it are looked for among those that the user may see. `client` is who asks, as `client_limits` names it.

    Raise imaging.Refused for what is no picture, TooManySearchesError if the client has used its share, and
    SearchUnavailableError if no message gets through.
    """
    token = secrets.token_urlsafe(16)
    try:
        if waiting() >= WAITING_LIMIT:  # before anything is spent on the picture
            raise SearchUnavailableError(BUSY)
        with ephemeral.connect() as redis, begun(redis, token, user):
            if client is not None:
                client_limits.admit(redis, client, user_key(token), PICTURE_TTL_S)
            redis.set(picture_key(token), shrink(data, crop), ex=PICTURE_TTL_S)
            workers.ask(task_names.SEARCH, [token], expires_s=PICTURE_TTL_S)
    except (RedisError, OperationalError):
        logger.exception("A searched picture could not be handed to a worker")
        raise SearchUnavailableError(RESTING) from None
    return token


@contextmanager
def begun(redis: Redis, token: str, user: permissions.User) -> Iterator[None]:
    """Note a search and who asks. Forget both if it is refused within; else the worker does so once it has answered."""
    redis.set(user_key(token), user.pk or 0, ex=PICTURE_TTL_S)
    try:
        yield
    except Exception:
        with suppress(RedisError):
            redis.delete(user_key(token), picture_key(token))
        raise


def waiting() -> int:
    """Searches that no worker has taken yet. Raises RedisError."""
    with ephemeral.connect() as redis:
        return int(redis.llen(QUEUE))


def picture_key(token: str) -> str:
    return f"{PREFIX}picture:{token}"


def user_key(token: str) -> str:
    return f"{PREFIX}user:{token}"


def copy_key(token: str) -> str:
    return f"{PREFIX}copy:{token}"


def answer_key(token: str) -> str:
    return f"{PREFIX}answer:{token}"


def shrink(data: bytes, crop: imaging.Crop | None) -> bytes:
    """-> PNG bytes, when it is this picture's turn. Raises imaging.Refused, or SearchUnavailableError after a wait."""
    refuse_costly(data)
    if not turn.acquire(timeout=TURN_WAIT_S):
        raise SearchUnavailableError(BUSY)
    try:
        return imaging.shrink(data, SHRUNK_SIDE_PX, limits(), crop)
    finally:
        turn.release()


def refuse_costly(data: bytes) -> None:
    """Raises imaging.Refused by the header alone: over the limits, or over those of a format that is slow to decode."""
    header = imaging.open_header(data, limits())
    width_px, height_px = header.size
    if header.format in COSTLY_FORMATS and width_px * height_px > COSTLY_PIXELS_MP * 1_000_000:
        raise imaging.TooManyPixels(
            f"This picture has {width_px} by {height_px} pixels; to search by, at most {COSTLY_PIXELS_MP:g} megapixels "
            f"are accepted in HEIC or AVIF, and {limits().pixels_mp:g} megapixels in other formats."
        )


def limits() -> imaging.Limits:
    """Tighter than for uploads: anyone may search."""
    return imaging.Limits(
        size_mib=settings.KINDRED_SEARCH_LIMIT_MIB,
        pixels_mp=min(settings.KINDRED_PIXEL_LIMIT_MP, SEARCH_PIXELS_MP),
        side_ratio=settings.KINDRED_SIDE_RATIO_LIMIT,
    )


def copy_of(token: str) -> bytes | None:
    """Return the small copy (WebP) of a searched picture while it is there. Raise SearchUnavailableError."""
    try:
        with ephemeral.connect() as redis:
            found: bytes | None = redis.get(copy_key(token))
    except RedisError:
        raise SearchUnavailableError(RESTING) from None
    return found


def look_up(token: str) -> Answer:
    """What is known of a search. Raises SearchUnavailableError."""
    try:
        with ephemeral.connect() as redis:
            found, picture = redis.mget(answer_key(token), picture_key(token))
    except RedisError:
        raise SearchUnavailableError(RESTING) from None
    if found is not None:
        return answers.from_json(found)
    return Answer("gone" if picture is None else "waiting")


def seen_through(answer: Answer) -> dict[str, Space]:
    """By lens, in their order, the spaces that hold the answer's vectors and are still there to be searched."""
    found = Space.objects.filter(pk__in=answer.vectors, state__in=[SpaceState.LIVE, SpaceState.PREVIOUS])
    by_lens = {space.lens: space for space in found}
    return {lens: by_lens[lens] for lens in LENSES if lens in by_lens}
