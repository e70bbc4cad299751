"""Explanations in the worker: compare two pictures region by region, and store the answer. Needs torch."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray
from redis import Redis

from collection.files import storage
from collection.models import ArtworkImage
from similarity.embedding import originals
from similarity.embedding.describing import EmbedderOf
from similarity.explain import explanations
from similarity.explain.explanations import Explanation
from similarity.explain.questions import Question
from similarity.models import Space
from similarity.vision.correspondence import cells, regions
from similarity.vision.correspondence.regions import Correspondence
from similarity.vision.lenses import COLOUR, COMPOSITION
from similarity.vision.networks.backbones import UnknownBackboneError
from similarity.vision.networks.weights import WeightsError
from similarity.vision.pixels import decoding
from similarity.workers import ephemeral

if TYPE_CHECKING:
    from torch import Tensor

logger = logging.getLogger(__name__)

ANSWER_S = 3600  # how long an answer of 3 KB stays in Redis; anyone can ask, so the memory must be bounded
REFUSED_S = 600  # how long a refusal stays; the comparison may succeed later
ATTEMPTS = 2
ATTEMPTS_S = 3600
COLOUR_SIDE_PX = 224
LEAST_CELLS = 12  # along a side; for coarser maps the network is run again on pictures of twice the size
NEARBY = 0.15  # of a side: how far composition searches for the region that corresponds

# Pages translate these reasons.
FAILED = gettext_noop("These two pictures could not be compared region by region.")
GONE = gettext_noop("One of these pictures is no longer here.")
NO_NETWORK = gettext_noop("The network that compared these pictures is not available at this moment.")

Maps = NDArray[np.float32]  # (C, H, W)


class Mapper(Protocol):
    """An embedder that also gives the feature maps of its network."""

    side_px: int

    def maps(self, pixels: NDArray[np.uint8]) -> "Tensor":
        """Return (N, C, H', W') feature maps of (N, H, W, 3) uint8 pictures in sRGB."""
        ...


def answer(low: int, high: int, space_id: int, embedder_of: EmbedderOf) -> None:
    """Compare the two pictures and store the answer. A pair that cannot be explained is refused with the reason."""
    question = Question(low, high, space_id)
    with ephemeral.connect() as redis:
        if redis.exists(question.answer_key):
            return
        attempts = redis.incr(question.attempts_key)  # counts begun attempts, not messages that no worker took
        redis.expire(question.attempts_key, ATTEMPTS_S)
        is_given_up = attempts > ATTEMPTS
        store_answer(redis, question, Explanation("refused", FAILED) if is_given_up else compare(question, embedder_of))


def store_answer(redis: Redis, question: Question, found: Explanation) -> None:
    stored_s = ANSWER_S if found.state == "ready" else REFUSED_S
    redis.set(question.answer_key, explanations.to_json(found), ex=stored_s)
    # deleted after the answer is stored, so that the pair is known at every moment
    redis.delete(question.asked_key, question.attempts_key)


def compare(question: Question, embedder_of: EmbedderOf) -> Explanation:
    """Return the explanation, or a refusal if a picture, the space or its network is missing."""
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
    """Find the regions of two pictures that correspond, by the lens of the space.

    Raise decoding.UnreadableError, OSError, WeightsError or UnknownBackboneError.
    """
    if space.lens == COLOUR:
        first, second = (cells.colours(square(image, COLOUR_SIDE_PX)) for image in images)
        return regions.find_colours(first, second)
    embedder = cast("Mapper", embedder_of(space))
    squares = [square(image, embedder.side_px) for image in images]
    first, second = fine_maps(images, squares, embedder)
    here, there = (cells.detail(pixels, first.shape[1:]) for pixels in squares)
    reach = NEARBY if space.lens == COMPOSITION else None
    return regions.find(first, second, details=(here, there), reach=reach)


def fine_maps(images: Sequence[ArtworkImage], squares: Sequence[NDArray[np.uint8]], embedder: Mapper) -> list[Maps]:
    """Return the feature maps of two pictures, (C, H, W) each, at twice the size if they would be too coarse."""
    coarse = maps(squares, embedder)
    if min(coarse[0].shape[1:]) >= LEAST_CELLS:
        return coarse
    try:
        return maps([square(image, 2 * embedder.side_px) for image in images], embedder)
    except (AssertionError, RuntimeError, ValueError) as error:  # vision transformers take only one size
        logger.info("Regions are coarse, as the network takes no larger pictures: %s", error)
        return coarse


def maps(squares: Sequence[NDArray[np.uint8]], embedder: Mapper) -> list[Maps]:
    """Return the feature maps (C, H', W') of each of these pictures, given as (S, S, 3) uint8 in sRGB."""
    return list(embedder.maps(np.stack(squares)).detach().float().cpu().numpy())


def square(image: ArtworkImage, side_px: int) -> NDArray[np.uint8]:
    """Return the picture squashed into (side_px, side_px, 3) uint8. Raise decoding.UnreadableError or OSError.

    A large picture is read from its largest derivative, because a visitor waits.
    """
    if originals.is_large((image.width_px, image.height_px)):
        return decoding.read_square(storage.derivative(image.sha256, max(storage.SIDES_PX), "webp"), side_px)
    return decoding.read_square(storage.original(image.sha256, image.extension), side_px)
