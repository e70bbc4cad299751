"""Explanations in the web process: look one up in Redis, or ask a worker to compute it.

An explanation stays in Redis for an hour. If it is lost, it is computed again. However many visitors ask about a pair,
one message is sent at a time. After two attempts of workers without an answer, the explanation is refused.
"""

import logging
from dataclasses import dataclass

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from collection.jobs import workers
from similarity.explain import explanations
from similarity.explain.explanations import Explanation
from similarity.image_query import searches
from similarity.index import percentiles, query_filters, store
from similarity.models import Space
from similarity.workers import ephemeral, task_names

logger = logging.getLogger(__name__)

PREFIX = "kindred:why:"  # the same Redis holds Celery's queues
ASKED_S = 60  # without an answer, before a worker is asked again
WAITING_LIMIT = 3  # tasks in the queue, which is that of searches by picture; these are more urgent

BUSY = "Many visitors are looking at this moment; please try again in a minute."
UNAVAILABLE = "Explanations are not available at the moment; please try again soon."


@dataclass(frozen=True)
class Question:
    """Two pictures in a space, by ascending id, so that both orders make the same question."""

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
    """Return the explanation of a pair, with the first picture first. Ask a worker if there is none. Never raise."""
    question = Question(min(image_id, other_id), max(image_id, other_id), space.pk)
    try:
        found = look_up(question) or ask(question)
    except (RedisError, OperationalError):
        logger.exception("No worker could be asked why pictures %s and %s are alike", image_id, other_id)
        return Explanation("refused", UNAVAILABLE)
    return found if image_id == question.low else found.turned


def look_up(question: Question) -> Explanation | None:
    """Return the stored answer, "waiting" if a worker was asked within ASKED_S, else None. Raise RedisError."""
    with ephemeral.connect() as redis:
        answer, asked = redis.mget(question.answer_key, question.asked_key)
    if answer is not None:
        return explanations.from_json(answer)
    return None if asked is None else Explanation("waiting")


def ask(question: Question) -> Explanation:
    """Send a message to a worker, unless another request has just sent one. Raise RedisError or OperationalError."""
    if searches.waiting() >= WAITING_LIMIT:
        return Explanation("refused", BUSY)
    with ephemeral.connect() as redis:
        if not redis.set(question.asked_key, 1, nx=True, ex=ASKED_S):
            return Explanation("waiting")
    workers.ask(task_names.EXPLAIN, [question.low, question.high, question.space_id], expires_s=ASKED_S)
    return Explanation("waiting")


def closer_than(image_id: int, other_id: int, space: Space) -> float | None:
    """Return the percentage of random pairs that are farther apart than these two pictures; None if unknown."""
    vector = store.vectors_of(space, [image_id]).get(image_id)
    if vector is None:
        return None
    found = store.distances(space, vector[None], query_filters.of_images([other_id]))
    return percentiles.closer_than(found[0].distance, space.quantiles) if found else None
