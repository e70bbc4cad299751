"""With two reviewers for each pair, a verdict stands once two of them agree, and neither sees the other's before."""

import itertools

import pytest
from django.contrib.auth.models import User

from collection.models import WorkRelation
from similarity.duplicates import grouping
from similarity.duplicates.review import cases, verdicts
from similarity.duplicates.review.batches import pair_batches
from similarity.duplicates.review.opinions import reviewer_agreement
from similarity.models import DuplicateCase, DuplicatePair, Kind, Opinion, Verdict
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("two_reviewers")]

HTMX = {"HX-Request": "true"}


def verdict_of(pair: DuplicatePair) -> tuple[str, str | None]:
    return DuplicatePair.objects.values_list("verdict", "decided_by__username").get(pk=pair.pk)


def test_a_verdict_stands_once_two_reviewers_have_given_the_same(ada: User, ben: User):
    pair = a_pair()

    first = verdicts.decide(pair.pk, Verdict.SIMILAR, ada)
    between = verdict_of(pair)
    second = verdicts.decide(pair.pk, Verdict.SIMILAR, ben)

    assert (first, between) == (False, (Verdict.UNDECIDED, None))
    assert (second, verdict_of(pair)) == (True, (Verdict.SIMILAR, "ben"))


def test_the_first_reviewer_is_not_asked_again_and_cannot_decide_alone(ada: User, ben: User):
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)

    with pytest.raises(verdicts.OpinionGivenError, match="once a second reviewer agrees"):
        verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)

    assert list(verdicts.queue(ada)) == []
    assert list(verdicts.queue(ben)) == [pair]
    assert signed_in(ada).get("/review/").context["tally"].waiting == 0


def test_the_second_reviewer_sees_nothing_of_the_first_verdict(ada: User, ben: User):
    pair = a_pair()
    client = signed_in(ben)
    before = client.get("/review/").context["tally"].by_verdict

    verdicts.decide(pair.pk, Verdict.DETAIL_OF, ada)
    pages = [client.get(address) for address in ("/review/", pair.get_absolute_url(), "/review/disagreements/")]
    table = b"".join(client.post("/review/pairs.csv").streaming_content).decode()

    assert pages[0].context["tally"].by_verdict == before
    assert all(">ada<" not in page.text and "ada:" not in page.text for page in pages)
    assert "ada" not in table
    assert ",undecided," in table


def test_the_page_answers_an_opinion_by_saying_that_it_is_noted(ada: User):
    pair = a_pair()

    answer = signed_in(ada).post(pair.get_absolute_url(), {"verdict": "duplicate"}, headers=HTMX)

    assert "Your verdict is noted" in answer.text
    assert "Take back" in answer.text
    assert "0 pairs to review, 0 decided" in answer.text


def test_an_opinion_can_be_withdrawn_until_it_stands(ada: User, ben: User):
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)

    verdicts.take_back(pair.pk, ada)

    assert not Opinion.objects.exists()
    assert list(verdicts.queue(ada)) == [pair]
    with pytest.raises(verdicts.NotYoursError):
        verdicts.take_back(pair.pk, ben)


def test_a_verdict_that_makes_a_disagreement_can_be_undone_at_the_next_pair(ada: User):
    differs, following = a_pair(), a_pair()
    reviewer = signed_in(is_superuser=True)
    verdicts.decide(differs.pk, Verdict.DUPLICATE, ada)
    reviewer.post(f"{differs.get_absolute_url()}desk/", {"verdict": "unrelated"})

    page = reviewer.get(following.get_absolute_url(), {"last": differs.pk})

    assert page.context["last"] == differs


def test_the_page_of_a_case_says_that_the_first_verdict_is_noted_and_asks_no_more():
    images = [factories.an_image(factories.a_work(factories.a_collection())) for _ in range(3)]
    for low, high in itertools.pairwise(images):
        DuplicatePair.objects.create(low=low, high=high, suggested=Verdict.DUPLICATE, correlation=0.9)
    grouping.regroup(image.pk for image in images)
    case = DuplicateCase.objects.get().get_absolute_url()

    answer = signed_in(is_superuser=True).post(
        case, {"verdict": "duplicate", "images": [each.pk for each in images]}, follow=True
    )

    assert "Your verdict on this case is noted." in answer.text
    assert 'class="case__verdicts"' not in answer.text
    assert 'class="case__verdicts"' in signed_in(is_superuser=True).get(case).text


def test_different_verdicts_are_a_disagreement_that_a_third_person_settles(ada: User, ben: User):
    pair, other = a_pair(), a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)
    verdicts.decide(pair.pk, Verdict.SIMILAR, ben)
    carol = factories.a_user("carol", is_superuser=True)

    page = signed_in(carol).get("/review/disagreements/")
    waiting = list(verdicts.queue(carol))
    verdicts.decide(pair.pk, Verdict.SIMILAR, carol)

    assert page.context["pairs"] == [pair]
    assert "ada: <strong>Duplicate</strong>" in page.text
    assert "ben: <strong>Similar but distinct</strong>" in page.text
    assert waiting == [other]
    assert verdict_of(pair) == (Verdict.SIMILAR, "carol")
    assert signed_in(carol).get("/review/disagreements/").context["count"] == 0


def test_either_of_the_two_can_settle_after_talking(ada: User, ben: User):
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)
    verdicts.decide(pair.pk, Verdict.UNRELATED, ben)

    verdicts.decide(pair.pk, Verdict.UNRELATED, ada)

    assert verdict_of(pair) == (Verdict.UNRELATED, "ada")


def test_a_settled_disagreement_that_is_taken_back_is_a_disagreement_again(ada: User, ben: User):
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)
    verdicts.decide(pair.pk, Verdict.UNRELATED, ben)
    verdicts.decide(pair.pk, Verdict.UNRELATED, ada)
    verdicts.take_back(pair.pk, ada)

    assert signed_in(ben).get("/review/disagreements/").context["pairs"] == [pair]
    assert Opinion.objects.count() == 2


def test_an_agreed_verdict_that_is_taken_back_waits_for_one_opinion_again(ada: User, ben: User):
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)
    verdicts.decide(pair.pk, Verdict.DUPLICATE, ben)

    verdicts.take_back(pair.pk, ben)

    assert verdict_of(pair) == (Verdict.UNDECIDED, None)
    assert list(verdicts.queue(ben)) == [pair]
    assert list(verdicts.queue(ada)) == []


def test_the_direction_of_a_detail_is_part_of_the_verdict(ada: User, ben: User):
    one, other = a_pair(), a_pair()

    verdicts.decide(one.pk, Verdict.DETAIL_OF, ada, "low")
    verdicts.decide(one.pk, Verdict.DETAIL_OF, ben, "high")
    verdicts.decide(other.pk, Verdict.DETAIL_OF, ada, "low")
    verdicts.decide(other.pk, Verdict.DETAIL_OF, ben, "low")

    assert verdict_of(one) == (Verdict.UNDECIDED, None)
    assert verdict_of(other) == (Verdict.DETAIL_OF, "ben")
    assert WorkRelation.objects.get().from_work == other.low.artwork


def test_a_case_is_settled_once_two_reviewers_agree(ada: User, ben: User):
    collection = factories.a_collection()
    images = [factories.an_image(factories.a_work(collection)) for _ in range(3)]
    pairs = [a_pair(low=low, high=high) for low, high in itertools.pairwise(images)]
    grouping.regroup(image.pk for image in images)
    case = DuplicateCase.objects.get()

    cases.settle(DuplicatePair.objects.all(), case, Verdict.DUPLICATE, ada, left_out=[])
    seen_by_ada, seen_by_ben = (list(cases.open_cases(DuplicatePair.objects.all(), each)) for each in (ada, ben))
    between = [verdict_of(pair)[0] for pair in pairs]
    cases.settle(DuplicatePair.objects.all(), case, Verdict.DUPLICATE, ben, left_out=[])

    assert (seen_by_ada, seen_by_ben) == ([], [case])
    assert between == [Verdict.UNDECIDED, Verdict.UNDECIDED]
    assert [verdict_of(pair) for pair in pairs] == [(Verdict.DUPLICATE, "ben")] * 2


def test_a_batch_stores_opinions_and_the_second_one_decides(ada: User, ben: User):
    pairs = [a_pair(kind=Kind.SAME_FILE) for _ in range(3)]
    kind, ids = pair_batches.KINDS["same-file"], [pair.pk for pair in pairs]

    first = pair_batches.decide(kind, ids, ada)
    second = pair_batches.decide(kind, ids[:2], ben)
    undone = pair_batches.undo(second.batch, ben)

    assert (first.decided, first.opinions) == (0, 3)
    assert "3 pairs noted: a second reviewer is needed" in first.sentence
    assert (second.decided, second.opinions) == (2, 0)
    assert undone == 2
    assert Opinion.objects.count() == 3


def test_agreement_counts_pairs_with_two_opinions_settled_or_not(ada: User, ben: User):
    pairs = [a_pair() for _ in range(5)]
    for pair, one, other in zip(pairs, "ddss", "ddsd", strict=False):
        for user, letter in ((ada, one), (ben, other)):
            verdicts.decide(pair.pk, {"d": Verdict.DUPLICATE, "s": Verdict.SIMILAR}[letter], user)
    verdicts.decide(pairs[4].pk, Verdict.DUPLICATE, ada)
    verdicts.decide(pairs[3].pk, Verdict.SIMILAR, ada)  # settles

    found = reviewer_agreement.between(DuplicatePair.objects.all())
    page = signed_in(ada).get("/review/decided/").text

    # 3 of 4 equal; by chance (2 * 3 + 2 * 1) / 16 = 0.5
    assert (found.count, found.observed, found.kappa) == (4, 0.75, 0.5)
    assert "Cohen’s kappa" in page
    assert "0.50" in page


def test_an_opinion_without_a_second_one_lasts_when_one_reviewer_is_enough_again(settings, ada: User, ben: User):
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)
    settings.KINDRED_REVIEWERS_PER_PAIR = 1

    assert list(verdicts.queue(ada)) == [pair]
    assert verdicts.decide(pair.pk, Verdict.UNRELATED, ada)
    assert verdict_of(pair) == (Verdict.UNRELATED, "ada")


def test_the_account_of_a_reviewer_can_be_deleted(ada: User, ben: User):
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)
    ada.delete()

    verdicts.decide(pair.pk, Verdict.SIMILAR, ben)

    assert "A former colleague: <strong>Duplicate</strong>" in signed_in(ben).get("/review/disagreements/").text


def test_a_curator_sees_the_disagreements_on_their_own_pairs_only(client, ada: User, ben: User):
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, ada)
    verdicts.decide(pair.pk, Verdict.SIMILAR, ben)

    assert signed_in(curates=pair.low.collection).get("/review/disagreements/").context["pairs"] == [pair]
    assert signed_in(curates=factories.a_collection()).get("/review/disagreements/").context["pairs"] == []
    assert client.get("/review/disagreements/").status_code == 403
