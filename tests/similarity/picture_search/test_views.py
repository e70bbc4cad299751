"""Every lens compares the picture, the works on its wall, or the detail that was marked in it."""

from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from similarity.image_query import answering, searches
from similarity.models import Space
from tests import factories, walls
from tests.similarity.picture_search.asking import jpeg, send, works_of
from tests.walls import Hung

pytestmark = pytest.mark.django_db


def test_a_picture_is_described_once_for_all_lenses(client: Client, messages, embedder, add_work):
    add_work(42), add_work(5)

    answer = send(client, factories.painted(5))
    answering.answer(messages[0], lambda _: embedder)
    page, other = client.get(answer.url), client.get(f"{answer.url}?lens=colour")

    views, *_ = {len(rows) for rows in searches.look_up(messages[0]).vectors.values()}
    assert embedder.seen <= 1 + 4
    assert [tab.lens.name for tab in page.context["tabs"] if tab.is_chosen] == ["look"]
    assert [tab.lens.name for tab in other.context["tabs"] if tab.is_chosen] == ["colour"]
    assert len(works_of(other)) == 2
    assert views >= 1


def test_a_blend_of_lenses_may_be_asked_for_and_an_unknown_lens_is_the_default(
    client: Client, messages, embedder, add_work
):
    add_work(42), add_work(5)

    answer = send(client, factories.painted(5))
    answering.answer(messages[0], lambda _: embedder)

    assert len(works_of(client.get(f"{answer.url}?look=70&colour=30"))) == 2
    assert client.get(f"{answer.url}?lens=sound").context["choice"].shares == {"look": 100}


def test_a_work_is_found_by_a_photograph_of_the_wall_it_hangs_on(client: Client, messages, embedder, add_work):
    works = {seed: add_work(seed) for seed in range(1, 9)}
    photograph = walls.photograph([Hung(5, (240, 220), (340, 264), 6)])

    answer = send(client, jpeg(photograph))
    answering.answer(messages[0], lambda _: embedder)

    assert works_of(client.get(answer.url))[0] == works[5]


def test_every_lens_compares_the_works_on_the_wall(client: Client, messages, embedder, add_work):
    works = {seed: add_work(seed) for seed in range(1, 9)}

    answer = send(client, jpeg(walls.photograph([Hung(5, (240, 220), (340, 264), 6)])))
    answering.answer(messages[0], lambda _: embedder)

    assert works_of(client.get(f"{answer.url}?lens=colour"))[0] == works[5]
    assert works_of(client.get(f"{answer.url}?look=50&colour=50"))[0] == works[5]


def test_every_lens_has_the_same_number_of_views(client: Client, messages, embedder):
    send(client, jpeg(walls.photograph([Hung(5, (240, 220), (340, 264))])))
    answering.answer(messages[0], lambda _: embedder)

    vectors = searches.look_up(messages[0]).vectors
    views = {Space.objects.get(pk=space_id).lens: len(rows) for space_id, rows in vectors.items()}
    assert views["look"] == views["colour"] > 1


def test_the_page_says_how_many_details_were_searched_besides(client: Client, messages, embedder, add_work):
    add_work(5)
    wall = send(client, jpeg(walls.photograph([Hung(5, (240, 220), (340, 264))])))
    plain = send(client, factories.painted(5), x="0.1", y="0.1", width="0.8", height="0.8")
    for token in list(messages):
        answering.answer(token, lambda _: embedder)

    page, views = client.get(wall.url).text, {len(rows) for rows in searches.look_up(messages[0]).vectors.values()}

    assert f"Also searched: {max(views) - 1} part" in page
    assert ("Also searched" in client.get(plain.url).text) == (
        max(len(rows) for rows in searches.look_up(messages[1]).vectors.values()) > 1
    )


def test_a_detail_is_searched_by_alone(client: Client, messages, embedder, add_work):
    works = {seed: add_work(seed) for seed in range(1, 9)}
    both = Image.new("RGB", (1280, 480))
    both.paste(Image.open(BytesIO(factories.painted(3))), (0, 0))
    both.paste(Image.open(BytesIO(factories.painted(7))), (640, 0))

    left = send(client, jpeg(both), x="0", y="0", width="0.5", height="1")
    right = send(client, jpeg(both), x="0.5", y="0", width="0.5", height="1")
    for token in list(messages):
        answering.answer(token, lambda _: embedder)

    assert works_of(client.get(left.url))[0] == works[3]
    assert works_of(client.get(right.url))[0] == works[7]


@pytest.mark.parametrize(
    ("sides", "sentence"),
    [
        (("0.8", "0", "0.5", "0.5"), "beyond the picture"),
        (("nan", "0", "0.5", "0.5"), "four numbers"),
        (("0", "0", "0", "0"), "too small"),
        (("0", "0", "0.5", ""), "four numbers"),
        (("<b>", "0", "0.5", "1"), "four numbers"),
        (("\0", "0", "0.5", "1"), "four numbers"),
        (("", "", "", "1\0"), "four numbers"),
        (("0", "0", "0.011", "0.011"), "only 8 by 6 pixels"),
    ],
)
def test_a_malformed_detail_gets_a_sentence_and_sends_no_message(
    client: Client, messages, sides: tuple[str, ...], sentence: str
):
    answer = send(client, factories.painted(5), **dict(zip(("x", "y", "width", "height"), sides, strict=True)))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not messages
