"""The desk of a pair: who may use it, notes, the way from pair to pair, and what goes wrong."""

import pytest
from django.test import Client

from collection.models import AuditEntry
from similarity.duplicates.review import claims, verdicts
from similarity.duplicates.review.desk import desk_order
from similarity.models import DuplicateCase, DuplicatePair, Verdict
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "desk"}
QUERIES = 20


@pytest.fixture
def reviewer() -> Client:
    return signed_in(is_superuser=True)


def desk(pair: DuplicatePair) -> str:
    return pair.get_absolute_url()


def settle(pair: DuplicatePair) -> str:
    return f"{pair.get_absolute_url()}desk/"


def three_pairs() -> list[DuplicatePair]:
    """The first is the most certain one."""
    collection = factories.a_collection()
    return [a_pair(collection, correlation=correlation) for correlation in (0.9, 0.8, 0.7)]


def test_outsiders_and_curators_of_other_collections_reach_no_desk(client: Client):
    pair = a_pair()
    curator = signed_in(curates=factories.a_collection())

    assert client.get(desk(pair)).status_code == 403
    assert signed_in().post(settle(pair), {"verdict": "duplicate"}).status_code == 403
    assert curator.get(desk(pair)).status_code == 404
    assert curator.post(settle(pair), {"verdict": "duplicate", "note": "mine"}).status_code == 404

    pair.refresh_from_db()
    assert (pair.verdict, pair.note) == (Verdict.UNDECIDED, "")


def test_the_desk_shows_position_neighbours_and_every_verdict(reviewer: Client):
    first, second, third = three_pairs()

    page = reviewer.get(desk(second)).text

    assert "Pair 2 of 3" in page
    assert f'href="{desk(first)}"' in page
    assert f'href="{desk(third)}"' in page
    assert all(f'value="{verdict.value}"' in page for verdict, _ in verdicts.CHOICES)


def test_a_very_long_queue_is_not_counted_to_its_end(reviewer: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(desk_order, "MOST_COUNTED", 2)
    first, _, third = three_pairs()

    assert "Pair 1 of more than 2" in reviewer.get(desk(first)).text
    assert "More than 2 pairs to review" in reviewer.get(desk(third)).text


def test_a_verdict_leads_to_the_next_pair_and_undo_leads_back(reviewer: Client):
    first, second, _ = three_pairs()

    verdict = reviewer.post(settle(first), {"verdict": "duplicate"})
    page = reviewer.get(verdict.url)
    undo = reviewer.post(settle(first), {"verdict": "undecided"})

    first.refresh_from_db()
    assert verdict.url == f"{desk(second)}?last={first.pk}"
    assert page.context["last"] == first
    assert undo.url == desk(first)
    assert first.verdict == Verdict.UNDECIDED


def test_the_filter_of_the_queue_is_kept_from_pair_to_pair(reviewer: Client):
    first, _, third = three_pairs()
    DuplicatePair.objects.filter(pk__in=[first.pk, third.pk]).update(kind="detail")

    page = reviewer.get(desk(first), {"kind": "detail", "nonsense": "x"})
    verdict = reviewer.post(f"{settle(first)}?kind=detail", {"verdict": "similar"})

    assert "Pair 1 of 2" in page.text
    assert page.context["next_address"] == f"{desk(third)}?kind=detail"
    assert verdict.url == f"{desk(third)}?kind=detail&last={first.pk}"


def test_the_list_links_to_the_desk_with_its_filter(reviewer: Client):
    pair = a_pair(kind="detail")

    assert f'href="{desk(pair)}?kind=detail"' in reviewer.get("/review/", {"kind": "detail"}).text


def test_the_last_pair_is_followed_by_those_that_were_passed_over_then_by_the_end(reviewer: Client):
    first, second, third = three_pairs()
    verdicts.decide(second.pk, Verdict.SIMILAR, factories.a_user())

    around = reviewer.post(settle(third), {"verdict": "similar"})
    end = reviewer.post(settle(first), {"verdict": "similar"})

    assert around.url == f"{desk(first)}?last={third.pk}"
    assert end.url == f"{desk(first)}?last={first.pk}"
    assert "No other pair waits in this list." in reviewer.get(end.url).text


def test_a_pair_that_a_colleague_looks_at_is_passed_over(reviewer: Client):
    first, second, third = three_pairs()
    ada = factories.a_user("Ada")
    claims.claim(second.pk, ada)

    assert reviewer.get(desk(first)).context["next"] == third
    assert "Ada is looking at this pair." in reviewer.get(desk(second)).text


def test_a_verdict_claims_the_pair_that_it_leads_to(reviewer: Client):
    first, second, third = three_pairs()
    colleague = signed_in(is_superuser=True)

    shown = reviewer.post(settle(first), {"verdict": "similar"})

    assert shown.url.startswith(desk(second))
    assert colleague.get(desk(first)).context["next"] == third


def test_htmx_gets_the_next_desk_alone_and_its_address(reviewer: Client):
    first, second, _ = three_pairs()

    answer = reviewer.post(settle(first), {"verdict": "duplicate"}, headers=HTMX, follow=True)

    assert answer["HX-Push-Url"] == f"{desk(second)}?last={first.pk}"
    assert "<html" not in answer.text
    assert 'id="desk"' in answer.text
    assert answer.context["pair"] == second


def test_a_desk_that_is_loaded_ahead_shows_no_message_of_the_page_that_is_open(reviewer: Client):
    pair = a_pair()
    reviewer.post(settle(pair), {"verdict": "", "note": "Ask Ada"})

    ahead = reviewer.get(desk(pair), headers={"HX-Request": "true", "HX-Target": "desk-ahead"})

    assert "<html" not in ahead.text
    assert 'id="pairview"' in ahead.text
    assert "HX-Push-Url" not in ahead
    assert "The note is saved." in reviewer.get(desk(pair)).text


def test_a_note_is_saved_alone_and_recorded_and_the_pair_stays(reviewer: Client):
    pair = a_pair()

    answer = reviewer.post(settle(pair), {"verdict": "", "note": "  See the frame.\r\nAsk Ada. "})

    pair.refresh_from_db()
    assert answer.url == desk(pair)
    assert (pair.note, pair.verdict) == ("See the frame.\nAsk Ada.", Verdict.UNDECIDED)
    assert "See the frame." in reviewer.get(desk(pair)).text
    assert AuditEntry.objects.get(kind="pair").detail == {"fields": {"note": ["", "See the frame.\nAsk Ada."]}}


def test_a_note_is_saved_with_the_verdict(reviewer: Client):
    pair = a_pair()

    reviewer.post(settle(pair), {"verdict": "unrelated", "note": "Two states"})

    pair.refresh_from_db()
    assert (pair.verdict, pair.note) == (Verdict.UNRELATED, "Two states")


def test_a_verdict_from_the_list_leaves_the_note_alone(reviewer: Client):
    pair = a_pair(note="Ask Ada")

    reviewer.post(desk(pair), {"verdict": "similar"}, headers={"HX-Request": "true"})

    pair.refresh_from_db()
    assert (pair.verdict, pair.note) == (Verdict.SIMILAR, "Ask Ada")


@pytest.mark.parametrize("sent", [{}, {"verdict": "perhaps"}, {"verdict": "similar", "note": "x" * 2001}], ids=str)
def test_an_invalid_verdict_or_note_is_refused_and_nothing_is_saved(reviewer: Client, sent: dict[str, str]):
    pair = a_pair()

    answer = reviewer.post(settle(pair), sent)

    pair.refresh_from_db()
    assert answer.status_code == 422
    assert "Nothing was saved." in answer.text
    assert (pair.verdict, pair.note) == (Verdict.UNDECIDED, "")


def test_a_colleague_who_was_faster_is_named_and_the_typed_note_stays_in_its_field(reviewer: Client):
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, factories.a_user("Ada"))

    answer = reviewer.post(settle(pair), {"verdict": "unrelated", "note": "mine"}, headers=HTMX)

    pair.refresh_from_db()
    assert answer.status_code == 409
    assert "Ada has already decided this pair: duplicate." in answer.text
    assert ">mine</textarea>" in answer.text
    assert (pair.verdict, pair.note) == (Verdict.DUPLICATE, "")


def test_a_deleted_pair_is_a_sentence_and_the_next_pair(reviewer: Client):
    gone, following, _ = three_pairs()
    gone.low.artwork.delete()

    for answer in (
        reviewer.get(desk(gone), follow=True),
        reviewer.post(settle(gone), {"verdict": "duplicate"}, follow=True),
        reviewer.post(settle(gone), {"verdict": "duplicate"}, headers=HTMX, follow=True),
    ):
        assert answer.status_code == 200
        assert "That pair no longer exists" in answer.text
        assert answer.context["pair"] == following


def test_after_the_last_pair_was_deleted_the_list_says_so(reviewer: Client):
    gone = a_pair()
    gone.low.artwork.delete()

    answer = reviewer.get(desk(gone), follow=True)
    fragment = reviewer.post(settle(gone), {"verdict": "duplicate"}, headers=HTMX)

    assert "No other pair waits in this list." in answer.text
    assert "Nothing to review" in answer.text
    assert fragment["HX-Redirect"] == "/review/"


def test_pictures_that_are_not_ready_leave_record_and_verdict_usable(reviewer: Client):
    work = factories.a_work(title="In preparation")
    pair = a_pair(low=factories.an_image(work, is_ready=False), high=factories.an_image())

    page = reviewer.get(desk(pair)).text

    assert "This picture is being prepared." in page
    assert "In preparation" in page
    assert 'value="duplicate"' in page


@pytest.mark.parametrize("homography", [None, [[1, 0, 0], [0, 1, 0], [0, 0, 1]]])
def test_the_page_says_whether_the_pictures_are_aligned(reviewer: Client, homography: object):
    page = reviewer.get(desk(a_pair(homography=homography))).text

    assert ("Not aligned" in page) == (homography is None)


def test_each_value_of_the_evidence_has_a_name(reviewer: Client):
    pair = a_pair(signals={"twin_bits": 3, "same_pixels": 1.0, "invented_signal": 0.25}, inliers=77, low_share=0.5)

    lines = dict(reviewer.get(desk(pair)).context["evidence"])

    assert lines["Differing bits of the twin values, of 48"] == "3"
    assert lines["Equal pixels"] == "yes"
    assert lines["Invented signal"] == "0.25"
    assert lines["Places that match"] == "77"
    assert lines["Part of the first picture that the second shows"] == "50 %"


def test_a_get_writes_nothing(reviewer: Client):
    pair = a_pair()

    reviewer.get(desk(pair), {"verdict": "duplicate", "note": "x"})

    pair.refresh_from_db()
    assert (pair.verdict, pair.note, pair.claimed_by) == (Verdict.UNDECIDED, "", None)


def test_a_desk_takes_few_queries_whatever_the_length_of_the_queue(reviewer: Client, django_assert_max_num_queries):
    pair = three_pairs()[1]
    for _ in range(10):
        a_pair()

    with django_assert_max_num_queries(QUERIES):
        reviewer.get(desk(pair))


def test_one_of_two_verdicts_is_noted_and_can_be_undone(reviewer: Client, settings):
    settings.KINDRED_REVIEWERS_PER_PAIR = 2
    first, second, _ = three_pairs()

    verdict = reviewer.post(settle(first), {"verdict": "duplicate"})
    following, own = reviewer.get(verdict.url), reviewer.get(desk(first))
    again = reviewer.post(settle(first), {"verdict": "similar"})
    undo = reviewer.post(settle(first), {"verdict": "undecided"})

    assert following.context["pair"] == second
    assert "your verdict is noted" in following.text
    assert "It stands once a second reviewer agrees." in own.text
    assert again.status_code == 409
    assert undo.url == desk(first)
    assert 'value="duplicate"' in reviewer.get(desk(first)).text


def test_the_desk_says_what_followed_from_a_verdict(reviewer: Client):
    pair = a_pair()

    reviewer.post(settle(pair), {"verdict": "same_object"})

    assert "Join them as views of one work" in reviewer.get(desk(pair)).text


def test_pairs_of_a_case_follow_one_another(reviewer: Client):
    collection = factories.a_collection()
    one, two, three = (factories.an_image(factories.a_work(collection)) for _ in range(3))
    case = DuplicateCase.objects.create()
    first, second = (a_pair(low=one, high=high, case=case) for high in (two, three))
    alone = a_pair(collection, correlation=0.99)

    page = reviewer.get(desk(first))

    assert "Pair 1 of 2" in page.text
    assert page.context["next"] == second
    assert reviewer.get(desk(alone)).context["next"] is None
