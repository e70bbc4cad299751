"""The page on which administrators watch, compare and switch spaces."""

import pytest
from django.test import Client
from django.urls import reverse

from similarity.index import hnsw
from similarity.models import Embedding, Evaluation, Space, SpaceState
from similarity.space_pages import comparison, overview
from similarity.spaces import lifecycle
from tests import factories
from tests.similarity.spaces_page.making import a_space

pytestmark = pytest.mark.django_db


def test_the_page_shows_every_space_with_its_state_and_progress(admin_client: Client, two: tuple[Space, Space]):
    page = admin_client.get(reverse("spaces")).content.decode()

    assert "Live" in page
    assert "Ready" in page
    assert "3 of 3 pictures (100 %)" in page
    assert f"Has 3 of at least {lifecycle.ENOUGH} pictures" in page


def test_a_built_space_is_made_live_and_rolled_back_from_the_page(admin_client: Client, two: tuple[Space, Space]):
    old, new = two

    admin_client.post(reverse("spaces-activate", args=[new.pk]))
    after_switch = lifecycle.live()
    admin_client.post(reverse("spaces-activate", args=[old.pk]))

    assert after_switch == new
    assert lifecycle.live() == old


def test_making_a_space_live_needs_a_confirmation_that_says_what_is_deleted(
    admin_client: Client, two: tuple[Space, Space]
):
    old, new = two
    previous = a_space(SpaceState.PREVIOUS)

    page = " ".join(admin_client.get(reverse("spaces")).text.split())

    activate, retire = (form_of(page, reverse(f"spaces-{verb}", args=[new.pk])) for verb in ("activate", "retire"))
    assert f"replaces No. {old.pk}, which is kept" in activate
    assert f"The vectors of No. {previous.pk}, kept until now, are deleted permanently" in activate
    assert "deleted permanently" in retire
    assert "deleted permanently" not in form_of(page, reverse("spaces-activate", args=[previous.pk]))
    _, _, content = page.partition("</header>")  # of the site, which has menus
    assert content.count('<details class="confirm"') == content.count("</details>")


def test_a_rollback_says_how_many_pictures_are_added_then(admin_client: Client, two: tuple[Space, Space]):
    old, new = two
    admin_client.post(reverse("spaces-activate", args=[new.pk]))
    Embedding.objects.filter(space=old).first().delete()  # as of one that came in since

    confirmation = form_of(admin_client.get(reverse("spaces")).text, reverse("spaces-activate", args=[old.pk]))
    page = admin_client.post(reverse("spaces-activate", args=[old.pk]), follow=True).text

    assert "1 picture added since then is processed before all other work" in confirmation
    assert "1 picture added since then is processed before all other work" in page


def test_a_built_space_is_ready_only_when_its_index_is_made(admin_client: Client, two: tuple[Space, Space]):
    _, new = two
    hnsw.drop(new)

    row = overview.row_of(new)
    page = admin_client.get(reverse("spaces")).content.decode()
    refused = admin_client.post(reverse("spaces-activate", args=[new.pk]), follow=True).content.decode()

    assert (row.is_ready, row.is_moving) == (False, True)
    assert "3 of 3 pictures (100 %). Its index is being built." in page
    assert "The index of space" in refused


def test_large_spaces_are_compared_only_with_their_indexes(
    admin_client: Client, two: tuple[Space, Space], monkeypatch: pytest.MonkeyPatch
):
    old, new = two
    hnsw.drop(new)
    monkeypatch.setattr(comparison, "SEARCHED_WITHOUT_INDEX", 2)

    page = admin_client.get(reverse("spaces-compare", args=[new.pk, old.pk]), follow=True).content.decode()

    assert "is large and has no index yet" in page


def test_another_pooling_of_the_look_is_planned_from_the_page(admin_client: Client, two: tuple[Space, Space]):
    old, _ = two

    admin_client.post(reverse("spaces-plan"), {"like": old.pk, "pooling": "rmac-3", "metric": "cosine"})

    planned = Space.objects.get(state=SpaceState.FITTING, pooling="rmac-3")
    assert (planned.lens, planned.identity) == ("look", old.identity)


def test_a_pooling_of_the_look_is_refused_for_another_lens(admin_client: Client, two: tuple[Space, Space]):
    texture = a_space(SpaceState.LIVE, lens="texture")
    fields = {"like": texture.pk, "pooling": "rmac-3", "metric": "cosine"}

    page = admin_client.post(reverse("spaces-plan"), fields, follow=True).content.decode()

    assert "Only the look has several poolings." in page
    assert not Space.objects.filter(pooling="rmac-3").exists()


def test_the_live_space_cannot_be_retired_from_the_page(admin_client: Client, two: tuple[Space, Space]):
    old, _ = two

    page = admin_client.post(reverse("spaces-retire", args=[old.pk]), follow=True).content.decode()

    assert "is live. Make another space of its lens live first." in page
    assert lifecycle.live() == old


def test_a_refit_is_planned_from_the_page(admin_client: Client, two: tuple[Space, Space]):
    old, _ = two
    Space.objects.filter(state=SpaceState.FITTING).delete()

    admin_client.post(reverse("spaces-plan"), {"like": old.pk, "metric": "inner_product"})

    planned = Space.objects.get(state=SpaceState.FITTING)
    assert (planned.identity, planned.metric) == (old.identity, "inner_product")


def test_two_spaces_are_shown_side_by_side(admin_client: Client, two: tuple[Space, Space]):
    old, new = two

    page = admin_client.get(reverse("spaces-compare", args=[new.pk, old.pk])).content.decode()

    assert "For 3 works, both spaces share 100 % of the 10 nearest works." in page
    assert page.count('class="case"') == 3


def test_the_scores_of_both_stand_beside_them(admin_client: Client, two: tuple[Space, Space]):
    old, new = two
    Evaluation.objects.create(
        kind="retrieval", dataset="photographs", lens="look", backbone="fake", weights_digest="old", pooling="cells",
        results={"sets": {"walls": {"p_at_1": 0.75}}},
    )  # fmt: skip

    page = admin_client.get(reverse("spaces-compare", args=[new.pk, old.pk])).content.decode()

    assert "75\N{NO-BREAK SPACE}% of walls" in page
    assert "Not evaluated yet" in page


def test_spaces_that_cannot_be_compared_are_refused(admin_client: Client, two: tuple[Space, Space]):
    old, new = two
    lifecycle.retire(new)

    with_retired = admin_client.get(reverse("spaces-compare", args=[new.pk, old.pk]), follow=True).content.decode()
    with_itself = admin_client.get(reverse("spaces-compare", args=[old.pk, old.pk]), follow=True).content.decode()

    assert "it has no vectors to compare" in with_retired
    assert "Choose two different spaces." in with_itself


@pytest.mark.parametrize("name", ["spaces", "spaces-compare", "spaces-activate"])
def test_curators_and_the_public_are_kept_out(client: Client, two: tuple[Space, Space], name: str):
    old, new = two
    address = {
        "spaces": reverse("spaces"),
        "spaces-compare": reverse("spaces-compare", args=[new.pk, old.pk]),
        "spaces-activate": reverse("spaces-activate", args=[new.pk]),
    }[name]
    send = client.post if name == "spaces-activate" else client.get

    as_public = send(address)
    client.force_login(factories.a_user("curator", curates=factories.a_collection()))
    as_curator = send(address)

    assert as_public.status_code == 302
    assert reverse("login") in as_public["Location"]
    assert as_curator.status_code == 403
    assert "This page is for administrators." in as_curator.text
    assert "as a curator of this collection" not in as_curator.text
    assert lifecycle.live() == old


def test_the_table_reloads_only_while_a_space_changes_automatically(admin_client: Client, two: tuple[Space, Space]):
    waits_for_pictures = Space.objects.filter(state=SpaceState.FITTING)
    ready_for_a_person = Space.objects.filter(state=SpaceState.BUILDING)
    assert waits_for_pictures.exists()

    ready_for_a_person.update(auto_activate=False)
    at_rest = admin_client.get(reverse("spaces")).content.decode()
    a_space(SpaceState.BUILDING)  # has none of three pictures yet
    being_built = admin_client.get(reverse("spaces")).content.decode()

    assert "load delay:10s" not in at_rest
    assert "load delay:10s" in being_built


def form_of(page: str, address: str) -> str:
    """Return the text of the form that posts to this address."""
    return page.split(f'action="{address}"')[1].split("</form>", maxsplit=1)[0]
