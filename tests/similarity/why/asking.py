"""What visitors ask, and workers answer."""

from collection.models import Artwork
from similarity.explain import questions, region_comparison
from similarity.models import Space
from similarity.workers import ephemeral
from tests.similarity.mapping import Mapper


def address(one: Artwork, two: Artwork, **query: object) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/works/{one.pk}/why/{two.pk}/" + (f"?{pairs}" if pairs else "")


def forget_who_asked(one: Artwork, two: Artwork, space: Space) -> None:
    """As time does."""
    low, high = sorted(work.lead_image.pk for work in (one, two))
    with ephemeral.connect() as redis:
        redis.delete(questions.Question(low, high, space.pk).asked_key)


def work_off(rung: list[list[int]], embedder: Mapper | None = None) -> Mapper:
    embedder = embedder or Mapper()
    for asked in rung:
        region_comparison.answer(*asked, lambda space: embedder)
    rung.clear()
    return embedder
