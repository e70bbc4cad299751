"""A merged record leaves every list, and its addresses lead to the kept one."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from collection import permissions, queries
from collection.browsing import counting, facets
from collection.browsing.filters import Filters
from collection.merging.undoing import undo
from collection.merging.work_merging import merge
from collection.models import Artwork, Collection
from tests import factories


def users(curator) -> list[permissions.User]:
    return [AnonymousUser(), curator, factories.a_user(is_superuser=True), permissions.Operator()]


def browser_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_alias_is_in_nobodys_lists(kept, merged, third, curator):
    merge(kept, merged, curator, views=False)

    for user in users(curator):
        assert set(permissions.visible_works(user)) == {kept, third}
        assert {image.artwork for image in permissions.visible_images(user)} == {kept, third}
        assert list(queries.recent(user, 10)) == [third, kept]
        assert queries.neighbours(user, kept) == (None, third.pk)
        assert queries.counted_collections(user).get(slug="prints").works_count == 2


def test_an_alias_is_not_counted_in_facets_and_totals(kept, merged, curator):
    Artwork.objects.update(classification="Print", year_start=1800)
    Artwork.objects.filter(pk=merged.pk).update(year_start=1700)
    merge(kept, merged, curator)

    works = permissions.visible_works(curator)
    found = counting.count(works, Filters(), {})
    (shown,) = [facet for facet in facets.facets(found, Filters(), {}) if facet.name == "classification"]

    assert (found.works, found.earliest_year) == (1, 1800)
    assert [(choice.label, choice.count) for choice in shown.choices] == [("Print", 1)]


@pytest.mark.parametrize("role", ["visitor", "curator"])
def test_no_page_of_works_shows_an_alias(client, kept, merged, curator, role):
    merge(kept, merged, curator)
    browser = client if role == "visitor" else browser_of(curator)

    for address in ("/", "/browse/", "/browse/?q=wave", "/collections/prints/"):
        page = browser.get(address).text
        assert kept.get_absolute_url() in page
        assert merged.get_absolute_url() not in page
    listed = browser.get("/api/v1/artworks").json()["items"]
    assert [(work["id"], len(work["images"])) for work in listed] == [(kept.pk, 3)]


@pytest.mark.parametrize("route", ["/works/{}/", "/api/v1/artworks/{}", "/works/{}/similar/", "/works/{}/dissimilar/"])
def test_every_address_of_an_alias_leads_to_the_end_of_its_chain_by_one_redirect(
    client, kept, merged, third, curator, route
):
    merge(kept, merged, curator)
    merge(third, kept, curator)

    answer = client.get(route.format(merged.pk), {"lens": "look"})

    assert (answer.status_code, answer["Location"]) == (302, route.format(third.pk) + "?lens=look")
    assert client.get(answer["Location"].partition("?")[0]).status_code == 200


def test_the_api_of_similar_works_and_the_comparison_of_two_records_redirect_too(client, kept, merged, third, curator):
    merge(kept, merged, curator)

    similar = client.get(f"/api/v1/artworks/{merged.pk}/similar?k=3")
    compared = client.get(f"/works/{third.pk}/why/{merged.pk}/")

    assert similar["Location"] == f"/api/v1/artworks/{kept.pk}/similar?k=3"
    assert compared["Location"] == f"/works/{third.pk}/why/{kept.pk}/"
    assert client.get(f"/works/{kept.pk}/why/{merged.pk}/", follow=True).status_code < 500


def test_an_undone_merge_ends_the_redirect(client, kept, merged, curator):
    undo(merge(kept, merged, curator), curator)

    assert client.get(merged.get_absolute_url()).status_code == 200


def test_an_undo_within_a_chain_leads_each_address_to_the_end_of_its_own_part(client, kept, merged, third, curator):
    first, second = merge(kept, merged, curator), merge(third, kept, curator)

    undo(second, curator)
    within = client.get(merged.get_absolute_url())
    undo(first, curator)

    assert within["Location"] == kept.get_absolute_url()
    assert [client.get(work.get_absolute_url()).status_code for work in (kept, merged, third)] == [200] * 3


def test_a_merge_in_the_other_direction_after_an_undo_makes_no_loop(client, kept, merged, third, curator):
    undo(merge(kept, merged, curator), curator)
    merge(merged, kept, curator)
    merge(third, merged, curator)

    for alias in (kept, merged):
        page = client.get(alias.get_absolute_url(), follow=True)
        assert page.redirect_chain == [(third.get_absolute_url(), 302)]
        assert page.status_code == 200


def test_a_merge_is_undone_after_its_kept_work_was_merged_into_another_collection(client, kept, merged, curator):
    reserve = factories.a_collection(title="Reserve")
    reserve.curators.add(curator)
    last = factories.a_work(reserve, accession_number="R.1")
    own = set(merged.images.values_list("pk", flat=True))
    first = merge(kept, merged, curator)
    merge(last, kept, curator)

    undo(first, curator)

    merged.refresh_from_db()
    assert set(merged.images.values_list("pk", flat=True)) == own
    assert {image.collection for image in merged.images.all()} == {merged.collection}
    assert client.get(kept.get_absolute_url())["Location"] == last.get_absolute_url()
    assert client.get(merged.get_absolute_url()).status_code == 200


def test_a_change_of_an_alias_changes_nothing_and_explains_why(kept, merged, curator):
    merge(kept, merged, curator)
    record = {"accession_number": "1923.4", "title": "Changed", "is_published": "yes"}

    page = browser_of(curator).post(f"/works/{merged.pk}/edit/", record, follow=True)

    merged.refresh_from_db()
    assert merged.title == "The Wave"
    assert page.redirect_chain == [(kept.get_absolute_url(), 302)]
    assert "1923.4 was merged into 1923.1. Nothing was changed." in page.text


def test_the_number_of_an_alias_is_refused_to_another_record_in_words(kept, merged, third, curator):
    merge(kept, merged, curator)

    page = browser_of(curator).post(f"/works/{third.pk}/edit/", {"accession_number": "1923.4"})

    assert page.status_code == 422
    assert "This is the number of a record that was merged into 1923.1." in page.text


def test_an_alias_leads_nobody_to_a_work_that_is_not_theirs_to_see(client, kept, merged, curator):
    merge(kept, merged, curator)
    Artwork.objects.filter(pk=kept.pk).update(is_published=False)

    answer = client.get(merged.get_absolute_url())

    assert answer.status_code == 404
    assert "1923" not in answer.text


def test_an_alias_that_was_a_draft_is_unknown_to_visitors(client, kept, merged, curator):
    Artwork.objects.filter(pk=merged.pk).update(is_published=False)
    merge(kept, merged, curator)

    assert client.get(merged.get_absolute_url()).status_code == 404
    assert kept.get_absolute_url() not in client.get("/browse/?q=1923.4").text
    assert browser_of(curator).get(merged.get_absolute_url())["Location"] == kept.get_absolute_url()


def test_a_search_for_the_number_of_an_alias_finds_the_kept_work_first(client, kept, merged, third, curator):
    Artwork.objects.filter(pk=third.pk).update(title="Like 1923.4")
    third.refresh_from_db()
    third.save()
    merge(kept, merged, curator)

    page = client.get("/browse/?q=1923.4")

    assert [work.pk for work in page.context["page"].works] == [kept.pk, third.pk]
    assert page.context["counts"].works == 2


def test_pictures_of_an_alias_are_served_to_its_curators_alone(client, media, prints: Collection, curator):
    kept, merged = factories.a_work(prints), factories.a_work(prints)
    image = factories.a_painted_image(merged)
    merge(kept, merged, curator, views=False)

    assert client.get(image.url(160)).status_code == 404
    assert browser_of(factories.a_user(curates=factories.a_collection())).get(image.url(160)).status_code == 404
    assert browser_of(curator).get(image.url(160)).status_code == 200
