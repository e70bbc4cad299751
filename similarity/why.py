"""Why two pictures are alike: asked for on demand, computed once by a worker, kept in Redis for an hour.

Nothing is lost with it: what is not there is computed again. A pair is asked of the workers once at a time, however
many visitors ask, and given up after a second try of a worker that came to nothing.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from django.db.models import Q
from kombu.exceptions import OperationalError
from numpy.typing import NDArray
from redis import Redis
from redis.exceptions import RedisError

from collection import storage
from collection.models import ArtworkImage
from similarity import explanations, index, percentiles, picture_search, short_term, tasks
from similarity.explanations import Explanation
from similarity.models import Space
from similarity.vision import cells, correspondence, decoding
from similarity.vision.contract import Embedder
from similarity.vision.correspondence import Correspondence
from similarity.vision.lenses import COLOUR, COMPOSITION

if TYPE_CHECKING:
    from torch import Tensor

logger = logging.getLogger(__name__)

PREFIX = "kindred:why:"  # the same Redis holds Celery's queues
KEPT_S = 3600  # 3 KB each, asked for by anyone: an hour bounds what they take of Redis
REFUSED_S = 600  # what failed may work again later
ASKED_S = 60  # before a worker that gave no answer is asked again
ATTEMPTS = 2
ATTEMPTS_S = 3600
WAITING_LIMIT = 3  # in the queue that visitors' searches share, and they matter more
COLOUR_SIDE_PX = 224
LEAST_CELLS = 12  # a side: coarser maps are made anew, of the pictures at twice the size
NEARBY = 0.15  # of a side: where composition looks for a region's like

BUSY = "Many visitors are looking at this moment; please try again in a minute."
RESTING = "Explanations are resting for a moment; please try again soon."
FAILED = "These two pictures could not be compared region by region."
GONE = "One of these pictures is no longer here."
NO_NETWORK = "The network that compared these pictures is not at hand at this moment."

EmbedderOf = Callable[[Space], Embedder]
Maps = NDArray[np.float32]  # (C, H, W)


class Mapper(Protocol):
    """What explaining needs of an embedder beyond describing."""

    side_px: int

    def maps(self, pixels: NDArray[np.uint8]) -> "Tensor":
        """(N, H, W, 3) sRGB -> (N, C, H', W')."""
        ...


@dataclass(frozen=True)
class Question:
    """Two pictures in a space; the same question whichever of them comes first."""

    low: int
    high: int
    space_id: int

    @property
    def answer_key(self) -> str:
        return f"{PREFIX}answer:{self.low}-{self.high}-{self.space_id}"

    @property
    def asked_key(self) -> str:
        return f"{PREFIX}asked:{self.low}-{self.high}-{self.space_id}"

    @property
    def attempts_key(self) -> str:
        return f"{PREFIX}attempts:{self.low}-{self.high}-{self.space_id}"


def explain(image_id: int, other_id: int, space: Space) -> Explanation:
    """What is known of the pair, told from the first picture; a worker is asked where nothing is. Never raises."""
    question = Question(min(image_id, other_id), max(image_id, other_id), space.pk)
    try:
        found = look_up(question) or ask(question)
    except (RedisError, OperationalError):
        logger.exception("No worker could be asked why pictures %s and %s are alike", image_id, other_id)
        return Explanation("refused", RESTING)
    return found if image_id == question.low else found.turned


def look_up(question: Question) -> Explanation | None:
    """None where nobody has asked yet, or no worker has answered in time. Raises RedisError."""
    with short_term.connect() as redis:
        answer, asked = redis.mget(question.answer_key, question.asked_key)
    if answer is not None:
        return explanations.from_json(answer)
    return None if asked is None else Explanation("waiting")


def ask(question: Question) -> Explanation:
    """Asks a worker, unless somebody else was quicker. Raises RedisError and OperationalError."""
    if picture_search.waiting() >= WAITING_LIMIT:
        return Explanation("refused", BUSY)
    with short_term.connect() as redis:
        if not redis.set(question.asked_key, 1, nx=True, ex=ASKED_S):
            return Explanation("waiting")
    tasks.explain_pair.apply_async([question.low, question.high, question.space_id], retry=False, expires=ASKED_S)
    return Explanation("waiting")


def closer_than(image_id: int, other_id: int, space: Space) -> float | None:
    """Per cent of random pairs that are farther apart than these two; None where that is not known."""
    vector = index.vectors_of(space, [image_id]).get(image_id)
    if vector is None:
        return None
    rows = index.query(space, vector, Q(image=other_id)).order_by()  # one row by its key, not by way of the index
    distance = rows.values_list("distance", flat=True).first()
    if distance is None:
        return None
    return percentiles.closer_than(distance, space.quantiles)


def answer(low: int, high: int, space_id: int, embedder_of: EmbedderOf) -> None:
    """The worker's part. What can't be explained is answered too, with the reason."""
    question = Question(low, high, space_id)
    with short_term.connect() as redis:
        if redis.exists(question.answer_key):
            return
        attempts = redis.incr(question.attempts_key)  # begun, by workers: a message that waited in vain is no try
        redis.expire(question.attempts_key, ATTEMPTS_S)
        is_given_up = attempts > ATTEMPTS
        keep(redis, question, Explanation("refused", FAILED) if is_given_up else compare(question, embedder_of))


def keep(redis: Redis, question: Question, found: Explanation) -> None:
    kept_s = KEPT_S if found.state == "ready" else REFUSED_S
    redis.set(question.answer_key, explanations.to_json(found), ex=kept_s)
    redis.delete(question.asked_key, question.attempts_key)  # after the answer, so that the pair is never neither


def compare(question: Question, embedder_of: EmbedderOf) -> Explanation:
    from similarity.vision.backbones import UnknownBackboneError  # torch comes with it, and the web has none
    from similarity.vision.weights import WeightsError

    images = ArtworkImage.objects.in_bulk([question.low, question.high])
    space = Space.objects.filter(pk=question.space_id).first()
    if space is None or len(images) < 2:
        return Explanation("refused", GONE)
    try:
        found = correspond([images[question.low], images[question.high]], space, embedder_of)
    except decoding.UnreadableError as error:
        return Explanation("refused", str(error))
    except (WeightsError, UnknownBackboneError) as error:
        logger.error("Nothing is explained in %s: %s", space, error)
        return Explanation("refused", NO_NETWORK)
    return explanations.ready(found)


def correspond(images: Sequence[ArtworkImage], space: Space, embedder_of: EmbedderOf) -> Correspondence:
    """Raises decoding.UnreadableError, OSError and weights.WeightsError."""
    if space.lens == COLOUR:
        first, second = (cells.colours(square(image, COLOUR_SIDE_PX)) for image in images)
        return correspondence.find_colours(first, second)
    embedder = cast("Mapper", embedder_of(space))
    squares = [square(image, embedder.side_px) for image in images]
    first, second = fine_maps(images, squares, embedder)
    here, there = (cells.detail(pixels, first.shape[1:]) for pixels in squares)
    reach = NEARBY if space.lens == COMPOSITION else None
    return correspondence.find(first, second, details=(here, there), reach=reach)


def fine_maps(images: Sequence[ArtworkImage], squares: Sequence[NDArray[np.uint8]], embedder: Mapper) -> list[Maps]:
    coarse = maps(squares, embedder)
    if min(coarse[0].shape[1:]) >= LEAST_CELLS:
        return coarse
    try:
        return maps([square(image, 2 * embedder.side_px) for image in images], embedder)
    except (AssertionError, RuntimeError, ValueError) as error:  # vision transformers take pictures of one size alone
        logger.info("Regions are coarse, as the network takes no larger pictures: %s", error)
        return coarse


def maps(squares: Sequence[NDArray[np.uint8]], embedder: Mapper) -> list[Maps]:
    return list(embedder.maps(np.stack(squares)).detach().float().cpu().numpy())


def square(image: ArtworkImage, side_px: int) -> NDArray[np.uint8]:
    """The picture as the network sees it. Raises decoding.UnreadableError and OSError."""
    return decoding.read_square(storage.original(image.sha256, image.extension), side_px)
