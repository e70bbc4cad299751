"""While visitors search, pictures that wait are embedded in between, in slices that a search ends."""

from pathlib import Path

import pytest

from collection import ingest
from similarity import tasks
from similarity.embedding import fair_share
from similarity.explain import next_question
from similarity.workers import fair_queue
from tests import factories, fakes
from tests.similarity.sent_messages import search_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_waits(broker, monkeypatch) -> None:
    monkeypatch.setattr(fair_share.Owed, "seconds", 0.0)


def upload(count: int) -> None:
    collection = factories.a_collection()
    for seed in range(1, count + 1):
        picture = ingest.NewPicture(factories.painted(seed), f"{seed}.jpg")
        factories.add_picture(factories.a_work(collection), picture)


def test_after_so_much_searching_embedding_is_owed_as_much(monkeypatch, media: Path):
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    upload(1)
    monkeypatch.setattr(fair_share, "SLICE_S", 1e-9)  # a search takes longer than that

    with fair_share.searching():
        next_question.answer(lambda _: embedder)
    before = fair_share.is_owed()
    monkeypatch.setattr(fair_share, "SLICE_S", 60.0)
    taken = fair_share.embed([embedder], 60.0)

    assert before
    assert taken == 1
    assert not fair_share.is_owed()


def test_a_slice_ends_after_a_small_batch_once_a_search_waits_and_embedding_had_its_share(media: Path, monkeypatch):
    embedder = fakes.FakeEmbedder(batch_size=8)
    fakes.opened(embedder)
    upload(5)
    monkeypatch.setattr(fair_share, "SLICE_S", 0.0)
    fair_queue.put(search_of("mine", fair_queue.Asker()))

    while_searching = fair_share.embed([embedder], 600.0)
    fair_queue.finish("mine")
    afterwards = fair_share.embed([embedder], 600.0)

    assert (while_searching, afterwards) == (2, 3)


def test_without_redis_pictures_are_embedded(media: Path, settings):
    embedder = fakes.FakeEmbedder(batch_size=2)
    fakes.opened(embedder)
    upload(3)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert fair_share.embed([embedder], 600.0) == 3


def test_messages_of_the_release_before_are_still_tasks():
    assert tasks.embed_picture.name == "similarity.tasks.embed_picture"
    tasks.embed_picture("a token that nobody knows")  # no error: its search is long over
