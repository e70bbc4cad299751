"""The page that explains why two works are alike: heat maps over both pictures, and words beside them."""

import re

import numpy as np
import pytest
from django.test import Client
from django.utils.html import escape

from collection.models import Artwork
from similarity.index import store
from similarity.models import Space
from tests import factories, fakes
from tests.similarity.mapping import Mapper
from tests.similarity.why.asking import address, work_off

pytestmark = pytest.mark.django_db


def test_the_page_waits_for_a_worker_and_then_shows_both_pictures_with_their_regions(client, pair, space, messages):
    waiting = client.get(address(*pair))
    work_off(messages)
    page = client.get(address(*pair))

    assert "Comparing the two" in waiting.text
    assert f'<noscript> <a href="{escape(waiting.context["here"])}">Show the result</a>' in waiting.text
    assert page.context["explanation"].state == "ready"
    assert page.text.count('class="why__overlay"') == 2
    assert "The brighter a region" in page.text
    assert "http-equiv" not in page.text
    assert "hx-trigger" not in page.text


def test_htmx_gets_a_fragment_that_asks_again_while_it_waits(client, pair, space, messages):
    waiting = client.get(address(*pair), headers={"HX-Request": "true", "HX-Target": "why-1-2"})
    work_off(messages)
    ready = client.get(address(*pair), headers={"HX-Request": "true", "HX-Target": "why-1-2"})

    assert "<html" not in waiting.text
    assert 'hx-trigger="load' in waiting.text
    assert "no-store" in waiting["Cache-Control"]
    assert 'hx-trigger="load' not in ready.text
    assert "no-store" not in ready.get("Cache-Control", "")


def test_equal_numbers_stand_in_both_pictures(client, pair, space, messages):
    client.get(address(*pair))
    work_off(messages)
    first, second = (side.drawing.marks for side in client.get(address(*pair)).context["sides"])

    assert 1 <= len(first) <= 6
    assert [(mark.number, mark.x, mark.y) for mark in first] == [(mark.number, mark.x, mark.y) for mark in second]


def test_before_the_first_comparison_no_message_is_sent(client, pair, messages):
    assert "have not been compared" in client.get(address(*pair)).text
    assert not messages


def test_both_works_must_be_visible(client, pair, space, messages):
    work, other = pair
    Artwork.objects.filter(pk=other.pk).update(is_published=False)

    answers = [client.get(address(work, other)), client.get(address(other, work))]
    client.force_login(factories.a_user(curates=other.collection))
    as_curator = client.get(address(work, other))

    assert [answer.status_code for answer in answers] == [404, 404]
    assert as_curator.status_code == 200
    assert len(messages) == 1


@pytest.mark.parametrize("query", ["?image=abc", "?image=999999", "?lens=nonsense", "?lens=texture&image=%00"])
def test_odd_questions_do_no_harm(client, pair, space, messages, query):
    assert client.get(address(*pair) + query).status_code == 200


def test_a_work_is_not_compared_with_itself_nor_with_one_without_pictures(client, pair, space, messages):
    work, _ = pair

    assert client.get(address(work, work)).status_code == 404
    assert client.get(address(work, factories.a_work())).status_code == 404
    assert not messages


def test_the_view_of_the_other_work_that_is_asked_about_is_the_one_shown(client, pair, space, messages):
    work, other = pair
    second = factories.a_painted_image(other, seed=9)

    page = client.get(address(work, other, image=second.pk))
    foreign = client.get(address(work, other, image=work.lead_image.pk))

    assert page.context["sides"][1].drawing.image == second
    assert foreign.context["sides"][1].drawing.image == other.lead_image


def test_the_view_that_the_visitor_looks_at_is_the_one_compared(client, pair, space, messages):
    work, other = pair
    verso = factories.a_painted_image(work, seed=9)

    page = client.get(address(work, other, view=verso.pk))
    foreign = client.get(address(work, other, view=other.lead_image.pk))

    assert page.context["sides"][0].drawing.image == verso
    assert foreign.context["sides"][0].drawing.image == work.lead_image


def test_the_links_to_other_lenses_and_back_keep_the_visitor_s_choice(client, pair, messages):
    embedder = Mapper(lenses=("look", "texture", "colour"))
    for lens in embedder.lenses:
        fakes.opened(embedder, lens)
    work, other = pair
    asked = f"look=30&colour=70&within=collection&view={work.lead_image.pk}"

    page = client.get(f"/works/{work.pk}/why/{other.pk}/?{asked}&image={other.lead_image.pk}")
    by_look = client.get(page.context["ways"][1].address)

    kept = escape(asked)
    assert [way.lens.name for way in page.context["ways"]] == ["colour", "look", "texture"]
    assert [way.lens.name for way in page.context["ways"] if way.is_chosen] == ["colour"]
    assert [way.lens.name for way in by_look.context["ways"] if way.is_chosen] == ["look"]
    for answer in (page, by_look):
        assert f'href="/works/{work.pk}/?{kept}"' in answer.text
        assert f'href="/works/{work.pk}/similar/?{kept}"' in answer.text
        assert f"?{kept}&amp;by=texture&amp;image={other.lead_image.pk}" in answer.text


def test_an_unknown_lens_gives_way_to_the_default(client, pair, space, messages):
    for query in ({"lens": "smell"}, {"by": "smell"}, {"lens": "texture"}):
        page = client.get(address(*pair, **query))

        assert [way.lens.name for way in page.context["ways"] if way.is_chosen] == ["look"]


def test_the_meaning_of_brightness_is_explained_above_the_pictures(client, pair, space, messages):
    client.get(address(*pair))
    work_off(messages)
    page = client.get(address(*pair)).text

    assert page.index("The brighter a region") < page.index("why__pair")


def test_marks_are_of_one_size_on_every_picture(client, pair, space, messages):
    client.get(address(*pair))
    work_off(messages)
    page = client.get(address(*pair)).text

    assert set(re.findall(r'<circle cx="[\d.]+%" cy="[\d.]+%" r="(\d+)"', page)) == {"13"}


def test_the_caption_is_a_percentile(client, pair, space, messages):
    images = [work.lead_image.pk for work in pair]
    vectors = np.eye(2, 512, dtype=np.float32)
    vectors[1, :2] = 1, 0.2
    store.put_all(space, images, vectors)
    Space.objects.filter(pk=space.pk).update(quantiles=[0.0, *np.linspace(0.2, 1.4, 1000)])

    assert "Closer than 99" in client.get(address(*pair)).text


def test_nothing_on_the_page_needs_an_inline_style_or_script(client: Client, pair, space, messages):
    client.get(address(*pair))
    work_off(messages)
    page = client.get(address(*pair)).text

    assert "style=" not in page
    assert "<script>" not in page
