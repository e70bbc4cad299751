"""Answer what visitors wait for, one search or explanation at a time, in the order of `fair_queue`. Needs torch."""

from collections.abc import Callable, Mapping

from similarity.embedding.describing import EmbedderOf
from similarity.explain import questions, region_comparison
from similarity.image_query import answering, searches
from similarity.workers import fair_queue

ANSWERS: Mapping[str, Callable[..., None]] = {
    searches.SEARCH: answering.answer,
    questions.EXPLAIN: region_comparison.answer,
}


def answer(embedder_of: EmbedderOf) -> bool:
    """Answer what is due next, if anything is. If that raises or the worker dies, it is due again a little later.

    Return True if it was of a crowd (`fair_queue.CROWD`).
    """
    taken = fair_queue.take()
    if taken is None:
        return False
    ANSWERS[taken.kind](*taken.arguments, embedder_of)
    fair_queue.finish(taken.name)
    return taken.is_of_crowd
