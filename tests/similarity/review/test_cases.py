"""Copies of one picture are one case: connected by pairs, settled by one decision."""

import itertools

import pytest
from django.test import Client

from collection.models import ArtworkImage, AuditEntry, Collection
from similarity.duplicates import grouping
from similarity.duplicates.review import case_views, cases, verdicts
from similarity.models import DuplicateCase, DuplicatePair, Verdict
from tests import factories

pytestmark = pytest.mark.django_db


def pictures(count: int, collection: Collection | None = None) -> list[ArtworkImage]:
    collection = collection or factories.a_collection()
    return [factories.an_image(factories.a_work(collection)) for _ in range(count)]


def connect(*images: ArtworkImage, suggested: str = Verdict.DUPLICATE) -> list[DuplicatePair]:
    """Pairs of each picture with the next one, in their cases."""
    pairs = [
        DuplicatePair.objects.create(low=low, high=high, suggested=suggested, correlation=0.9)
        for low, high in itertools.pairwise(images)
    ]
    grouping.regroup(image.pk for image in images)
    return pairs


def case_numbers() -> list[int | None]:
    return list(DuplicatePair.objects.order_by("pk").values_list("case", flat=True))


def test_two_copies_are_a_pair_and_three_are_a_case():
    two, three = pictures(2), pictures(3)

    connect(*two)
    connect(*three)

    case = DuplicateCase.objects.get()
    assert case_numbers() == [None, case.pk, case.pk]


def test_a_pair_that_connects_two_cases_makes_them_one_with_the_older_number():
    first, second = pictures(3), pictures(3)
    connect(*first)
    connect(*second)
    older = DuplicateCase.objects.order_by("pk").first()

    connect(first[2], second[0])

    assert set(case_numbers()) == {older.pk}
    assert DuplicateCase.objects.count() == 1


def test_pairs_that_are_only_similar_connect_nothing():
    connect(*pictures(4), suggested=Verdict.SIMILAR)

    assert not DuplicateCase.objects.exists()


def test_a_verdict_against_a_pair_splits_its_case_and_taking_it_back_restores_it():
    reviewer = factories.a_user(is_superuser=True)
    _, middle, _ = connect(*pictures(4))

    verdicts.decide(middle.pk, Verdict.UNRELATED, reviewer)
    split = case_numbers()
    verdicts.take_back(middle.pk, reviewer)

    assert split == [None, None, None]
    assert len(set(case_numbers())) == 1
    assert None not in case_numbers()


def test_a_deleted_picture_leaves_no_case_behind_once_its_pictures_are_grouped_again():
    images = pictures(3)
    connect(*images)

    images[1].artwork.delete()
    grouping.regroup([images[0].pk, images[2].pk])

    assert not DuplicatePair.objects.exists()
    assert cases.open_cases(DuplicatePair.objects.all(), factories.a_user(is_superuser=True)).count() == 0


def test_one_decision_settles_all_undecided_pairs_and_no_other():
    ada, ben = (factories.a_user(name, is_superuser=True) for name in ("Ada", "Ben"))
    first, second, third = connect(*pictures(4))
    verdicts.decide(first.pk, Verdict.DUPLICATE, ada)
    case = DuplicateCase.objects.get()

    count = cases.settle(DuplicatePair.objects.all(), case, Verdict.DUPLICATE, ben, left_out=[])

    decided = dict(DuplicatePair.objects.values_list("pk", "decided_by__username"))
    assert (count, decided) == (2, {first.pk: "Ada", second.pk: "Ben", third.pk: "Ben"})
    assert AuditEntry.objects.filter(verb="decided", kind="case").count() == 1


def test_a_picture_that_is_left_out_keeps_its_pairs_in_the_queue():
    images = pictures(4)
    *_, last = connect(*images)

    cases.settle(
        DuplicatePair.objects.all(),
        DuplicateCase.objects.get(),
        Verdict.DUPLICATE,
        factories.a_user(is_superuser=True),
        left_out=[images[3].pk],
    )

    assert [pair.pk for pair in DuplicatePair.objects.filter(verdict=Verdict.UNDECIDED)] == [last.pk]


def test_the_second_of_two_reviewers_reads_that_nothing_is_left():
    reviewer = factories.a_user(is_superuser=True)
    connect(*pictures(3))
    case = DuplicateCase.objects.get()
    cases.settle(DuplicatePair.objects.all(), case, Verdict.DUPLICATE, reviewer, left_out=[])

    with pytest.raises(cases.NothingLeftError):
        cases.settle(DuplicatePair.objects.all(), case, Verdict.UNRELATED, reviewer, left_out=[])

    assert set(DuplicatePair.objects.values_list("verdict", flat=True)) == {Verdict.DUPLICATE}


def test_the_most_complete_record_is_suggested_then_the_largest_picture_then_the_first():
    plain, larger, complete = pictures(3)
    ArtworkImage.objects.filter(pk=larger.pk).update(width_px=4000)
    larger.refresh_from_db()
    complete.artwork.medium = "oil on canvas"

    by_record = cases.suggest_keeping([plain, larger, complete])
    by_size = cases.suggest_keeping([plain, larger])
    by_age = cases.suggest_keeping([plain, complete.__class__.objects.get(pk=complete.pk)])

    assert (by_record.image, "most complete" in by_record.reason) == (complete, True)
    assert (by_size.image, "largest (4000" in by_size.reason) == (larger, True)
    assert (by_age.image, by_age.reason) == (plain, "its record was added first")


def signed_in(**options: object) -> Client:
    client = Client()
    client.force_login(factories.a_user(**options))
    return client


def test_the_queue_shows_a_case_as_one_strip_and_its_pairs_only_on_its_page():
    connect(*pictures(4))
    (lone,) = connect(*pictures(2))
    reviewer = signed_in(is_superuser=True)

    queue = reviewer.get("/review/")
    page = reviewer.get(DuplicateCase.objects.get().get_absolute_url())

    assert "4 pictures, 3 pairs to decide" in queue.text
    assert list(queue.context["pairs"]) == [lone]
    assert len(page.context["pairs"]) == 3
    assert "Suggested to keep" in page.text


def test_a_reviewer_settles_a_case_and_leaves_one_picture_out():
    images = pictures(4)
    connect(*images)
    address = DuplicateCase.objects.get().get_absolute_url()
    reviewer = signed_in(is_superuser=True)

    answer = reviewer.post(address, {"verdict": "duplicate", "images": [image.pk for image in images[:3]]})

    page = reviewer.get(answer.url)
    assert DuplicatePair.objects.filter(verdict=Verdict.DUPLICATE).count() == 2
    assert f"/works/{images[0].artwork_id}/merge/{images[1].artwork_id}/" in page.text


def test_deciding_that_a_case_is_unrelated_leads_back_to_the_queue():
    images = pictures(3)
    connect(*images)
    address = DuplicateCase.objects.get().get_absolute_url()

    answer = signed_in(is_superuser=True).post(address, {"verdict": "unrelated", "images": [i.pk for i in images]})

    assert (answer.status_code, answer.url) == (302, "/review/")
    assert not DuplicateCase.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"verdict": "undecided", "images": "1"}, {"verdict": "duplicate", "images": "x"}])
def test_an_invalid_decision_changes_nothing(sent: dict[str, str]):
    connect(*pictures(3))

    answer = signed_in(is_superuser=True).post(DuplicateCase.objects.get().get_absolute_url(), sent)

    assert answer.status_code == 422
    assert not DuplicatePair.objects.exclude(verdict=Verdict.UNDECIDED).exists()


def test_a_curator_finds_the_cases_of_their_own_collections_only():
    collection = factories.a_collection()
    connect(*pictures(3, collection))
    address = DuplicateCase.objects.get().get_absolute_url()

    assert signed_in(curates=collection).get(address).status_code == 200
    assert signed_in(curates=factories.a_collection()).get(address).status_code == 404
    assert signed_in().get(address).status_code == 403


def test_a_decided_duplicate_offers_to_merge_and_the_merge_keeps_the_evidence():
    low, high = pictures(2)
    (pair,) = connect(low, high)
    reviewer = signed_in(is_superuser=True)
    DuplicatePair.objects.update(kind="reencoded", inliers=212)

    decided = reviewer.post(pair.get_absolute_url(), {"verdict": "duplicate"}, headers={"HX-Request": "true"})
    address = f"/works/{low.artwork_id}/merge/{high.artwork_id}/"
    preview = reviewer.get(address)

    assert address in decided.text
    assert "The same photograph, saved again" in preview.text
    assert "212" in preview.text


def test_a_large_case_shows_some_pictures_and_is_settled_as_a_whole(monkeypatch):
    monkeypatch.setattr(case_views, "PICTURES_SHOWN", 3)
    monkeypatch.setattr(case_views, "PAIRS_SHOWN", 2)
    images = pictures(6)
    connect(*images)
    address = DuplicateCase.objects.get().get_absolute_url()
    reviewer = signed_in(is_superuser=True)

    page = reviewer.get(address)
    reviewer.post(address, {"verdict": "duplicate", "images": [image.pk for image in images[:3]]})

    assert "6 copies of one picture" in page.text
    assert "3 more pictures that are not shown" in page.text
    assert "3 more pairs are not shown" in page.text
    assert DuplicatePair.objects.filter(verdict=Verdict.DUPLICATE).count() == 5


def test_the_page_of_a_case_leads_to_the_next_open_case_and_from_the_last_to_the_first():
    reviewer = factories.a_user(is_superuser=True)
    for _ in range(3):
        connect(*pictures(3))
    first, second, third = DuplicateCase.objects.order_by("pk")
    pairs = verdicts.reviewable(reviewer)
    cases.settle(pairs, second, Verdict.DUPLICATE, reviewer, [])

    assert cases.next_case(pairs, first, reviewer) == third
    assert cases.next_case(pairs, third, reviewer) == first
    cases.settle(pairs, first, Verdict.DUPLICATE, reviewer, [])
    assert cases.next_case(pairs, third, reviewer) is None
