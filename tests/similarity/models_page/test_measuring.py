"""The Models page before, during and after a measurement, and its button to measure again."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from similarity.evaluation.jobs import scheduling
from similarity.index import store
from similarity.models import EvaluationJob, EvaluationState, Space
from similarity.workers import task_names
from tests import factories
from tests.similarity.models_page.measured import COPIES, SPEED, stored

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
POLLS = f'hx-get="{reverse("models-measuring")}"'


def a_live_look(pictures: int = 1) -> Space:
    space = Space.objects.create(
        lens="look",
        backbone="fake",
        weights_digest="a" * 64,
        is_trained=True,
        pooling="mean",
        dimensions=2,
        state="live",
    )
    vector = store.as_array([1.0, 0.0])
    for _ in range(pictures):
        store.put_all(space, [factories.an_image().pk], vector[None])
    return space


def set_all(**fields: object) -> None:
    EvaluationJob.objects.update(**fields)


def page_of(client: Client) -> str:
    return client.get(reverse("models")).text


def test_an_empty_page_says_that_measuring_starts_automatically(curator: Client):
    page = page_of(curator)

    assert "Nothing has been measured yet" in page
    assert "Measuring starts automatically when the pictures of the collection are ready." in page
    assert page.index("starts automatically") < page.index("manage.py evaluate")
    assert POLLS not in page


def test_while_a_job_waits_the_page_says_so_and_polls(curator: Client):
    a_live_look()
    scheduling.request()

    page = page_of(curator)

    assert "Measuring starts as soon as no pictures or searches are waiting." in page
    assert POLLS in page
    assert "Measure again" not in page


def test_a_running_job_is_shown_with_its_progress(curator: Client):
    a_live_look()
    scheduling.request()
    EvaluationJob.objects.exclude(kind="copies").update(state=EvaluationState.DONE, moved_at=now())
    EvaluationJob.objects.filter(kind="copies").update(moved_at=now(), pictures_done=12, pictures_total=40)

    page = page_of(curator)

    assert "Measuring: copies, 12 of 40 pictures." in page
    assert 'max="40" value="12"' in page
    assert "Show the results so far" in page


def test_a_job_that_waits_for_other_work_says_so(curator: Client):
    a_live_look()
    scheduling.request()
    set_all(moved_at=now() - dt.timedelta(minutes=2), pictures_done=3, pictures_total=9)

    assert "It continues as soon as no pictures or searches are waiting." in page_of(curator)


def test_progress_is_a_fragment_and_the_page_reloads_when_measuring_ends(curator: Client):
    a_live_look()
    scheduling.request()

    during = curator.get(reverse("models-measuring"), headers=HTMX)
    set_all(state=EvaluationState.DONE, moved_at=now())
    after = curator.get(reverse("models-measuring"), headers=HTMX)

    assert "<html" not in during.text
    assert POLLS in during.text
    assert "HX-Refresh" not in during.headers
    assert after.headers["HX-Refresh"] == "true"
    assert curator.get(reverse("models-measuring"))["Location"] == reverse("models")


def test_after_measuring_the_page_has_the_date_and_the_button(curator: Client):
    a_live_look()
    scheduling.request()
    set_all(state=EvaluationState.DONE, moved_at=dt.datetime(2026, 11, 3, 9, 5, tzinfo=dt.UTC))
    stored("copies", COPIES)

    page = page_of(curator)

    assert "pictures on 3 November 2026" in page
    assert ">Measure again</button>" in page
    assert POLLS not in page
    assert "Nothing has been measured yet" not in page


def test_each_kind_of_measurement_is_explained_in_a_sentence(curator: Client):
    stored("copies", COPIES)
    stored("speed", SPEED)

    page = page_of(curator)

    assert "The share of altered copies" in page
    assert "How many milliseconds one picture takes" in page
    assert "Copies are measured on 36 pictures altered in 8 ways" in page


def test_a_failed_job_shows_its_reason(curator: Client):
    a_live_look()
    scheduling.request()
    set_all(state=EvaluationState.DONE, moved_at=now())
    EvaluationJob.objects.filter(kind="copies").update(state=EvaluationState.FAILED, problem="Too few pictures.")

    page = page_of(curator)

    assert "Not measured: copies. Too few pictures." in page
    assert ">Measure again</button>" in page


def test_a_request_wakes_a_worker_and_a_second_one_is_answered_with_a_sentence(curator: Client, broker):
    a_live_look()

    once = curator.post(reverse("models-measure"), follow=True).text
    twice = curator.post(reverse("models-measure"), follow=True).text

    assert broker.tasks() == [task_names.MEASURE]
    assert EvaluationJob.objects.count() == 3
    assert "already being measured" not in once
    assert "The networks and lenses are already being measured." in twice


def test_without_processed_pictures_the_button_says_why_nothing_is_measured(curator: Client, broker):
    page = curator.post(reverse("models-measure"), follow=True).text

    assert "there is nothing to measure" in page
    assert (broker.tasks(), EvaluationJob.objects.count()) == ([], 0)


def test_only_people_who_may_see_the_page_may_measure(client: Client, broker):
    a_live_look()

    as_public = client.post(reverse("models-measure"))
    client.force_login(factories.a_user())
    as_visitor = client.post(reverse("models-measure"))
    progress = client.get(reverse("models-measuring"), headers=HTMX)

    assert as_public.status_code == 302
    assert as_public["Location"].startswith(reverse("login"))
    assert (as_visitor.status_code, progress.status_code) == (403, 403)
    assert (broker.tasks(), EvaluationJob.objects.count()) == ([], 0)


def test_a_get_request_to_the_button_measures_nothing(curator: Client):
    a_live_look()

    assert curator.get(reverse("models-measure")).status_code == 405
    assert not EvaluationJob.objects.exists()


def test_more_results_take_no_more_queries(curator: Client, django_assert_max_num_queries):
    a_live_look()
    scheduling.request()
    for backbone in ("a", "b", "c", "d", "e"):
        for lens in ("look", "texture", "colour", "subject"):
            stored("copies", COPIES, backbone=backbone, lens=lens)
            stored("speed", SPEED, backbone=backbone, lens=lens)

    with django_assert_max_num_queries(13):
        page_of(curator)
