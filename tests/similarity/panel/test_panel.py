"""The panel of similar works, and that of the least similar ones, by one lens or a blend of several."""

import re

import pytest
from django.test import Client

from collection.models import Artwork
from similarity.models import Space, SpaceState
from similarity.neighbours import similar_views
from similarity.vision.lenses import LENSES
from tests import factories
from tests.similarity.panel.asking import panel, titles
from tests.similarity.placed_works import a_work_seen, see

pytestmark = pytest.mark.django_db


def test_a_lens_shows_its_own_order_and_says_what_it_sees(client: Client, work, others):
    by_look, by_colour = panel(client, work).text, panel(client, work, "?lens=colour").text

    assert titles(by_look) == ["Alike in look", "Alike in colour"]
    assert titles(by_colour) == ["Alike in colour", "Alike in look"]
    assert LENSES["look"].sees in by_look
    assert LENSES["colour"].sees in by_colour
    assert re.search(r'id="lens-colour"[^>]*aria-current="true"', by_colour)


def test_the_least_similar_works_of_a_blend_are_those_of_its_largest_share_and_the_page_says_so(
    client: Client, work, others
):
    page = client.get(f"/works/{work.pk}/dissimilar/?look=30&colour=70").text

    assert titles(page) == ["Alike in look", "Alike in colour"]
    assert "largest share of your blend (look 30\N{NO-BREAK SPACE}%, colour 70\N{NO-BREAK SPACE}%)" in page
    assert "of your blend" not in client.get(f"/works/{work.pk}/dissimilar/?lens=colour").text


def test_without_scripts_the_same_is_a_page(client: Client, work, others):
    page = client.get(f"/works/{work.pk}/similar/?look=20&colour=80").text

    assert "<html" in page
    assert titles(page) == ["Alike in colour", "Alike in look"]
    assert "A blend: look 20\N{NO-BREAK SPACE}%, colour 80\N{NO-BREAK SPACE}%." in page
    assert f'href="/works/{work.pk}/similar/?lens=colour"' in page
    assert f'action="/works/{work.pk}/similar/"' in page


def test_an_unknown_lens_gives_way_to_the_default_wherever_it_is_asked_for(client: Client, work, others):
    for page in (f"/works/{work.pk}/similar/", f"/works/{work.pk}/dissimilar/"):
        answer = client.get(f"{page}?lens=smell&view=7")

        assert answer.status_code == 200
        assert answer.context["choice"].query == "?view=7"
        assert LENSES["look"].sees in answer.text


def test_a_lens_without_a_live_space_is_not_offered_and_gives_way_to_the_default(client: Client, work, opened):
    Space.objects.filter(pk=opened["colour"].pk).update(state=SpaceState.PREVIOUS)

    page = client.get(f"/works/{work.pk}/similar/?lens=colour").text

    assert "lens-tabs__one" not in page  # one lens needs no choice
    assert LENSES["look"].sees in page


def test_a_blend_stays_open_to_be_changed_and_keeps_its_shares(client: Client, work, others):
    response = panel(client, work, "?look=70&subject=0&colour=30", by="blend")

    assert response["HX-Push-Url"] == f"{work.get_absolute_url()}?look=70&colour=30"
    assert '<details class="blend" open>' in response.text
    assert re.search(r'id="blend-look"[^>]*value="70"', response.text)
    assert re.search(r'id="blend-colour"[^>]*value="30"', response.text)
    assert '<details class="blend" open>' in panel(client, work, "?look=70", by="blend").text


def test_a_blend_of_nothing_keeps_its_sliders_and_says_what_is_missing(client: Client, work, others):
    text = panel(client, work, "?look=0&subject=0&colour=0", by="blend").text
    page = client.get(f"/works/{work.pk}/similar/?look=0&colour=0").text

    for answer in (text, page):
        assert "At least one share must be above 0. Until then, works are compared by look only." in answer
        assert re.search(r'id="blend-look"[^>]*value="0"', answer)
        assert re.search(r'id="blend-colour"[^>]*value="0"', answer)
        assert '<details class="blend" open>' in answer
        assert titles(answer) == ["Alike in look", "Alike in colour"]
    assert "At least one share" not in panel(client, work, "?look=0&colour=5", by="blend").text


def test_every_similar_work_links_to_why_with_the_visitor_s_choice(client: Client, work, others):
    text = panel(client, work, "?look=30&colour=70", page=f"/works/{work.pk}/?look=30&colour=70&view=7").text

    found = Artwork.objects.get(title="Alike in colour")
    asked = f"/works/{work.pk}/why/{found.pk}/?look=30&amp;colour=70&amp;view=7&amp;image={found.images.get().pk}"
    assert f'href="{asked}" rel="nofollow"' in text


def test_the_panel_shows_works_similar_to_the_view_beside_it_and_says_so(client: Client, opened, work, others):
    verso = factories.an_image(work, view_label="verso")
    before = panel(client, work, page=f"/works/{work.pk}/?view={verso.pk}").text
    see(opened, verso, 1.0, 1.0)

    of_the_first = panel(client, work).text
    of_the_verso = panel(client, work, by="kin-panel", page=f"/works/{work.pk}/?view={verso.pk}").text
    least = client.get(f"/works/{work.pk}/dissimilar/?view={verso.pk}").text

    assert "View 2 of 2 (verso) has not been compared with other works yet; view 1 of 2 is compared instead." in before
    assert "Compared by view 1 of 2." in of_the_first
    assert "Compared by view 2 of 2 (verso)." in of_the_verso
    assert titles(of_the_first) == titles(before) == ["Alike in look", "Alike in colour"]
    assert titles(of_the_verso) == titles(least)[::-1] == ["Alike in colour", "Alike in look"]


def test_a_panel_that_loads_itself_beside_another_view_keeps_the_lens_switched_meanwhile(client: Client, work, others):
    text = panel(client, work, "?view=6", by="kin-panel", page=f"/works/{work.pk}/?lens=colour&view=7").text

    assert titles(text) == ["Alike in colour", "Alike in look"]


def test_the_least_alike_differ_by_lens(client: Client, work, others):
    by_look = client.get(f"/works/{work.pk}/dissimilar/").text
    by_colour = client.get(f"/works/{work.pk}/dissimilar/?lens=colour").text

    assert titles(by_look) == ["Alike in colour", "Alike in look"]
    assert titles(by_colour) == ["Alike in look", "Alike in colour"]
    assert f'href="/works/{work.pk}/dissimilar/?lens=colour"' in by_look


def test_a_visitor_s_panel_takes_few_queries(client: Client, work, opened, collection, django_assert_max_num_queries):
    for number in range(40):
        a_work_seen(opened, collection, number / 50, number / 50)

    with django_assert_max_num_queries(9):
        text = panel(client, work, "?lens=colour").text

    assert len(titles(text)) == 12


def test_works_of_the_trail_are_left_out_until_too_few_remain(client: Client, opened, work, collection, monkeypatch):
    monkeypatch.setattr(similar_views, "SHOWN", 2)
    first, second, *_ = (
        a_work_seen(opened, collection, angle, angle, title=title)
        for angle, title in ((0.1, "First"), (0.2, "Second"), (0.3, "Third"))
    )

    def seen(*works: Artwork) -> str:
        return panel(client, work, f"?seen={','.join(str(one.pk) for one in works)}").text

    assert titles(seen()) == ["First", "Second"]
    assert titles(seen(first, work)) == ["Second", "Third"]
    assert "The 1 work that you have just seen is left out" in seen(first, work)
    assert titles(seen(first, second)) == ["First", "Second"]  # one alone would be too few
    assert "left out" not in seen(first, second)


@pytest.mark.parametrize("seen", ["x", "-1", "9" * 40, "1," * 3000, "%00", "²"])
def test_nonsense_in_the_trail_is_ignored(client: Client, work, others, seen: str):
    assert titles(panel(client, work, f"?seen={seen}").text) == titles(panel(client, work).text)
