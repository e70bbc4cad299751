"""An explanation is computed once, stored for a while, and refused in a sentence if it cannot be had."""

import json

import numpy as np
import pytest
from celery import current_app
from kombu.exceptions import OperationalError

from collection.models import ArtworkImage
from similarity.explain import explanations, questions, region_comparison
from similarity.models import Space
from similarity.vision.correspondence.regions import Correspondence, Match
from similarity.vision.networks.weights import WeightsError
from similarity.workers import ephemeral, fair_queue
from tests import factories, fakes
from tests.similarity.mapping import Mapper, OneSizeMapper
from tests.similarity.sent_messages import fill_queue
from tests.similarity.why.asking import address, forget_who_asked, work_off

pytestmark = pytest.mark.django_db


def test_many_visitors_cause_one_message(pair, space, messages):
    one, two = (work.lead_image.pk for work in pair)

    states = [questions.explain(*order, space).state for order in ((one, two), (two, one), (one, two))]

    assert states == ["waiting"] * 3
    assert list(messages) == [[min(one, two), max(one, two), space.pk]]


def test_a_stored_explanation_is_not_computed_again(pair, space, messages):
    one, two = (work.lead_image.pk for work in pair)
    questions.explain(one, two, space)
    embedder = work_off([*messages, *messages])
    seen = embedder.mapped

    assert questions.explain(one, two, space).state == "ready"
    assert seen == 2


def test_from_the_other_work_the_explanation_is_exchanged(pair, space):
    one, two = sorted(work.lead_image.pk for work in pair)
    heats = np.zeros((2, 2, 2), np.float32)
    heats[0, 0, 0] = 1
    found = explanations.ready(Correspondence(heats[0], heats[1], (Match((0, 0), (1, 1), 1.0),)))
    with ephemeral.connect() as redis:
        redis.set(questions.Question(one, two, space.pk).answer_key, explanations.to_json(found))

    here, there = questions.explain(one, two, space), questions.explain(two, one, space)

    assert (here.heats[0].max(), there.heats[0].max()) == (1, 0)
    assert here.marks == (((0.25, 0.25), (0.75, 0.75)),)
    assert there.marks == (((0.75, 0.75), (0.25, 0.25)),)


def test_another_space_is_another_question(pair, space, messages):
    one, two = (work.lead_image.pk for work in pair)
    questions.explain(one, two, space)
    work_off(messages)

    assert questions.explain(one, two, fakes.opened(Mapper(weights="others"))).state == "waiting"


def test_a_pair_that_kills_its_workers_is_given_up(pair, space, messages):
    one, two = (work.lead_image.pk for work in pair)

    def die(space: Space) -> fakes.FakeEmbedder:
        raise SystemExit

    for _ in range(region_comparison.ATTEMPTS):
        assert questions.explain(one, two, space).state == "waiting"
        with pytest.raises(SystemExit):
            region_comparison.answer(*messages[-1], die)
        forget_who_asked(*pair, space)
    assert questions.explain(one, two, space).state == "waiting"
    region_comparison.answer(*messages[-1], die)

    assert questions.explain(one, two, space).reason == region_comparison.FAILED


def test_a_pair_that_no_worker_had_time_for_is_sent_again_until_one_has(pair, space, messages, broker):
    one, two = (work.lead_image.pk for work in pair)
    for _ in range(region_comparison.ATTEMPTS + 2):
        broker.clear()  # the message before has expired
        assert questions.explain(one, two, space).state == "waiting"
        forget_who_asked(*pair, space)

    work_off(messages)

    assert questions.explain(one, two, space).state == "ready"


def test_an_explanation_is_refused_while_too_many_searches_wait(client, pair, space, broker):
    fill_queue(fair_queue.LIMIT)

    assert "try again in a minute" in client.get(address(*pair)).text
    assert fair_queue.waiting() == fair_queue.LIMIT


@pytest.mark.parametrize("trouble", ["redis", "broker"])
def test_if_redis_or_the_broker_is_away_the_page_says_so(client, pair, space, settings, monkeypatch, trouble):
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError

    if trouble == "redis":
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
    else:
        monkeypatch.setattr(current_app, "send_task", refuse)  # as Celery does if the broker is away

    assert "not available at the moment" in client.get(address(*pair)).text


def test_a_picture_whose_file_is_lost_is_answered_with_the_reason(client, pair, space, messages, media):
    client.get(address(*pair))
    for original in (media / "originals").rglob("*.jpg"):
        original.unlink()
    work_off(messages)

    assert "missing from the store" in client.get(address(*pair)).text


def test_missing_weights_are_answered_without_their_path(client, pair, space, messages):
    def no_network(space: Space) -> fakes.FakeEmbedder:
        raise WeightsError("/secret/path is not there")

    client.get(address(*pair))
    region_comparison.answer(*messages[0], no_network)
    page = client.get(address(*pair))

    assert "is not available" in page.text
    assert "/secret" not in page.text


def test_pictures_deleted_meanwhile_are_answered(pair, space, messages):
    one, two = (work.lead_image.pk for work in pair)
    questions.explain(one, two, space)
    ArtworkImage.objects.filter(pk=two).delete()
    work_off(messages)

    assert questions.explain(one, two, space).reason == region_comparison.GONE


def test_a_network_that_takes_one_size_alone_explains_coarsely(pair, space, messages):
    one, two = (work.lead_image.pk for work in pair)
    questions.explain(one, two, space)
    work_off(messages, OneSizeMapper())

    assert questions.explain(one, two, space).heats[0].shape == (8, 8)


def test_colours_are_compared_without_a_network(media, messages):
    colour = fakes.opened(Mapper(lenses=("colour",)), "colour")
    one, two = (factories.a_painted_image(seed=seed) for seed in (5, 5))
    questions.explain(one.pk, two.pk, colour)
    embedder = work_off(messages)

    found = questions.explain(one.pk, two.pk, colour)

    assert embedder.mapped == 0
    assert min(heat.min() for heat in found.heats) > 0.9


def test_the_explanation_in_redis_is_small_plain_json_and_expires(pair, space, messages):
    one, two = sorted(work.lead_image.pk for work in pair)
    questions.explain(one, two, space)
    work_off(messages)

    with ephemeral.connect() as redis:
        key = questions.Question(one, two, space.pk).answer_key
        text, left_s = redis.get(key), redis.ttl(key)
    assert json.loads(text)["state"] == "ready"
    assert len(text) <= 3 * 1024
    assert 0 < left_s <= region_comparison.ANSWER_S
