"""The review queue as reviewers use it, with and without htmx."""

from urllib.parse import quote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collection.models import Artwork
from similarity.duplicates.review import verdicts
from similarity.models import DuplicatePair, Verdict
from tests import factories

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def signed_in(**options: object) -> Client:
    client = Client()
    client.force_login(factories.a_user(**options))
    return client


def a_pair() -> DuplicatePair:
    collection = factories.a_collection()
    low, high = (factories.an_image(factories.a_work(collection)) for _ in range(2))
    return DuplicatePair.objects.create(low=low, high=high, correlation=0.913, hash_distance=4, suggested="duplicate")


def test_outsiders_get_403(client: Client):
    pair = a_pair()

    assert client.get("/review/").status_code == 403
    assert signed_in().get("/review/").status_code == 403
    assert client.post(pair.get_absolute_url(), {"verdict": "duplicate"}).status_code == 403


def test_a_curator_does_not_find_the_pairs_of_others():
    pair = a_pair()
    curator = signed_in(curates=factories.a_collection())

    assert curator.get(pair.get_absolute_url()).status_code == 404
    assert curator.post(pair.get_absolute_url(), {"verdict": "duplicate"}).status_code == 404
    assert "Nothing to review" in curator.get("/review/").text


def test_a_pair_belongs_to_the_collections_of_its_works():
    pair = a_pair()
    elsewhere = factories.a_collection()
    Artwork.objects.filter(pk=pair.low.artwork_id).update(collection=elsewhere)  # by hand, past every form

    curator = signed_in(curates=pair.low.collection)

    assert curator.get(pair.get_absolute_url()).status_code == 404


def test_the_header_makes_no_query_for_visitors(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not verdicts.may_review(AnonymousUser())


def test_what_reads_alike_on_both_sides_is_not_marked_as_differing():
    pair = a_pair()
    Artwork.objects.filter(pk=pair.low.artwork_id).update(creators=["Unknown maker"])  # the other has no maker at all

    page = signed_in(is_superuser=True).get("/review/").text

    assert page.count("Unknown maker") == 2
    assert 'class="differs"' not in page


def test_the_queue_shows_both_sides_with_the_evidence():
    pair = a_pair()

    page = signed_in(is_superuser=True).get("/review/").text

    assert pair.low.artwork.accession_number in page
    assert pair.high.artwork.accession_number in page
    assert "Agreement when overlaid: 91 %" in page
    assert "1 pair to review, 0 decided" in page


def test_a_verdict_by_htmx_answers_with_the_decided_pair():
    pair = a_pair()

    answer = signed_in(is_superuser=True).post(pair.get_absolute_url(), {"verdict": "similar"}, headers=HTMX)

    pair.refresh_from_db()
    assert pair.verdict == Verdict.SIMILAR
    assert "Similar but distinct" in answer.text
    assert "Take back" in answer.text


def test_the_numbers_above_the_queue_change_along_with_a_verdict():
    pair, _ = a_pair(), a_pair()

    answer = signed_in(is_superuser=True).post(pair.get_absolute_url(), {"verdict": "similar"}, headers=HTMX)

    assert "1 pair to review, 1 decided" in answer.text


def test_verdicts_are_listed_the_latest_first_and_by_kind():
    ada = factories.a_user("Ada")
    first, second, third, _ = (a_pair() for _ in range(4))
    for pair, verdict in ((second, Verdict.SIMILAR), (first, Verdict.DUPLICATE), (third, Verdict.SIMILAR)):
        verdicts.decide(pair.pk, verdict, ada)
    reviewer = signed_in(is_superuser=True)

    every = reviewer.get("/review/decided/")
    similar = reviewer.get("/review/decided/", {"verdict": "similar"})
    nonsense = reviewer.get("/review/decided/", {"verdict": "perhaps", "after": "7@2026-02-32T00:00:00+00:00"})

    assert list(every.context["pairs"]) == list(nonsense.context["pairs"]) == [third, first, second]
    assert list(similar.context["pairs"]) == [third, second]
    assert "decided by Ada" in every.text
    assert "Take back" in every.text


def test_a_long_list_of_verdicts_goes_on_where_it_ended_also_when_the_last_of_them_is_taken_back():
    ada = factories.a_user("Ada", is_superuser=True)
    for pair in [a_pair() for _ in range(15)]:
        verdicts.decide(pair.pk, Verdict.UNRELATED, ada)
    reviewer = signed_in(is_superuser=True)

    first = reviewer.get("/review/decided/", {"verdict": "unrelated"})
    after = first.context["more_after"]
    verdicts.take_back(first.context["pairs"][-1].pk, ada)
    more = reviewer.get("/review/decided/", {"verdict": "unrelated", "after": after}, headers=HTMX)

    assert f"/review/decided/?verdict=unrelated&amp;after={quote(after)}" in first.text
    shown = [pair.pk for pair in [*first.context["pairs"], *more.context["pairs"]]]
    assert len(shown) == len(set(shown)) == 15


def test_curators_find_the_verdicts_on_their_own_pictures_alone(client: Client):
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, factories.a_user("Ada"))
    curator, stranger = signed_in(curates=pair.low.collection), signed_in(curates=factories.a_collection())

    assert "decided by Ada" in curator.get("/review/decided/").text
    assert "No such verdict yet" in stranger.get("/review/decided/").text
    assert client.get("/review/decided/").status_code == 403


def test_a_verdict_without_javascript_returns_to_the_queue():
    pair = a_pair()

    answer = signed_in(is_superuser=True).post(pair.get_absolute_url(), {"verdict": "duplicate"})

    assert answer.status_code == 302
    assert answer.url == "/review/"


def test_the_second_of_two_reviewers_is_refused_and_changes_nothing():
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, factories.a_user("Ada"))

    answer = signed_in(is_superuser=True).post(pair.get_absolute_url(), {"verdict": "unrelated"}, headers=HTMX)

    pair.refresh_from_db()
    assert answer.status_code == 409
    assert "Ada has already decided this pair" in answer.text
    assert pair.verdict == Verdict.DUPLICATE


def test_an_unknown_verdict_is_refused():
    pair = a_pair()

    answer = signed_in(is_superuser=True).post(pair.get_absolute_url(), {"verdict": "perhaps"}, headers=HTMX)

    assert answer.status_code == 422
    assert "not a valid verdict" in answer.text


def test_looking_at_a_pair_decides_nothing():
    pair = a_pair()

    signed_in(is_superuser=True).get(pair.get_absolute_url(), {"verdict": "duplicate"})

    pair.refresh_from_db()
    assert pair.verdict == Verdict.UNDECIDED


def test_a_long_queue_goes_on_where_it_ended():
    for _ in range(15):
        a_pair()
    reviewer = signed_in(is_superuser=True)

    first = reviewer.get("/review/")
    more = reviewer.get("/review/", {"after": first.context["more_after"]}, headers=HTMX)

    shown = [pair.pk for pair in [*first.context["pairs"], *more.context["pairs"]]]
    assert len(shown) == len(set(shown)) == 15
    assert not more.context["more_after"]


@pytest.mark.parametrize("address", ["/review/", "/review/decided/"])
def test_more_pairs_come_without_all_of_them_being_counted_again(address: str):
    a_pair()
    reviewer = signed_in(is_superuser=True)

    with CaptureQueriesContext(connection) as whole:
        reviewer.get(address)
    with CaptureQueriesContext(connection) as more:
        reviewer.get(address, headers=HTMX)

    assert any("COUNT" in query["sql"] for query in whole)
    assert not any("COUNT" in query["sql"] for query in more)


def test_a_page_of_the_queue_takes_the_same_few_queries_for_any_number_of_pairs(django_assert_max_num_queries):
    for _ in range(12):
        a_pair()
    reviewer = signed_in(is_superuser=True)

    with django_assert_max_num_queries(18):
        reviewer.get("/review/?kind=unknown")
