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
    monkeypatch.setattr(fair_share.account, "owed_s", 0.0)


def upload(count: int) -> None:
    collection = factories.a_collection()
    for seed in range(1, count + 1):
        picture = ingest.NewPicture(factories.painted(seed), f"{seed}.jpg")
        factories.add_picture(factories.a_work(collection), picture)


def test_after_so_much_searching_embedding_is_owed_as_much(monkeypatch, media: Path):
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    upload(1)
    before = fair_share.embed_owed([embedder])
    monkeypatch.setattr(fair_share, "SLICE_S", 1e-9)  # a search takes longer than that

    with fair_share.searching():
        next_question.answer(lambda _: embedder)
    after = fair_share.embed_owed([embedder])

    assert (before, after) == (0, 1)


def test_the_searches_of_a_crowd_count_for_more(monkeypatch):
    monkeypatch.setattr(fair_share, "CROWD_WEIGHT", 1e9)

    with fair_share.searching():
        pass
    alone_s = fair_share.account.owed_s
    with fair_share.searching() as turn:
        turn.is_of_crowd = True

    assert alone_s < fair_share.LONGEST_S == fair_share.account.owed_s


def test_the_searches_of_a_crowd_end_no_slice_and_one_more_visitor_does(media: Path, monkeypatch):
    embedder = fakes.FakeEmbedder(batch_size=2)
    fakes.opened(embedder)
    upload(6)
    monkeypatch.setattr(fair_share, "SLICE_S", 0.0)
    for number in range(fair_queue.CROWD):
        fair_queue.put(search_of(f"flood {number}", fair_queue.Asker("a network", f"client {number}")))

    beside_a_crowd = fair_share.is_visitor_waiting()
    fair_queue.put(search_of("mine", fair_queue.Asker("another network", "I")))

    assert (beside_a_crowd, fair_share.is_visitor_waiting()) == (False, True)
    assert fair_share.embed([embedder], 600.0) == 1


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
