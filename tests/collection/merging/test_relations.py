"""Relations between works, on the pages of both."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from collection.merging.merge_errors import SameWorkError
from collection.merging.relations import AlreadyRelatedError, relate, remove
from collection.merging.undoing import undo
from collection.merging.work_merging import merge
from collection.models import Artwork, WorkRelation
from tests import factories

Kind = WorkRelation.Kind


def words_on(client, work: Artwork) -> list[tuple[str, int]]:
    return [(one.words, one.work.pk) for one in client.get(work.get_absolute_url()).context.get("related", [])]


@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [
        (Kind.DETAIL, "Detail of", "Shown in detail in"),
        (Kind.EDITION, "Edition or copy of", "Edition or copy"),
        (Kind.SAME_OBJECT, "Same object as", "Same object as"),
    ],
)
def test_a_relation_is_on_both_pages_in_words_of_each_side(client, kept, third, curator, kind, here, there):
    relate(third, kept, kind, curator)

    assert words_on(client, third) == [(here, kept.pk)]
    assert words_on(client, kept) == [(there, third.pk)]


def test_a_relation_to_a_hidden_work_is_shown_to_its_curators_alone(client, kept, third, curator):
    relate(third, kept, Kind.DETAIL, curator)
    Artwork.objects.filter(pk=third.pk).update(is_published=False)

    page = client.get(kept.get_absolute_url())
    client.force_login(curator)

    assert page.context["related"] == []
    assert "1923.7" not in page.text
    assert words_on(client, kept) == [("Shown in detail in", third.pk)]


def test_two_works_have_one_relation_in_either_direction(kept, third, curator):
    relate(third, kept, Kind.DETAIL, curator)

    with pytest.raises(AlreadyRelatedError, match=r"Under the Wave \(1923\.7\) is detail of Great Wave \(1923\.1\)"):
        relate(kept, third, Kind.EDITION, curator)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkRelation.objects.create(from_work=kept, to_work=third, kind=Kind.EDITION)
    with pytest.raises(SameWorkError):
        relate(kept, kept, Kind.DETAIL, curator)


def test_only_curators_of_both_works_set_and_remove_a_relation(kept, curator):
    foreign = factories.a_work()
    relation = WorkRelation.objects.create(from_work=kept, to_work=foreign, kind=Kind.DETAIL)

    with pytest.raises(PermissionDenied):
        relate(kept, factories.a_work(), Kind.DETAIL, curator)
    with pytest.raises(PermissionDenied):
        remove(relation, curator)

    assert WorkRelation.objects.count() == 1


def test_relations_of_an_alias_are_on_the_page_of_the_kept_work_until_the_merge_is_undone(
    client, kept, merged, third, curator
):
    relate(merged, third, Kind.DETAIL, curator)
    row = merge(kept, merged, curator)
    with_merge = words_on(client, kept), words_on(client, third)

    undo(row, curator)

    assert with_merge == ([("Detail of", third.pk)], [("Shown in detail in", kept.pk)])
    assert (words_on(client, kept), words_on(client, third)) == ([], [("Shown in detail in", merged.pk)])


def test_a_relation_between_two_records_that_became_one_is_not_shown(client, kept, merged, curator):
    relate(merged, kept, Kind.SAME_OBJECT, curator)
    merge(kept, merged, curator)

    assert words_on(client, kept) == []
