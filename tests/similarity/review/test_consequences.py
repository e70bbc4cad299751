"""A verdict "detail of" or "edition or copy of" relates the two works; taking it back removes that relation alone."""

import pytest
from django.contrib.auth.models import Permission, User

from collection.merging import relations
from collection.models import Artwork, WorkRelation
from similarity.duplicates.review import verdicts
from similarity.duplicates.review.deciding import consequences
from similarity.models import DuplicateCase, DuplicatePair, Side, Verdict
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db

Kind = WorkRelation.Kind


def reviewer_without_collections() -> User:
    user = factories.a_user()
    user.user_permissions.add(Permission.objects.get(codename="change_duplicatepair"))
    return user


def relation_of(pair: DuplicatePair) -> tuple[int, int, str]:
    return WorkRelation.objects.values_list("from_work", "to_work", "kind").get()


@pytest.mark.parametrize(("low_share", "high_share", "detail"), [(0.2, 1.0, "high"), (0.99, 0.3, "low")])
def test_the_picture_that_the_other_shows_more_of_is_the_detail(low_share: float, high_share: float, detail: str):
    pair = a_pair(low_share=low_share, high_share=high_share)
    curator = factories.a_user(curates=pair.low.collection)

    verdicts.decide(pair.pk, Verdict.DETAIL_OF, curator)

    works = pair.low.artwork_id, pair.high.artwork_id
    assert relation_of(pair) == (*(works if detail == "low" else works[::-1]), Kind.DETAIL)


def test_the_later_work_is_the_copy_and_without_years_the_one_added_later():
    dated, undated = a_pair(), a_pair()
    for image, year in ((dated.low, 1890), (dated.high, 1640)):
        Artwork.objects.filter(pk=image.artwork_id).update(year_start=year)
    dated = DuplicatePair.objects.get(pk=dated.pk)

    assert consequences.derived_side(dated, Verdict.EDITION_OF) == Side.LOW
    assert consequences.derived_side(undated, Verdict.EDITION_OF) == Side.HIGH


def test_a_reviewer_can_choose_and_swap_the_direction():
    pair = a_pair(low_share=0.2, high_share=1.0)
    curator = factories.a_user(curates=pair.low.collection)
    client = signed_in(curator)

    client.post(pair.get_absolute_url(), {"verdict": "edition_of", "derived": "low"})
    chosen = relation_of(pair)
    client.post(f"/review/{pair.pk}/swap/")

    works = pair.low.artwork_id, pair.high.artwork_id
    assert chosen == (*works, Kind.EDITION)
    assert relation_of(pair) == (*works[::-1], Kind.EDITION)


def test_taking_the_verdict_back_removes_the_relation_that_it_made():
    pair = a_pair()
    curator = factories.a_user(curates=pair.low.collection)
    verdicts.decide(pair.pk, Verdict.DETAIL_OF, curator)

    verdicts.take_back(pair.pk, curator)

    pair.refresh_from_db()
    assert not WorkRelation.objects.exists()
    assert (pair.verdict, pair.derived, pair.relation_made) == (Verdict.UNDECIDED, "", None)


def test_a_relation_stays_while_another_pair_of_the_two_works_has_the_same_verdict():
    pair = a_pair(low_share=1.0, high_share=0.2)
    views = [factories.an_image(image.artwork) for image in (pair.high, pair.low)]
    other = a_pair(low=views[0], high=views[1], low_share=0.2, high_share=1.0)
    curator = factories.a_user(curates=pair.low.collection)
    for each in (pair, other):
        verdicts.decide(each.pk, Verdict.DETAIL_OF, curator)

    verdicts.take_back(pair.pk, curator)
    between = relation_of(pair)
    verdicts.take_back(other.pk, curator)

    assert between == (pair.low.artwork_id, pair.high.artwork_id, Kind.DETAIL)
    assert not WorkRelation.objects.exists()


def test_a_relation_that_was_there_before_stays_and_the_page_says_so():
    pair = a_pair()
    curator = factories.a_user(curates=pair.low.collection)
    known = relations.relate(pair.high.artwork, pair.low.artwork, Kind.SAME_OBJECT, curator)

    verdicts.decide(pair.pk, Verdict.DETAIL_OF, curator)
    page = signed_in(curator).get("/review/decided/").text
    verdicts.take_back(pair.pk, curator)

    assert list(WorkRelation.objects.all()) == [known]
    assert "related already, so this verdict set no relation" in page


def test_a_relation_that_a_curator_set_after_removing_ours_stays_too():
    pair = a_pair()
    curator = factories.a_user(curates=pair.low.collection)
    verdicts.decide(pair.pk, Verdict.DETAIL_OF, curator)
    relations.remove(WorkRelation.objects.get(), curator)
    by_hand = relations.relate(pair.low.artwork, pair.high.artwork, Kind.EDITION, curator)

    verdicts.take_back(pair.pk, curator)

    assert list(WorkRelation.objects.all()) == [by_hand]


def test_a_reviewer_who_curates_nothing_decides_and_no_relation_is_made():
    pair = a_pair()
    reviewer = reviewer_without_collections()

    verdicts.decide(pair.pk, Verdict.DETAIL_OF, reviewer)
    page = signed_in(reviewer).get("/review/decided/").text

    pair.refresh_from_db()
    assert pair.verdict == Verdict.DETAIL_OF
    assert not WorkRelation.objects.exists()
    assert "only a curator of both collections can relate them" in page


def test_a_reviewer_who_may_not_change_the_relation_cannot_take_back_its_verdict():
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DETAIL_OF, factories.a_user(curates=pair.low.collection))

    answer = signed_in(reviewer_without_collections()).post(
        pair.get_absolute_url(), {"verdict": "undecided"}, headers={"HX-Request": "true"}
    )

    pair.refresh_from_db()
    assert answer.status_code == 409
    assert "Only a curator of both collections" in answer.text
    assert pair.verdict == Verdict.DETAIL_OF
    assert WorkRelation.objects.count() == 1


def test_a_colleague_cannot_swap_and_an_undecided_pair_has_nothing_to_swap():
    pair, undecided = a_pair(), a_pair()
    curator = factories.a_user(curates=pair.low.collection)
    verdicts.decide(pair.pk, Verdict.EDITION_OF, curator)
    before = relation_of(pair)
    colleague = factories.a_user(curates=pair.low.collection)

    refused = signed_in(colleague).post(f"/review/{pair.pk}/swap/", follow=True)
    nothing = signed_in(is_superuser=True).post(f"/review/{undecided.pk}/swap/", follow=True)

    assert relation_of(pair) == before
    assert "Only the person who decided this pair" in refused.text
    assert "Only the person who decided this pair" in nothing.text


def test_same_object_offers_to_join_the_pictures_as_views_of_one_work():
    pair = a_pair()
    curator = factories.a_user(curates=pair.low.collection)
    verdicts.decide(pair.pk, Verdict.SAME_OBJECT, curator)

    page = signed_in(curator).get("/review/decided/?verdict=same_object").text

    assert f"/works/{pair.low.artwork_id}/merge/{pair.high.artwork_id}/" in page
    assert "Join them as views of one work" in page
    assert not WorkRelation.objects.exists()


@pytest.mark.parametrize("verdict", [Verdict.SAME_OBJECT, Verdict.DETAIL_OF, Verdict.EDITION_OF])
def test_the_new_verdicts_connect_no_case(verdict: Verdict):
    collection = factories.a_collection()
    images = [factories.an_image(factories.a_work(collection)) for _ in range(3)]
    first = a_pair(low=images[0], high=images[1])
    second = a_pair(low=images[1], high=images[2])
    reviewer = factories.a_user(is_superuser=True)

    verdicts.decide(first.pk, verdict, reviewer)
    verdicts.decide(second.pk, Verdict.DUPLICATE, reviewer)

    assert not DuplicateCase.objects.exists()


@pytest.mark.parametrize("verdict", [verdict for verdict, _ in verdicts.CHOICES])
def test_each_verdict_can_be_given_by_its_key_listed_and_taken_back(verdict: Verdict):
    pair = a_pair()
    reviewer = signed_in(is_superuser=True)
    queue = reviewer.get("/review/").text

    reviewer.post(pair.get_absolute_url(), {"verdict": verdict.value})
    listed = reviewer.get(f"/review/decided/?verdict={verdict.value}")
    table = b"".join(reviewer.post("/review/pairs.csv").streaming_content).decode()
    reviewer.post(pair.get_absolute_url(), {"verdict": "undecided"})

    key = dict(verdicts.CHOICES)[verdict]
    assert f'value="{verdict.value}" data-key="{key}"' in queue
    assert list(listed.context["pairs"]) == [pair]
    assert f",{verdict.value}," in table
    pair.refresh_from_db()
    assert pair.verdict == Verdict.UNDECIDED


def test_a_case_cannot_be_settled_by_a_verdict_that_has_a_direction():
    collection = factories.a_collection()
    images = [factories.an_image(factories.a_work(collection)) for _ in range(3)]
    case = DuplicateCase.objects.create()
    for low, high in ((images[0], images[1]), (images[1], images[2])):
        a_pair(low=low, high=high, case=case)

    answer = signed_in(is_superuser=True).post(
        case.get_absolute_url(), {"verdict": "detail_of", "images": [image.pk for image in images]}
    )

    assert answer.status_code == 422
    assert not DuplicatePair.objects.exclude(verdict=Verdict.UNDECIDED).exists()
