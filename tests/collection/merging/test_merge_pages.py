"""The pages on which curators merge, undo and relate."""

import csv
import io

import pytest
from django.test import Client

from collection.merging import merge_evidence
from collection.merging.work_merging import merge
from collection.models import Artwork, WorkMerge, WorkRelation
from tests import factories
from tests.collection.merging.previews import address, digest_shown


@pytest.fixture
def browser(curator) -> Client:
    client = Client()
    client.force_login(curator)
    return client


@pytest.fixture
def stranger() -> Client:
    """A curator of another collection."""
    client = Client()
    client.force_login(factories.a_user(curates=factories.a_collection()))
    return client


def test_the_preview_has_a_choice_for_each_differing_field_and_changes_nothing(browser, kept, merged):
    page = browser.get(address(kept, merged))

    assert [(field.label, field.initial) for field in page.context["form"].choices] == [
        ("Title", "kept"), ("Medium", "kept"), ("Credit line", "merged"),
    ]  # fmt: skip
    assert address(merged, kept) in page.text
    assert not WorkMerge.objects.exists()


def test_records_without_pictures_are_compared_too(browser, kept, prints):
    bare = factories.a_work(prints, accession_number="1923.9")

    page = browser.get(address(kept, bare))

    assert page.status_code == 200
    assert "0 pictures" in page.text


def test_a_curator_merges_with_the_chosen_fields_and_undoes_it(browser, kept, merged, monkeypatch):
    monkeypatch.setattr(merge_evidence, "sources", [lambda one, other: {"correlation": 0.98}])
    chosen = {"take-title": "merged", "take-credit_line": "kept", "views": "on", "note": "the same sheet"}
    chosen["shown"] = digest_shown(browser, kept, merged)

    page = browser.post(address(kept, merged), chosen, follow=True)
    kept.refresh_from_db()
    title_then = kept.title
    row = WorkMerge.objects.get()
    undone = browser.post(f"/merges/{row.pk}/undo/", follow=True)

    kept.refresh_from_db()
    assert "1923.4 was merged into this record." in page.text
    assert (title_then, kept.title, kept.credit_line) == ("The Wave", "Great Wave", "")
    assert (row.note, row.evidence, len(row.views)) == ("the same sheet", {"correlation": 0.98}, 2)
    assert "The Wave (1923.4) is a record of its own again." in undone.text
    assert undone.status_code == 200


def test_without_the_check_mark_the_pictures_stay(browser, kept, merged):
    browser.post(address(kept, merged), {"note": "", "shown": digest_shown(browser, kept, merged)})

    assert (kept.images.count(), merged.images.count()) == (1, 2)


def test_the_work_page_names_its_aliases_to_curators_alone(client, browser, kept, merged, curator):
    merge(kept, merged, curator)

    assert "1923.4 was merged into this record" in browser.get(kept.get_absolute_url()).text
    assert "1923.4" not in client.get(kept.get_absolute_url()).text


def test_a_merge_into_a_record_that_was_merged_meanwhile_leads_to_the_one_that_was_kept(
    browser, kept, merged, third, curator
):
    merge(kept, merged, curator)

    page = browser.post(address(merged, third), {"take-title": "merged"}, follow=True)

    assert "1923.4 was merged into 1923.1. Nothing was changed." in page.text
    assert browser.get(address(merged, third))["Location"] == address(kept, third)
    again = browser.get(address(kept, merged), follow=True)
    assert "Both are the record 1923.1 already." in again.text


def test_nobody_else_merges_undoes_or_relates(client, stranger, kept, merged, third, curator):
    row = merge(kept, merged, curator)
    relation = WorkRelation.objects.create(from_work=kept, to_work=third, kind="detail_of")

    for other in (client, stranger):
        assert other.get(f"/works/{kept.pk}/history/").status_code == 403
        assert other.get(address(kept, third)).status_code == 403
        assert other.post(address(kept, third)).status_code == 403
        assert other.post(f"/works/{kept.pk}/relate/{third.pk}/", {"kind": "detail_of"}).status_code == 403
        assert other.post(f"/merges/{row.pk}/undo/").status_code == 404
        assert other.post(f"/relations/{relation.pk}/remove/").status_code == 404
    assert WorkMerge.objects.filter(undone_at=None).count() == WorkRelation.objects.count() == 1


def test_a_curator_of_one_collection_cannot_merge_into_anothers_nor_learn_of_its_hidden_works(browser, kept):
    hidden = factories.a_work(is_published=False, title="Hidden")

    for path in (address(kept, hidden), address(hidden, kept)):
        for answer in (browser.get(path), browser.post(path, {"views": "on"})):
            assert answer.status_code == 404
            assert "Hidden" not in answer.text


def test_the_other_record_is_found_by_its_number(browser, kept, merged, third, curator):
    own = f"/works/{kept.pk}/history/"
    merge(kept, third, curator)

    assert browser.get(own, {"number": " 1923.4 "})["Location"] == address(kept, merged)
    for number, reason in (
        ("1923.1", "This is the record itself."),
        ("1923.7", "1923.7 was merged into another record."),
        ("9999", "No other record of your collections has this number."),
    ):
        page = browser.get(own, {"number": number})
        assert (page.status_code, reason in page.text) == (422, True)


def test_a_number_in_several_collections_gives_a_choice(browser, kept, merged, curator):
    other = factories.a_collection(title="Reserve")
    other.curators.add(curator)
    twin = factories.a_work(other, accession_number="1923.4")

    page = browser.get(f"/works/{kept.pk}/history/", {"number": "1923.4"})

    assert address(kept, merged) in page.text
    assert address(kept, twin) in page.text


def test_a_relation_is_set_and_removed(browser, kept, third):
    browser.post(f"/works/{third.pk}/relate/{kept.pk}/", {"kind": "nonsense"})
    assert not WorkRelation.objects.exists()
    browser.post(f"/works/{third.pk}/relate/{kept.pk}/", {"kind": "detail_of"})
    relation = WorkRelation.objects.get()
    again = browser.post(f"/works/{kept.pk}/relate/{third.pk}/", {"kind": "same_object"}, follow=True)

    page = browser.post(f"/relations/{relation.pk}/remove/", follow=True)

    assert (relation.from_work, relation.related_by) == (third, "curator")
    assert "They are related already" in again.text
    assert "The relation is removed." in page.text
    assert not WorkRelation.objects.exists()


def test_the_history_is_on_a_page_and_in_a_table_without_formulas(browser, stranger, kept, merged, curator):
    Artwork.objects.filter(pk=merged.pk).update(title="=HYPERLINK(1)")
    merged.refresh_from_db()
    merge(kept, merged, curator, take=["title"], note="-seen", evidence={"correlation": 0.99})

    page = browser.get("/merges/").text
    answer = browser.post("/merges/table.csv")
    (row,) = csv.DictReader(io.StringIO(answer.getvalue().decode()))

    assert "correlation: 0.99" in page
    assert row["merged"] == "'=HYPERLINK(1) (1923.4)"
    assert (row["merged_by"], row["note"], row["pictures_moved"]) == ("curator", "'-seen", "2")
    assert row["fields_taken"] == "Title: Great Wave → =HYPERLINK(1)"
    assert "1923" not in stranger.get("/merges/").text
    assert "1923" not in stranger.post("/merges/table.csv").getvalue().decode()


def test_the_history_goes_on_page_by_page(browser, kept, merged):
    names = {"kept_collection": kept.collection, "merged_collection": kept.collection, "merged_by": "x"}
    for number in range(51):
        WorkMerge.objects.create(kept_name="k", merged_name=f"record-{number}.", **names)

    first = browser.get("/merges/")
    second = browser.get("/merges/", {"before": first.context["next"]})

    assert (len(first.context["lines"]), len(second.context["lines"])) == (50, 1)
    assert "record-0." in second.text
    assert browser.get("/merges/", {"before": "9" * 30}).status_code == 200


def test_the_header_leads_those_to_the_history_who_may_read_it(client, browser, kept):
    link = 'href="/merges/"'
    for user, has_link in ((None, False), (factories.a_user(), False), (factories.a_user(is_superuser=True), True)):
        if user:
            client.force_login(user)
        assert (link in client.get("/browse/").text) == has_link
    assert link in browser.get("/browse/").text


def test_visitors_and_users_without_a_collection_are_refused(client):
    assert "/login/" in client.get("/merges/")["Location"]
    client.force_login(factories.a_user())

    assert client.get("/merges/").status_code == 403
    assert client.post("/merges/table.csv").status_code == 403
