"""The Calibration page: who sees it, what it shows, and the choice of cuts."""

import pytest
from django.test import Client

from similarity.duplicates import cuts
from similarity.duplicates.cuts import Cuts
from similarity.models import Calibration, CalibrationMeasurement, Verdict
from tests import factories
from tests.similarity.calibration.pairs import a_pair, aligned

pytestmark = pytest.mark.django_db

PAGE = "/review/calibration/"


def signed_in(**options: object) -> Client:
    client = Client()
    client.force_login(factories.a_user(**options))
    return client


@pytest.fixture
def admin() -> Client:
    return signed_in(name="ada", is_superuser=True)


def a_measurement() -> CalibrationMeasurement:
    score = {
        "cut": 0.5, "suggested": 40, "wrong": 1, "in_queue": 40, "precision": 0.975, "precision_interval": [0.87, 0.99],
        "recall": None, "recall_interval": [0, 1],
    }  # fmt: skip
    best = {"cut": 0.5, "is_proved": False, "reason": "At 0.5, 1 of 40 pairs suggested is wrong."}
    source = {"pairs": 60, "copies": 41, "scores": [score], "recommendation": best}
    empty = {**source, "pairs": 0}
    results = {
        "sources": {"altered": source, "verdicts": empty}, "recommended": {**best, "source": "altered"},
        "alterations": ["flip"], "skipped": {"pictures": 0, "neighbours": 2},
    }  # fmt: skip
    return CalibrationMeasurement.objects.create(pictures=12, seed=1, results=results)


def test_only_people_who_may_review_everything_see_the_page_and_its_tab(admin: Client):
    curator = signed_in(curates=factories.a_collection())

    assert Client().get(PAGE).status_code == 302
    assert curator.get(PAGE).status_code == 403
    assert curator.post(PAGE, {"suggest_from": 0.7, "queue_from": 0}).status_code == 403
    assert PAGE not in curator.get("/review/").text
    assert PAGE in admin.get("/review/").text
    assert admin.get(PAGE).status_code == 200


def test_before_a_measurement_the_page_names_the_command_and_shows_the_queue_at_each_cut(admin: Client):
    a_pair(**aligned())

    page = admin.get(PAGE).text

    assert "manage.py calibrate_duplicates" in page
    assert "Nobody has chosen cuts yet" in page


def test_the_page_shows_the_measurement_and_its_recommendation(admin: Client):
    a_measurement()

    page = admin.get(PAGE).text

    assert "Altered copies" in page
    assert "0.975" in page
    assert "0.870–0.990" in page
    assert "1 of 40 pairs suggested is wrong" in page
    assert "2 similar pictures that may be copies were left out" in page


def test_a_choice_rescores_open_pairs_and_names_who_chose(admin: Client):
    pair = a_pair(**aligned(structure=0.8, alike=0.9, inliers=40))

    answer = admin.post(PAGE, {"suggest_from": 0.9999, "queue_from": 0, "note": "too many"}, follow=True)

    pair.refresh_from_db()
    assert pair.suggested == Verdict.SIMILAR
    assert "Chosen by ada" in answer.text
    assert "too many" in answer.text
    assert Calibration.objects.get().numbers == {"in_queue": 1, "suggested": 0}


@pytest.mark.parametrize("wrong", ["nan", "1.2", "-0.1", "inf", "", "x", "1e400"])
def test_a_cut_that_is_no_certainty_is_refused_beside_its_field(admin: Client, wrong: str):
    answer = admin.post(PAGE, {"suggest_from": wrong, "queue_from": 0})

    assert answer.status_code == 422
    assert "field--wrong" in answer.text
    assert cuts.latest() is None


def test_a_queue_that_begins_above_the_suggestions_is_refused(admin: Client):
    answer = admin.post(PAGE, {"suggest_from": 0.4, "queue_from": 0.5})

    assert answer.status_code == 422
    assert "must not be above" in answer.text


def test_the_second_of_two_people_reads_who_chose_meanwhile(admin: Client):
    colleague = factories.a_user("grace", is_superuser=True)
    cuts.choose(Cuts(0.8, 0.0), colleague, after=None, note="", numbers={})

    answer = admin.post(PAGE, {"suggest_from": 0.6, "queue_from": 0, "after": ""}, follow=True)

    assert "grace has chosen other cuts in the meantime" in answer.text
    assert cuts.valid().suggest_from == 0.8


def test_the_choice_of_a_deleted_account_keeps_its_name(admin: Client):
    colleague = factories.a_user("grace", is_superuser=True)
    cuts.choose(Cuts(0.8, 0.0), colleague, after=None, note="", numbers={})
    colleague.delete()

    assert "Chosen by grace" in admin.get(PAGE).text


def test_the_number_of_queries_does_not_grow_with_the_choices(admin: Client, django_assert_max_num_queries):
    last = None
    for value in (0.6, 0.7, 0.8):
        last = cuts.choose(Cuts(value, 0.0), factories.a_user(), after=last and last.pk, note="", numbers={})

    with django_assert_max_num_queries(14):
        admin.get(PAGE)
