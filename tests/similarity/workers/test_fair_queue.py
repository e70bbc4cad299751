"""Searches and explanations wait in fair order: networks take turns, and so do the clients of a network."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from similarity import sweeping
from similarity.workers import ephemeral, fair_queue, task_names
from similarity.workers.fair_queue import Asker, NoRoomError
from tests import broker as messages
from tests.similarity.sent_messages import search_of


@pytest.fixture(autouse=True)
def _nothing_waits(broker) -> None:
    """Start and end with an empty queue."""


def put(name: str, network: str, client: str) -> None:
    fair_queue.put(search_of(name, Asker(network, client)))


def taken() -> Iterator[str]:
    """Take and finish what is due, until nothing is."""
    while (queued := fair_queue.take()) is not None:
        fair_queue.finish(queued.name)
        yield queued.name


def let_the_worker_die(name: str) -> None:
    """Do what time does after a worker has died: what it had taken is due again."""
    (queued,) = [each for each in fair_queue.read().queued if each.name == name]
    with ephemeral.connect() as redis:
        pipe = redis.pipeline()
        fair_queue.store(pipe, replace(queued, taken_until=0.0))
        pipe.execute()


def test_one_client_is_answered_in_order_of_arrival():
    for name in ("first", "second", "third"):
        put(name, "school", "a")

    assert list(taken()) == ["first", "second", "third"]


def test_a_newcomer_waits_for_one_search_of_a_client_with_many():
    for number in range(5):
        put(f"many {number}", "flood", "a")
    first = fair_queue.take()
    put("mine", "home", "b")

    assert first is not None
    assert next(taken()) == "mine"


def test_clients_of_one_network_take_turns():
    for number in range(3):
        put(f"a{number}", "school", "a")
    put("b0", "school", "b")

    assert list(taken()) == ["a0", "b0", "a1", "a2"]


def test_a_hundred_clients_of_a_network_get_one_turn_together():
    for number in range(fair_queue.NETWORK_LIMIT):
        put(f"flood {number}", "flood", f"client {number}")
    put("mine 0", "home", "me")
    put("mine 1", "home", "me")

    order = list(taken())

    assert (order.index("mine 0"), order.index("mine 1")) == (1, 3)


def test_a_client_has_only_so_many_places():
    for number in range(fair_queue.CLIENT_LIMIT):
        put(f"{number}", "home", "me")

    with pytest.raises(NoRoomError) as error:
        put("one more", "home", "me")
    assert error.value.full == "client"


def test_in_a_full_network_a_newcomer_displaces_the_youngest_of_the_client_with_most():
    for client in ("a", "b"):
        for number in range(fair_queue.NETWORK_LIMIT // 2):
            put(f"{client}{number}", "school", client)

    put("c0", "school", "c")

    assert names() >= {"a9", "b8", "c0"}
    assert "b9" not in names()


def test_in_a_network_of_many_clients_nobody_is_displaced():
    for number in range(fair_queue.NETWORK_LIMIT):
        put(f"{number}", "flood", f"client {number}")

    with pytest.raises(NoRoomError) as error:
        put("one more", "flood", "another client")
    assert error.value.full == "network"


def test_in_a_full_queue_a_newcomer_displaces_the_youngest_of_the_network_with_most():
    fill("flood", 20)
    fill("crowd", 20)
    fill("class", 10)

    put("mine", "home", "me")

    assert {"mine", "class 9"} <= names()
    assert {"flood 19", "crowd 19"} & names() != {"flood 19", "crowd 19"}
    assert len(names()) == fair_queue.LIMIT


def test_what_a_worker_has_taken_is_displaced_by_nobody(monkeypatch):
    monkeypatch.setattr(fair_queue, "LIMIT", 3)
    fill("flood", 3)
    for _ in range(3):
        fair_queue.take()

    with pytest.raises(NoRoomError) as error:
        put("mine", "home", "me")
    assert error.value.full == "queue"


def test_a_search_whose_worker_died_is_taken_again_and_then_given_up_with_a_sentence():
    put("mine", "home", "me")
    for _ in range(fair_queue.ATTEMPTS_LIMIT):
        queued = fair_queue.take()
        assert queued is not None
        let_the_worker_die("mine")

    nothing = fair_queue.take()

    key, sentence, _ = queued.refusal
    with ephemeral.connect() as redis:
        assert redis.get(key).decode() == sentence
    assert nothing is None
    assert names() == set()


def test_a_search_whose_worker_died_or_whose_message_was_lost_is_sent_again_once(db):
    put("mine", "home", "me")
    put("other", "home", "me")
    fair_queue.take()
    before = messages.tasks()
    let_the_worker_die("mine")

    for _ in range(3):
        sweeping.sweep()

    assert before == []
    assert messages.tasks().count(task_names.ANSWER) == 2


def test_a_search_that_waited_too_long_is_forgotten():
    fair_queue.put(replace(search_of("late", Asker("home", "me")), lasts_s=0.0))

    assert fair_queue.take() is None
    assert names() == set()


def names() -> set[str]:
    return {each.name for each in fair_queue.read().queued}


def fill(network: str, count: int) -> None:
    """Let so many searches of one network wait, two of each client."""
    for number in range(count):
        put(f"{network} {number}", network, f"{network} client {number // 2}")
