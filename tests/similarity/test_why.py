"""Why two works are alike: asked for, computed once by a worker, drawn over both pictures."""

import json

import numpy as np
import pytest
from django.test import Client
from kombu.exceptions import OperationalError

from collection.models import Artwork, ArtworkImage
from similarity import explanations, index, picture_search, short_term, tasks, why
from similarity.models import Space
from similarity.vision.correspondence import Correspondence, Match
from similarity.vision.weights import WeightsError
from tests import factories, fakes
from tests.similarity.mapping import Mapper, OneSizeMapper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    with short_term.connect() as redis:
        redis.delete(picture_search.QUEUE, *redis.scan_iter(f"{why.PREFIX}*"))


@pytest.fixture
def rung(monkeypatch) -> list[list[int]]:
    """The pairs that workers were asked about."""
    asked: list[list[int]] = []
    monkeypatch.setattr(tasks.explain_pair, "apply_async", lambda args, **_: asked.append(args))
    return asked


@pytest.fixture
def space() -> Space:
    return fakes.opened(Mapper())


@pytest.fixture
def pair(media) -> tuple[Artwork, Artwork]:
    """Two published works; the second shows what the first shows."""
    images = [factories.a_painted_image(seed=5), factories.a_painted_image(seed=5)]
    return images[0].artwork, images[1].artwork


def address(one: Artwork, two: Artwork, **query: object) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/works/{one.pk}/why/{two.pk}/" + (f"?{pairs}" if pairs else "")


def forget_who_asked(one: Artwork, two: Artwork, space: Space) -> None:
    """As time does."""
    low, high = sorted(work.lead_image.pk for work in (one, two))
    with short_term.connect() as redis:
        redis.delete(why.Question(low, high, space.pk).asked_key)


def work_off(rung: list[list[int]], embedder: Mapper | None = None) -> Mapper:
    embedder = embedder or Mapper()
    for asked in rung:
        why.answer(*asked, lambda space: embedder)
    rung.clear()
    return embedder


def test_the_page_waits_for_a_worker_and_then_shows_both_pictures_with_their_regions(client, pair, space, rung):
    waiting = client.get(address(*pair))
    work_off(rung)
    page = client.get(address(*pair))

    assert "Comparing the two" in waiting.text
    assert "<noscript><meta http-equiv" in waiting.text
    assert page.context["explanation"].state == "ready"
    assert page.text.count('class="why__overlay"') == 2
    assert "The brighter a region" in page.text
    assert "http-equiv" not in page.text
    assert "hx-trigger" not in page.text


def test_htmx_gets_a_fragment_that_asks_again_while_it_waits(client, pair, space, rung):
    waiting = client.get(address(*pair), headers={"HX-Request": "true", "HX-Target": "why-1-2"})
    work_off(rung)
    ready = client.get(address(*pair), headers={"HX-Request": "true", "HX-Target": "why-1-2"})

    assert "<html" not in waiting.text
    assert 'hx-trigger="load' in waiting.text
    assert 'hx-trigger="load' not in ready.text


def test_equal_numbers_stand_in_both_pictures(client, pair, space, rung):
    client.get(address(*pair))
    work_off(rung)
    first, second = (side.drawing.marks for side in client.get(address(*pair)).context["sides"])

    assert 1 <= len(first) <= 6
    assert [(mark.number, mark.x, mark.y) for mark in first] == [(mark.number, mark.x, mark.y) for mark in second]


def test_many_visitors_ask_the_workers_once(pair, space, rung):
    one, two = (work.lead_image.pk for work in pair)

    states = [why.explain(*order, space).state for order in ((one, two), (two, one), (one, two))]

    assert states == ["waiting"] * 3
    assert rung == [[min(one, two), max(one, two), space.pk]]


def test_what_is_known_is_not_computed_again(pair, space, rung):
    one, two = (work.lead_image.pk for work in pair)
    why.explain(one, two, space)
    embedder = work_off([*rung, *rung])
    seen = embedder.mapped

    assert why.explain(one, two, space).state == "ready"
    assert seen == 2


def test_seen_from_the_other_work_the_same_is_told_the_other_way_round(pair, space):
    one, two = sorted(work.lead_image.pk for work in pair)
    heats = np.zeros((2, 2, 2), np.float32)
    heats[0, 0, 0] = 1
    found = explanations.ready(Correspondence(heats[0], heats[1], (Match((0, 0), (1, 1), 1.0),)))
    with short_term.connect() as redis:
        redis.set(why.Question(one, two, space.pk).answer_key, explanations.to_json(found))

    here, there = why.explain(one, two, space), why.explain(two, one, space)

    assert (here.heats[0].max(), there.heats[0].max()) == (1, 0)
    assert here.marks == (((0.25, 0.25), (0.75, 0.75)),)
    assert there.marks == (((0.75, 0.75), (0.25, 0.25)),)


def test_another_space_is_another_question(pair, space, rung):
    one, two = (work.lead_image.pk for work in pair)
    why.explain(one, two, space)
    work_off(rung)

    assert why.explain(one, two, fakes.opened(Mapper(weights="others"))).state == "waiting"


def test_a_pair_that_kills_its_workers_is_given_up(pair, space, rung):
    one, two = (work.lead_image.pk for work in pair)

    def die(space: Space) -> fakes.FakeEmbedder:
        raise SystemExit

    for _ in range(why.ATTEMPTS):
        assert why.explain(one, two, space).state == "waiting"
        with pytest.raises(SystemExit):
            why.answer(*rung[-1], die)
        forget_who_asked(*pair, space)
    assert why.explain(one, two, space).state == "waiting"
    why.answer(*rung[-1], die)

    assert why.explain(one, two, space).reason == why.FAILED


def test_a_pair_that_no_worker_had_time_for_is_asked_about_until_one_has(pair, space, rung):
    one, two = (work.lead_image.pk for work in pair)
    for _ in range(why.ATTEMPTS + 2):
        assert why.explain(one, two, space).state == "waiting"
        forget_who_asked(*pair, space)

    work_off(rung[-1:])

    assert why.explain(one, two, space).state == "ready"


def test_a_crowd_is_asked_to_wait(client, pair, space, rung, monkeypatch):
    monkeypatch.setattr(picture_search, "waiting", lambda: why.WAITING_LIMIT)

    assert "try again in a minute" in client.get(address(*pair)).text
    assert rung == []


@pytest.mark.parametrize("trouble", ["redis", "broker"])
def test_where_no_message_gets_through_the_page_says_so(client, pair, space, settings, monkeypatch, trouble):
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError

    if trouble == "redis":
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(tasks.explain_pair, "apply_async", refuse)

    assert "resting for a moment" in client.get(address(*pair)).text


def test_a_picture_whose_file_is_lost_is_answered_with_the_reason(client, pair, space, rung, media):
    client.get(address(*pair))
    for original in (media / "originals").rglob("*.jpg"):
        original.unlink()
    work_off(rung)

    assert "missing from the store" in client.get(address(*pair)).text


def test_weights_that_are_missing_are_answered_politely(client, pair, space, rung):
    def no_network(space: Space) -> fakes.FakeEmbedder:
        raise WeightsError("/secret/path is not there")

    client.get(address(*pair))
    why.answer(*rung[0], no_network)
    page = client.get(address(*pair))

    assert "is not at hand" in page.text
    assert "/secret" not in page.text


def test_pictures_deleted_meanwhile_are_answered(pair, space, rung):
    one, two = (work.lead_image.pk for work in pair)
    why.explain(one, two, space)
    ArtworkImage.objects.filter(pk=two).delete()
    work_off(rung)

    assert why.explain(one, two, space).reason == why.GONE


def test_before_the_first_comparison_nothing_is_asked(client, pair, rung):
    assert "have not been compared" in client.get(address(*pair)).text
    assert rung == []


def test_both_works_must_be_visible(client, pair, space, rung):
    work, other = pair
    Artwork.objects.filter(pk=other.pk).update(is_published=False)

    answers = [client.get(address(work, other)), client.get(address(other, work))]
    client.force_login(factories.a_user(curates=other.collection))
    as_curator = client.get(address(work, other))

    assert [answer.status_code for answer in answers] == [404, 404]
    assert as_curator.status_code == 200
    assert len(rung) == 1


@pytest.mark.parametrize("query", ["?image=abc", "?image=999999", "?lens=nonsense", "?lens=texture&image=%00"])
def test_odd_questions_do_no_harm(client, pair, space, rung, query):
    assert client.get(address(*pair) + query).status_code == 200


def test_a_work_is_not_compared_with_itself_nor_with_one_without_pictures(client, pair, space, rung):
    work, _ = pair

    assert client.get(address(work, work)).status_code == 404
    assert client.get(address(work, factories.a_work())).status_code == 404
    assert rung == []


def test_the_view_of_the_other_work_that_is_asked_about_is_the_one_shown(client, pair, space, rung):
    work, other = pair
    second = factories.a_painted_image(other, seed=9)

    page = client.get(address(work, other, image=second.pk))
    foreign = client.get(address(work, other, image=work.lead_image.pk))

    assert page.context["sides"][1].drawing.image == second
    assert foreign.context["sides"][1].drawing.image == other.lead_image


def test_the_caption_is_a_percentile(client, pair, space, rung):
    images = [work.lead_image.pk for work in pair]
    vectors = np.eye(2, 512, dtype=np.float32)
    vectors[1, :2] = 1, 0.2
    index.put_all(space, images, vectors)
    Space.objects.filter(pk=space.pk).update(quantiles=[0.0, *np.linspace(0.2, 1.4, 1000)])

    assert "Closer than 99" in client.get(address(*pair)).text


def test_a_network_that_takes_one_size_alone_explains_coarsely(pair, space, rung):
    one, two = (work.lead_image.pk for work in pair)
    why.explain(one, two, space)
    work_off(rung, OneSizeMapper())

    assert why.explain(one, two, space).heats[0].shape == (8, 8)


def test_colours_are_compared_without_a_network(media, rung):
    colour = fakes.opened(Mapper(lenses=("colour",)), "colour")
    one, two = (factories.a_painted_image(seed=seed) for seed in (5, 5))
    why.explain(one.pk, two.pk, colour)
    embedder = work_off(rung)

    found = why.explain(one.pk, two.pk, colour)

    assert embedder.mapped == 0
    assert min(heat.min() for heat in found.heats) > 0.9


def test_what_lies_in_redis_is_small_plain_json_and_expires(pair, space, rung):
    one, two = sorted(work.lead_image.pk for work in pair)
    why.explain(one, two, space)
    work_off(rung)

    with short_term.connect() as redis:
        key = why.Question(one, two, space.pk).answer_key
        text, left_s = redis.get(key), redis.ttl(key)
    assert json.loads(text)["state"] == "ready"
    assert len(text) <= 3 * 1024
    assert 0 < left_s <= why.KEPT_S


def test_nothing_on_the_page_needs_an_inline_style_or_script(client: Client, pair, space, rung):
    client.get(address(*pair))
    work_off(rung)
    page = client.get(address(*pair)).text

    assert "style=" not in page
    assert "<script>" not in page
