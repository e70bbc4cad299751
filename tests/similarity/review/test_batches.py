"""Sure pairs are decided together: exactly those that were shown and ticked, with one undo for all of them."""

import itertools

import pytest

from collection.models import AuditEntry, Collection
from similarity.duplicates import grouping
from similarity.duplicates.review import claims, verdicts
from similarity.duplicates.review.batches import pair_batches
from similarity.models import DuplicateCase, DuplicatePair, Kind, ReviewBatch, Rule, Verdict
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db

ADDRESS = "/review/batches/same-file/"
CERTAIN = {
    "kind": Kind.REENCODED, "rule": Rule.FEATURES, "inliers": 300, "low_share": 1.0, "high_share": 0.99,
    "correlation": 0.99, "colour_difference": 0.5,
}  # fmt: skip


def same_files(count: int, collection: Collection | None = None) -> list[DuplicatePair]:
    return [a_pair(collection, kind=Kind.SAME_FILE, is_identical=True) for _ in range(count)]


def verdicts_of(pairs: list[DuplicatePair]) -> list[str]:
    known = dict(DuplicatePair.objects.values_list("pk", "verdict"))
    return [known[pair.pk] for pair in pairs]


def test_the_queue_offers_batches_of_sure_pairs():
    same_files(3)
    a_pair(kind=Kind.SAME_PIXELS)
    for _ in range(2):
        a_pair(**CERTAIN)
    reviewer = signed_in(is_superuser=True)

    page = reviewer.get("/review/").text

    assert "3 pairs of identical files" in page
    assert "2 pairs of the same photograph, saved again" in page
    assert "equal pixels in other files" not in page  # one pair is no batch


@pytest.mark.parametrize(
    "weaker",
    [
        {"inliers": 40}, {"low_share": 0.8}, {"high_share": 0.8}, {"correlation": 0.9}, {"colour_difference": 12.0},
        {"rule": Rule.REGISTRATION}, {"kind": Kind.RECOLOURED}, {"suggested": Verdict.SIMILAR}, {"inliers": None},
    ],
)  # fmt: skip
def test_weaker_evidence_is_in_no_batch(weaker: dict[str, object]):
    a_pair(**CERTAIN)
    a_pair(**CERTAIN | weaker)

    kind = pair_batches.KINDS["saved-again"]
    assert pair_batches.sure(kind, factories.a_user(is_superuser=True)).count() == 1


def test_the_ticked_pairs_are_decided_and_the_others_stay():
    pairs = same_files(4)
    reviewer = signed_in(is_superuser=True)

    page = reviewer.get(ADDRESS)
    answer = reviewer.post(ADDRESS, {"pairs": [pair.pk for pair in pairs[:3]]}, follow=True)

    assert all(f'value="{pair.pk}" checked' in page.text for pair in pairs)
    assert verdicts_of(pairs) == ["duplicate"] * 3 + ["undecided"]
    assert "3 pairs decided: duplicate." in answer.text
    (entry,) = AuditEntry.objects.filter(verb="decided")
    assert (entry.kind, sorted(entry.detail["pairs"])) == ("batch", [pair.pk for pair in pairs[:3]])


def test_pairs_that_came_after_the_page_was_opened_are_not_decided():
    shown = same_files(2)
    reviewer = signed_in(is_superuser=True)
    reviewer.get(ADDRESS)
    later = same_files(1)

    reviewer.post(ADDRESS, {"pairs": [pair.pk for pair in shown]})

    assert verdicts_of(later) == ["undecided"]


def test_pairs_decided_or_changed_meanwhile_are_left_alone_and_reported():
    pairs = same_files(4)
    ada = factories.a_user("ada", is_superuser=True)
    verdicts.decide(pairs[0].pk, Verdict.UNRELATED, ada)
    DuplicatePair.objects.filter(pk=pairs[1].pk).update(kind=Kind.DETAIL)
    pairs[2].low.artwork.delete()

    answer = signed_in(is_superuser=True).post(ADDRESS, {"pairs": [pair.pk for pair in pairs]}, follow=True)

    known = dict(DuplicatePair.objects.values_list("pk", "verdict"))
    assert known == {pairs[0].pk: "unrelated", pairs[1].pk: "undecided", pairs[3].pk: "duplicate"}
    assert "1 pair decided: duplicate. 3 pairs left alone" in answer.text


def test_a_batch_of_which_nothing_is_left_leaves_no_trace():
    pairs = same_files(2)
    for pair in pairs:
        verdicts.decide(pair.pk, Verdict.DUPLICATE, factories.a_user())

    answer = signed_in(is_superuser=True).post(ADDRESS, {"pairs": [pair.pk for pair in pairs]}, follow=True)

    assert "0 pairs decided: duplicate. 2 pairs left alone" in answer.text
    assert not ReviewBatch.objects.exists()


def test_undo_takes_back_what_still_stands_of_the_batch_and_nothing_else():
    pairs, other = same_files(3), same_files(1)
    ada = factories.a_user("ada", is_superuser=True)
    reviewer = signed_in(ada)
    reviewer.post(ADDRESS, {"pairs": [pair.pk for pair in pairs]})
    verdicts.decide(other[0].pk, Verdict.DUPLICATE, ada)
    verdicts.take_back(pairs[0].pk, ada)
    verdicts.decide(pairs[0].pk, Verdict.DUPLICATE, ada)  # by itself now

    answer = reviewer.post(f"/review/batches/{ReviewBatch.objects.get().pk}/undo/", follow=True)
    again = reviewer.post(f"/review/batches/{ReviewBatch.objects.get().pk}/undo/", follow=True)

    assert verdicts_of(pairs + other) == ["duplicate", "undecided", "undecided", "duplicate"]
    assert "2 pairs put back into the queue." in answer.text
    assert "This batch has no verdict left" in again.text
    assert AuditEntry.objects.filter(verb="took back", kind="batch").count() == 1


def test_a_colleague_cannot_undo_a_batch_and_an_administrator_can():
    collection = factories.a_collection()
    pairs = same_files(2, collection)
    signed_in(curates=collection).post(ADDRESS, {"pairs": [pair.pk for pair in pairs]})
    address = f"/review/batches/{ReviewBatch.objects.get().pk}/undo/"

    signed_in(curates=collection).post(address)
    after_colleague = verdicts_of(pairs)
    signed_in(is_superuser=True).post(address)

    assert after_colleague == ["duplicate", "duplicate"]
    assert verdicts_of(pairs) == ["undecided", "undecided"]


def test_only_pairs_that_the_reviewer_may_review_are_decided():
    own = factories.a_collection()
    mine, theirs = same_files(2, own), same_files(2)

    signed_in(curates=own).post(ADDRESS, {"pairs": [pair.pk for pair in mine + theirs]})

    assert verdicts_of(mine + theirs) == ["duplicate", "duplicate", "undecided", "undecided"]


def test_a_batch_settles_pairs_inside_cases_too():
    collection = factories.a_collection()
    images = [factories.an_image(factories.a_work(collection)) for _ in range(3)]
    pairs = [a_pair(low=low, high=high, kind=Kind.SAME_FILE) for low, high in itertools.pairwise(images)]
    grouping.regroup(image.pk for image in images)

    signed_in(is_superuser=True).post(ADDRESS, {"pairs": [pair.pk for pair in pairs]})

    assert verdicts_of(pairs) == ["duplicate", "duplicate"]
    assert DuplicateCase.objects.count() == 1


def test_a_pair_that_a_colleague_looks_at_is_not_listed():
    first, second = same_files(2)
    claims.claim(first.pk, factories.a_user("ada", is_superuser=True))

    page = signed_in(is_superuser=True).get(ADDRESS)

    assert page.context["pairs"] == [second]


@pytest.mark.parametrize("sent", [{}, {"pairs": "x"}, {"pairs": "٣"}, {"pairs": str(10**30)}])
def test_an_invalid_list_decides_nothing(sent: dict[str, str]):
    pairs = same_files(2)

    answer = signed_in(is_superuser=True).post(ADDRESS, sent)

    assert answer.status_code == 422
    assert verdicts_of(pairs) == ["undecided", "undecided"]


def test_strangers_and_unknown_kinds_are_refused():
    reviewer = signed_in(is_superuser=True)

    assert signed_in().get(ADDRESS).status_code == 403
    assert signed_in().post("/review/batches/1/undo/").status_code == 403
    assert reviewer.get("/review/batches/nonsense/").status_code == 404
    assert reviewer.post("/review/batches/12345/undo/").status_code == 404


def test_a_long_list_is_shown_and_decided_in_parts(monkeypatch):
    monkeypatch.setattr(pair_batches, "PAGE", 2)
    pairs = same_files(3)
    reviewer = signed_in(is_superuser=True)

    page = reviewer.get(ADDRESS)
    reviewer.post(ADDRESS, {"pairs": [pair.pk for pair in page.context["pairs"]]})

    assert "of which the first 2 are shown" in page.text
    assert verdicts_of(pairs) == ["duplicate", "duplicate", "undecided"]


def test_a_batch_page_takes_the_same_few_queries_for_any_number_of_pairs(django_assert_max_num_queries):
    same_files(30)
    reviewer = signed_in(is_superuser=True)

    with django_assert_max_num_queries(10):
        reviewer.get(ADDRESS)


def test_pairs_that_a_new_cut_no_longer_suggests_are_not_decided():
    pairs = [a_pair(**CERTAIN) for _ in range(2)]
    DuplicatePair.objects.filter(pk=pairs[1].pk).update(suggested=Verdict.SIMILAR)  # after the page was shown

    outcome = pair_batches.decide(
        pair_batches.KINDS["saved-again"], [pair.pk for pair in pairs], factories.a_user(is_superuser=True)
    )

    assert (outcome.decided, outcome.left) == (1, 1)
    assert verdicts_of(pairs) == ["duplicate", "undecided"]


def test_who_no_longer_curates_the_collection_cannot_undo_a_batch():
    collection = factories.a_collection()
    pairs = same_files(2, collection)
    curator = factories.a_user(curates=collection)
    batch = pair_batches.decide(pair_batches.KINDS["same-file"], [pair.pk for pair in pairs], curator).batch
    collection.curators.remove(curator)

    assert list(pair_batches.recent(curator)) == []
    assert pair_batches.undo(batch, curator) == 0
    assert verdicts_of(pairs) == ["duplicate", "duplicate"]


def test_a_pair_that_cannot_exist_is_refused_in_one_sentence():
    same_files(2)

    answer = signed_in(is_superuser=True).post(ADDRESS, {"pairs": ["-1"]})

    assert answer.status_code == 422
    assert "One of these pairs does not exist, so nothing was decided." in answer.text
