"""Addresses of explanations, and the work of a worker that answers them."""

from collections.abc import Sequence

from collection.models import Artwork
from similarity.explain import questions, region_comparison
from similarity.models import Space
from similarity.workers import ephemeral
from tests import broker
from tests.similarity.mapping import Mapper


def address(one: Artwork, two: Artwork, **query: object) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/works/{one.pk}/why/{two.pk}/" + (f"?{pairs}" if pairs else "")


def forget_who_asked(one: Artwork, two: Artwork, space: Space) -> None:
    """Do what time does: the record that a worker was asked expires."""
    low, high = sorted(work.lead_image.pk for work in (one, two))
    with ephemeral.connect() as redis:
        redis.delete(questions.Question(low, high, space.pk).asked_key)


def work_off(messages: Sequence[list[int]], embedder: Mapper | None = None) -> Mapper:
    """Answer these messages as a worker does, and empty the queue."""
    embedder = embedder or Mapper()
    for arguments in list(messages):
        region_comparison.answer(*arguments, lambda space: embedder)
    broker.clear()
    return embedder
