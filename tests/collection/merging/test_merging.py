"""Merging two works, and undoing it."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.core.serializers import serialize
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from collection.audit import history
from collection.merging.merge_errors import (
    AlreadyMergedError,
    AlreadyUndoneError,
    KeptWorkMergedError,
    MergeRefusedError,
    SameWorkError,
    WorkDeletedError,
    YearsReversedError,
)
from collection.merging.record_preview import preview
from collection.merging.undoing import undo
from collection.merging.work_merging import merge
from collection.models import Artwork, ArtworkImage, WorkMerge
from tests import factories, truncation


def rows() -> str:
    """Return all works and pictures, as text."""
    return serialize("json", [*Artwork.objects.order_by("pk"), *ArtworkImage.objects.order_by("pk")])


def pictures(work: Artwork) -> list[int]:
    return list(work.images.order_by("position").values_list("pk", flat=True))


def end(work: Artwork) -> Artwork | None:
    work.refresh_from_db()
    return work.merged_into


def test_a_preview_marks_differences_and_suggests_the_kept_value_unless_it_is_empty(kept, merged):
    shown = {choice.name: choice for choice in preview(kept, merged)}

    assert (shown["title"].kept, shown["title"].merged) == ("Great Wave", "The Wave")
    assert (shown["title"].differs, shown["title"].takes_merged) == (True, False)
    assert (shown["credit_line"].differs, shown["credit_line"].takes_merged) == (True, True)
    assert (shown["culture"].differs, shown["culture"].takes_merged) == (False, False)
    assert "accession_number" not in shown


def test_years_are_previewed_and_taken_together(kept, merged, curator):
    Artwork.objects.filter(pk=merged.pk).update(year_start=1830, year_end=1832)
    Artwork.objects.filter(pk=kept.pk).update(year_start=1840)
    kept.refresh_from_db()
    merged.refresh_from_db()
    (years,) = [choice for choice in preview(kept, merged) if choice.name == "years"]

    merge(kept, merged, curator, take=["years"])

    kept.refresh_from_db()
    assert (years.kept, years.merged) == ("1840 to ?", "1830 to 1832")
    assert (kept.year_start, kept.year_end) == (1830, 1832)


def test_a_merge_takes_the_chosen_fields_and_all_pictures_and_deletes_nothing(kept, merged, curator):
    before = pictures(kept) + pictures(merged)

    row = merge(kept, merged, curator, take=["title", "credit_line"], note="seen both", evidence={"correlation": 0.99})

    kept.refresh_from_db()
    assert (kept.title, kept.credit_line, kept.medium) == ("The Wave", "Gift", "Woodblock print")
    assert pictures(kept) == before
    assert end(merged) == kept
    assert merged.title == "The Wave"
    assert (row.merged_by, row.note, row.evidence) == ("curator", "seen both", {"correlation": 0.99})
    assert row.taken["title"]["before"] == "Great Wave"


def test_without_views_the_pictures_stay_with_the_alias(kept, merged, curator):
    before = pictures(kept), pictures(merged)

    merge(kept, merged, curator, views=False)

    assert (pictures(kept), pictures(merged)) == before


@pytest.mark.parametrize("views", [True, False])
@pytest.mark.parametrize("is_published", [True, False])
def test_an_undo_restores_exactly_what_was_there(kept, merged, curator, views, is_published):
    Artwork.objects.filter(pk=merged.pk).update(is_published=is_published)
    before = rows()

    undone = undo(merge(kept, merged, curator, take=["title", "medium", "years"], views=views), curator)

    assert rows() == before
    assert undone.sentence == "The Wave (1923.4) is a record of its own again."
    assert WorkMerge.objects.get().undone_by == "curator"


def test_an_undo_leaves_what_was_changed_or_deleted_since_and_reports_it(kept, merged, curator):
    row = merge(kept, merged, curator, take=["title", "medium"])
    Artwork.objects.filter(pk=kept.pk).update(title="Corrected")
    ArtworkImage.objects.get(pk=row.views[0]["picture"]).delete()

    undone = undo(row, curator)

    kept.refresh_from_db()
    assert (kept.title, kept.medium) == ("Corrected", "Woodblock print")
    assert undone.fields_left == ("Title",)
    assert undone.pictures_left == 1
    assert pictures(merged) == [row.views[1]["picture"]]
    assert "left as they are: Title. 1 picture was not moved back" in undone.sentence


def test_two_merges_into_one_work_can_be_undone_in_any_order(kept, merged, third, curator):
    before = rows()
    for order in ([0, 1], [1, 0]):
        made = [merge(kept, each, curator, take=["title"]) for each in (merged, third)]
        for place in order:
            undo(made[place], curator)

        assert rows() == before


def test_a_chain_leads_to_its_end_and_can_be_undone_in_any_order(kept, merged, third, curator):
    before = rows()
    for order in ([0, 1], [1, 0]):
        made = [merge(kept, merged, curator, take=["title"]), merge(third, kept, curator, take=["title"])]
        assert len(pictures(third)) == 4
        for place in order:
            undo(made[place], curator)

        assert rows() == before


def test_a_picture_that_was_returned_and_merged_again_stays_with_its_new_merge(kept, merged, third, curator):
    first, second = merge(kept, merged, curator), merge(third, kept, curator)
    undo(first, curator)
    own = pictures(merged)
    merge(third, merged, curator)

    undo(second, curator)

    assert len(own) == 2
    assert pictures(third)[1:] == own
    assert len(pictures(kept)) == 1


def test_a_merge_into_an_alias_goes_to_the_end_of_the_chain_unless_fields_are_taken(kept, merged, third, curator):
    merge(kept, merged, curator)

    with pytest.raises(KeptWorkMergedError, match=r"1923\.4 has been merged into 1923\.1 since"):
        merge(merged, third, curator, take=["title"])
    merge(merged, third, curator)

    assert end(third) == kept


def test_no_cycle_can_be_merged(kept, merged, third, curator):
    merge(kept, merged, curator)
    merge(third, kept, curator)

    for one, other in ((merged, third), (kept, third), (third, third)):
        with pytest.raises(SameWorkError):
            merge(one, other, curator)


def test_the_database_refuses_a_work_that_is_its_own_alias(kept):
    with pytest.raises(IntegrityError), transaction.atomic():
        Artwork.objects.filter(pk=kept.pk).update(merged_into=kept)


def test_a_record_is_merged_once(kept, merged, third, curator):
    merge(kept, merged, curator)

    with pytest.raises(AlreadyMergedError, match=r"curator has already merged 1923\.4 into 1923\.1"):
        merge(third, merged, curator)


def test_a_merge_is_undone_once(kept, merged, curator):
    row = merge(kept, merged, curator)
    undo(row, curator)

    with pytest.raises(AlreadyUndoneError, match="curator has already undone"):
        undo(row, curator)


def test_years_that_would_be_reversed_are_refused_in_words(kept, merged, curator):
    Artwork.objects.filter(pk=merged.pk).update(year_start=1830, year_end=1832)
    row = merge(kept, merged, curator, take=["years"])
    Artwork.objects.filter(pk=kept.pk).update(year_start=1700)
    WorkMerge.objects.filter(pk=row.pk).update(taken={"year_end": {**row.taken["year_end"], "restores": 1600}})

    with pytest.raises(YearsReversedError):
        undo(row, curator)


def test_a_kept_work_cannot_be_deleted_while_a_record_leads_to_it(kept, merged, curator):
    row = merge(kept, merged, curator)

    with pytest.raises(ProtectedError):
        kept.delete()
    undo(row, curator)
    Artwork.objects.get(pk=kept.pk).delete()

    row.refresh_from_db()
    assert (row.kept, row.kept_name) == (None, "Great Wave (1923.1)")


def test_a_deleted_alias_cannot_be_taken_out_again_and_the_history_still_names_it(kept, merged, curator):
    row = merge(kept, merged, curator)
    Artwork.objects.get(pk=merged.pk).delete()
    row.refresh_from_db()

    with pytest.raises(WorkDeletedError, match=r"The Wave \(1923\.4\) has been deleted"):
        undo(row, curator)
    assert len(pictures(kept)) == 3


def test_a_record_that_was_deleted_a_moment_ago_is_refused_in_words(kept, merged, curator):
    Artwork.objects.filter(pk=merged.pk).delete()

    with pytest.raises(WorkDeletedError):
        merge(kept, merged, curator)


def test_the_history_is_never_deleted(kept, merged, curator):
    row = merge(kept, merged, curator)

    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        row.delete()


def test_the_history_is_never_emptied(kept, merged, curator):
    truncation.refuse()
    merge(kept, merged, curator)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at a commit

    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        connection.cursor().execute("TRUNCATE collection_workmerge")
    assert WorkMerge.objects.count() == 1


def test_only_a_curator_of_both_collections_merges_and_undoes(kept, curator):
    reserve = factories.a_collection(title="Reserve")
    foreign = factories.a_work(reserve)
    both = factories.a_user("both", curates=reserve)
    kept.collection.curators.add(both)

    for one, other in ((kept, foreign), (foreign, kept)):
        with pytest.raises(PermissionDenied):
            merge(one, other, curator)
    row = merge(kept, foreign, both)
    with pytest.raises(PermissionDenied):
        undo(row, curator)

    assert end(foreign) == kept


def test_pictures_change_collection_with_their_work_except_a_file_that_is_there_already(kept, curator):
    reserve = factories.a_collection()
    reserve.curators.add(curator)
    foreign = factories.a_work(reserve)
    twin = factories.an_image(foreign, sha256=kept.images.get().sha256)
    other = factories.an_image(foreign)
    before = rows()

    row = merge(kept, foreign, curator)
    moved = ArtworkImage.objects.get(pk=other.pk)

    assert (moved.artwork, moved.collection) == (kept, kept.collection)
    assert pictures(foreign) == [twin.pk]
    undo(row, curator)
    assert rows() == before


def test_both_are_recorded_in_the_audit_log(kept, merged, curator):
    undo(merge(kept, merged, curator, take=["title"]), curator)

    lines, _ = history.page(history.Filters(kind="work"), "")
    told = [(line.verb, line.label, *line.said) for line in lines]
    assert ("merged", "The Wave (1923.4)", "into: The Wave (1923.1)", "pictures: 2") in told
    assert ("took apart", "The Wave (1923.4)", "from: Great Wave (1923.1)") in told
    assert any("title: Great Wave → The Wave" in said for said in told)


@pytest.mark.django_db(transaction=True)
def test_of_merges_in_a_circle_at_once_one_is_refused(kept, merged, third, curator):
    outcomes: list[object] = []

    def run(one: Artwork, other: Artwork) -> None:
        try:
            outcomes.append(merge(one, other, curator))
        except MergeRefusedError as error:
            outcomes.append(error)
        finally:
            connection.close()

    circle = [(kept, merged), (merged, third), (third, kept)]
    threads = [threading.Thread(target=run, args=pair) for pair in circle]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(isinstance(outcome, WorkMerge) for outcome in outcomes) == 2
    assert sum(isinstance(outcome, SameWorkError) for outcome in outcomes) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_undos_at_once_one_is_told_that_the_other_was_first(kept, merged, curator):
    row = merge(kept, merged, curator)
    outcomes: list[str] = []

    def run() -> None:
        try:
            undo(row, curator)
            outcomes.append("undone")
        except AlreadyUndoneError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused", "undone"]
