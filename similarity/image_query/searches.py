"""Search by picture in the web process: check and shrink the picture, hand it to a worker, look up the answer.

The shrunk picture, or the detail of it to search by, is in Redis until a worker has read it, two minutes at most. Its
descriptors, the works found in it and a small copy stay for ten minutes, so that the page of results can be reloaded.
All are plain bytes and JSON, because other processes write to this Redis, and its content must not run as code.
"""

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext, gettext_noop
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from collection import imaging, permissions
from collection.files import refusal_texts
from collection.jobs import workers
from similarity.image_query import answers, client_limits
from similarity.image_query.answers import Answer
from similarity.models import Space, SpaceState
from similarity.vision.lenses import LENSES
from similarity.workers import ephemeral, fair_queue, task_names

logger = logging.getLogger(__name__)

PREFIX = "kindred:search:"  # the same Redis holds Celery's queues
PICTURE_TTL_S = 120
VECTOR_TTL_S = 600
SHRUNK_SIDE_PX = 768
SEARCH_PIXELS_MP = 50
SEARCH = "search"  # the kind of a search in `fair_queue`
# Only a sequential JPEG shrinks while it is read: 49 megapixels take 0.7 s of the processor. Other pictures are decoded
# at full size: 12.5 megapixels of PNG, WebP or TIFF take as long. A phone's 4032 x 3024 fit.
COSTLY_PIXELS_MP = 12.5

ANYONE = AnonymousUser()
DECODER_WAIT_S = 2
decoder = threading.BoundedSemaphore(1)  # a process decodes one picture at a time, so that its memory is bounded

TOO_COSTLY = gettext_noop(
    "This picture has %(width)s by %(height)s pixels; to search by, at most %(limit)s megapixels are accepted, "
    "and %(jpeg_limit)s megapixels in a JPEG that is not progressive."
)
UNAVAILABLE = gettext_noop("Search by picture is not available at the moment; please try again soon.")
BUSY = gettext_noop("Many visitors are searching at this moment; please try again in a minute.")
GIVEN_UP = gettext_noop(
    "This search was not finished, because too many others waited or the worker stopped. Please try again."
)


class SearchUnavailableError(RuntimeError):
    """The search cannot be handed to a worker or looked up now. The text can be shown to a person."""


CannotBeginError = SearchUnavailableError | client_limits.TooManySearchesError


def admit(client: str) -> None:
    """Count a search that begins, before its picture is received. `client`: as `collection.clients.client_of` returns.

    Raise TooManySearchesError if the client has used its share, SearchUnavailableError as `ask` does.
    """
    asker = client_limits.asker(client)
    with handing_over(), ephemeral.connect() as redis:
        fair_queue.require_room(asker)
        client_limits.admit(redis, asker)


def ask(
    data: bytes, crop: imaging.Crop | None = None, user: permissions.User = ANYONE, *, client: str | None = None
) -> str:
    """Hand a picture, or a detail of it, to a worker. Return the token under which the answer can be looked up.

    The works shown in it are searched among those that the user may see. `client` is the visitor's
    address as `collection.clients.client_of` returns it; None for no limit.
    Raise imaging.Refused if the data is not an accepted picture, TooManySearchesError if the client has used its
    share, SearchUnavailableError if too many searches wait or the broker is unreachable.
    """
    token, asker = secrets.token_urlsafe(16), client_limits.asker(client)
    with handing_over(), ephemeral.connect() as redis, begun(redis, token, user):
        with client_limits.one_picture(asker):
            small = shrink(data, crop)
        redis.set(picture_key(token), small, ex=PICTURE_TTL_S)
        fair_queue.put(queued(token, asker))
        workers.ask(task_names.ANSWER, [], expires_s=PICTURE_TTL_S)
    return token


@contextmanager
def handing_over() -> Iterator[None]:
    """Turn a full queue or an unreachable broker into TooManySearchesError or SearchUnavailableError."""
    try:
        with client_limits.waiting_limits():
            yield
    except fair_queue.NoRoomError:
        raise SearchUnavailableError(gettext(BUSY)) from None
    except (RedisError, OperationalError):
        logger.exception("A searched picture could not be handed to a worker")
        raise SearchUnavailableError(gettext(UNAVAILABLE)) from None


def queued(token: str, asker: fair_queue.Asker) -> fair_queue.Queued:
    """Return a search as it waits for a worker."""
    refusal = answers.to_json(Answer("refused", GIVEN_UP))
    return fair_queue.Queued(
        token, SEARCH, [token], asker.network, asker.client, PICTURE_TTL_S,
        forget=[picture_key(token), user_key(token)], refusal=(answer_key(token), refusal, VECTOR_TTL_S),
    )  # fmt: skip


@contextmanager
def begun(redis: Redis, token: str, user: permissions.User) -> Iterator[None]:
    """Store the user of a search. If the block fails, nothing of it stays; otherwise the worker deletes it."""
    redis.set(user_key(token), user.pk or 0, ex=PICTURE_TTL_S)
    try:
        yield
    except Exception:
        with suppress(RedisError):
            redis.delete(user_key(token), picture_key(token))
            fair_queue.finish(token)
        raise


def picture_key(token: str) -> str:
    return f"{PREFIX}picture:{token}"


def user_key(token: str) -> str:
    return f"{PREFIX}user:{token}"


def copy_key(token: str) -> str:
    return f"{PREFIX}copy:{token}"


def answer_key(token: str) -> str:
    return f"{PREFIX}answer:{token}"


def shrink(data: bytes, crop: imaging.Crop | None) -> bytes:
    """Return the picture or its detail as a small PNG file. Pictures are decoded one after the other.

    Raise imaging.Refused, or SearchUnavailableError if others take too long.
    """
    if not decoder.acquire(timeout=DECODER_WAIT_S):
        raise SearchUnavailableError(gettext(BUSY))
    try:
        refuse_costly(data)
        # never in the process for large pictures, for which uploads and derivatives wait
        return imaging.shrink_quickly(data, SHRUNK_SIDE_PX, limits(), crop)
    finally:
        decoder.release()


def refuse_costly(data: bytes) -> None:
    """Raise imaging.Refused if the header shows a picture over the limits, or one that is slow to decode."""
    width_px, height_px = imaging.header_size(data, limits())
    if width_px * height_px > COSTLY_PIXELS_MP * 1_000_000 and not imaging.shrinks_on_load(data):
        raise imaging.TooManyPixels(
            TOO_COSTLY,
            width=str(width_px),
            height=str(height_px),
            limit=f"{COSTLY_PIXELS_MP:g}",
            jpeg_limit=f"{limits().pixels_mp:g}",
        )


def limits() -> imaging.Limits:
    """Return the limits of searched pictures. They are lower than those of uploads, because anyone may search."""
    return imaging.Limits(
        size_mib=settings.KINDRED_SEARCH_LIMIT_MIB,
        pixels_mp=min(settings.KINDRED_PIXEL_LIMIT_MP, SEARCH_PIXELS_MP),
        side_ratio=settings.KINDRED_SIDE_RATIO_LIMIT,
    )


def copy_of(token: str) -> bytes | None:
    """Return the small copy (WebP) of a searched picture, or None if it has expired. Raise SearchUnavailableError."""
    try:
        with ephemeral.connect() as redis:
            found: bytes | None = redis.get(copy_key(token))
    except RedisError:
        raise SearchUnavailableError(gettext(UNAVAILABLE)) from None
    return found


def look_up(token: str) -> Answer:
    """Return the answer to a search, with a reason in the visitor's language. Raise SearchUnavailableError.

    Workers store their reasons in English.
    """
    try:
        with ephemeral.connect() as redis:
            found, picture = redis.mget(answer_key(token), picture_key(token))
    except RedisError:
        raise SearchUnavailableError(gettext(UNAVAILABLE)) from None
    if found is not None:
        answer = answers.from_json(found)
        return replace(answer, reason=refusal_texts.stored(gettext(answer.reason)))
    return Answer("gone" if picture is None else "waiting")


def spaces_of(answer: Answer) -> dict[str, Space]:
    """Return the spaces of the answer's vectors that can still be searched, by lens, in the order of the lenses."""
    found = Space.objects.filter(pk__in=answer.vectors, state__in=[SpaceState.LIVE, SpaceState.PREVIOUS])
    by_lens = {space.lens: space for space in found}
    return {lens: by_lens[lens] for lens in LENSES if lens in by_lens}
