"""Explanations in the web process: look one up in Redis, or ask a worker to compute it.

An explanation stays in Redis for an hour. If it is lost, it is computed again. However many visitors ask about a pair,
it waits once, in the same fair queue as searches. After two attempts of workers without an answer, it is refused.
"""

import logging
from dataclasses import dataclass

from django.utils.translation import gettext_noop
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from collection.jobs import workers
from similarity.explain import explanations
from similarity.explain.explanations import Explanation
from similarity.image_query import client_limits
from similarity.index import percentiles, query_filters, store
from similarity.models import Space
from similarity.workers import ephemeral, fair_queue, task_names

logger = logging.getLogger(__name__)

PREFIX = "kindred:why:"  # the same Redis holds Celery's queues
EXPLAIN = "explain"  # the kind of an explanation in `fair_queue`
ASKED_S = 60  # without an answer, before a worker is asked again

BUSY = gettext_noop("Many visitors are looking at this moment; please try again in a minute.")
UNAVAILABLE = gettext_noop("Explanations are not available at the moment; please try again soon.")


@dataclass(frozen=True)
class Question:
    """Two pictures in a space, by ascending id, so that both orders make the same question."""

    low: int
    high: int
    space_id: int

    @property
    def name(self) -> str:
        return f"{self.low}-{self.high}-{self.space_id}"

    @property
    def answer_key(self) -> str:
        return f"{PREFIX}answer:{self.name}"

    @property
    def asked_key(self) -> str:
        return f"{PREFIX}asked:{self.name}"

    @property
    def attempts_key(self) -> str:
        return f"{PREFIX}attempts:{self.name}"


def explain(image_id: int, other_id: int, space: Space, *, client: str | None = None) -> Explanation:
    """Return the explanation of a pair, with the first picture first. Ask a worker if there is none. Never raise.

    `client` is the visitor's address as `collection.clients.client_of` returns it; None for no limit.
    """
    question = Question(min(image_id, other_id), max(image_id, other_id), space.pk)
    try:
        found = look_up(question) or ask(question, client_limits.asker(client))
    except client_limits.TooManySearchesError as error:
        return Explanation("refused", str(error))
    except fair_queue.NoRoomError:
        return Explanation("refused", BUSY)
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


def ask(question: Question, asker: fair_queue.Asker) -> Explanation:
    """Let the question wait for a worker, unless another request has just asked it.

    Raise TooManySearchesError, NoRoomError, RedisError or OperationalError.
    """
    with ephemeral.connect() as redis:
        if not redis.set(question.asked_key, 1, nx=True, ex=ASKED_S):
            return Explanation("waiting")
        try:
            client_limits.admit(redis, asker)
            with client_limits.waiting_limits():
                fair_queue.put(queued(question, asker))
            workers.ask(task_names.ANSWER, [], expires_s=ASKED_S)
        except Exception:
            redis.delete(question.asked_key)
            raise
    return Explanation("waiting")


def queued(question: Question, asker: fair_queue.Asker) -> fair_queue.Queued:
    """Return a question as it waits for a worker. If it is given up, the page asks it again."""
    arguments = [question.low, question.high, question.space_id]
    return fair_queue.Queued(
        question.name, EXPLAIN, arguments, asker.network, asker.client, ASKED_S, forget=[question.asked_key]
    )


def closer_than(image_id: int, other_id: int, space: Space) -> float | None:
    """Return the percentage of random pairs that are farther apart than these two pictures; None if unknown."""
    vector = store.vectors_of(space, [image_id]).get(image_id)
    if vector is None:
        return None
    found = store.distances(space, vector[None], query_filters.of_images([other_id]))
    return percentiles.closer_than(found[0].distance, space.quantiles) if found else None
