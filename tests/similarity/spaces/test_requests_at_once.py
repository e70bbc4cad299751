"""Requests for spaces: several workers at once, workers that die, and people who dismiss a request meanwhile."""

import threading
from pathlib import Path

import pytest
from django.db import connection

from similarity.embedding import network_requests
from similarity.models import Space, SpaceRequest
from similarity.spaces import space_requests
from similarity.vision.contract import Embedder
from tests import factories
from tests.similarity.spaces.asking import answer_all, asked, embedders_with, failing
from tests.similarity.spaces.growing import another_session, filled, uploaded

pytestmark = pytest.mark.django_db(transaction=True)  # workers see what others have committed


def test_two_workers_do_not_plan_the_same_request(media: Path):
    uploaded(8)
    filled("old")
    asked()
    found_by_the_other = []

    def work_elsewhere() -> None:
        found_by_the_other.append(network_requests.run(failing(AssertionError("asked twice"))))
        connection.close()

    def slowly(lens: str, backbone: str, file: Path | None) -> Embedder:
        other = threading.Thread(target=work_elsewhere)
        other.start()
        other.join()
        return embedders_with("look")(lens, backbone, file)

    answer_all(slowly)

    assert found_by_the_other == [False]
    assert Space.objects.filter(weights_digest="asked for").count() == 1


def test_a_killed_worker_leaves_the_request_to_the_next(media: Path):
    uploaded(8)
    filled("old")
    asked()
    with pytest.raises(KeyboardInterrupt):
        network_requests.run(failing(KeyboardInterrupt()))

    answer_all(embedders_with("look"))

    assert Space.objects.filter(weights_digest="asked for").exists()
    assert not SpaceRequest.objects.exists()


def test_a_network_that_takes_workers_down_is_given_up():
    asked()
    for _ in range(space_requests.ATTEMPTS_LIMIT):
        with pytest.raises(KeyboardInterrupt):
            network_requests.run(failing(KeyboardInterrupt()))

    answer_all(failing(AssertionError("a fourth worker")))

    assert "It may need more memory than the machine has" in SpaceRequest.objects.get().problem


def test_a_network_that_another_worker_loads_counts_for_that_worker_alone(media: Path):
    uploaded(8)
    filled("old")
    wanted = asked()

    with another_session() as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [space_requests.LOCK, wanted.pk])
        in_vain = [network_requests.run(failing(AssertionError("asked twice"))) for _ in range(4)]
        counted = SpaceRequest.objects.get().attempts
    answer_all(embedders_with("look"))

    assert (in_vain, counted) == ([False] * 4, 0)
    assert Space.objects.filter(weights_digest="asked for").exists()


def test_a_request_behind_one_that_another_worker_answers_is_answered(media: Path):
    uploaded(8)
    filled("old")
    first = asked(("texture",))
    asked()

    with another_session() as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [space_requests.LOCK, first.pk])
        answer_all(embedders_with("look"))

    assert SpaceRequest.objects.get() == first
    assert Space.objects.get(weights_digest="asked for").lens == "look"


def test_while_a_network_loads_the_request_and_its_author_can_be_deleted(media: Path):
    uploaded(8)
    filled("old")
    person = factories.a_user("leaving")
    asked(requested_by=person)

    def slowly(lens: str, backbone: str, file: Path | None) -> Embedder:
        with another_session() as other:
            other.execute("SET lock_timeout = '2s'")
            other.execute("UPDATE similarity_spacerequest SET requested_by_id = NULL")
            other.execute("DELETE FROM auth_user WHERE id = %s", [person.pk])
            other.execute("DELETE FROM similarity_spacerequest")
        return embedders_with("look")(lens, backbone, file)

    answer_all(slowly)

    assert not SpaceRequest.objects.exists()
    assert not Space.objects.filter(weights_digest="asked for").exists()


def test_a_request_that_a_worker_answers_cannot_be_dismissed():
    wanted = asked()
    refusals = []

    def withdraw() -> None:
        with pytest.raises(space_requests.RequestError) as refusal:
            space_requests.dismiss(wanted)
        refusals.append(str(refusal.value))
        connection.close()

    def slowly(lens: str, backbone: str, file: Path | None) -> Embedder:
        person = threading.Thread(target=withdraw)
        person.start()
        person.join()
        return embedders_with("look")(lens, backbone, file)

    answer_all(slowly)

    assert refusals == ["A worker is loading this network now. You can retire the spaces that it plans."]
