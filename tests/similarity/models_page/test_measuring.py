"""The Models page while a worker measures, before and after; and its button to measure again."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from collection.jobs import workers
from similarity.evaluation.jobs import scheduling
from similarity.index import store
from similarity.models import EvaluationJob, EvaluationState, Space
from similarity.workers import task_names
from tests import factories
from tests.similarity.models_page.measured import COPIES, SPEED, kept

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
POLLS = f'hx-get="{reverse("models-measuring")}"'


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the tasks that a worker was woken for."""
    found: list[str] = []
    monkeypatch.setattr(workers, "wake", found.append)
    return found


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


def test_an_empty_page_says_that_measuring_starts_by_itself(curator: Client):
    page = page_of(curator)

    assert "Nothing has been measured yet" in page
    assert "Measuring starts automatically when the pictures of the collection are ready." in page
    assert page.index("starts automatically") < page.index("manage.py evaluate")
    assert POLLS not in page


def test_a_page_that_waits_for_the_worker_says_so_and_asks_again_by_itself(curator: Client):
    a_live_look()
    scheduling.ask()

    page = page_of(curator)

    assert "Measuring starts as soon as no pictures or searches are waiting." in page
    assert POLLS in page
    assert "Measure again" not in page


def test_a_running_job_is_shown_with_its_progress(curator: Client):
    a_live_look()
    scheduling.ask()
    EvaluationJob.objects.exclude(kind="copies").update(state=EvaluationState.DONE, moved_at=now())
    EvaluationJob.objects.filter(kind="copies").update(moved_at=now(), pictures_done=12, pictures_total=40)

    page = page_of(curator)

    assert "Measuring: copies, 12 of 40 pictures." in page
    assert 'max="40" value="12"' in page
    assert "Show the results so far" in page


def test_a_job_that_gives_way_to_other_work_says_so(curator: Client):
    a_live_look()
    scheduling.ask()
    set_all(moved_at=now() - dt.timedelta(minutes=2), pictures_done=3, pictures_total=9)

    assert "It continues as soon as no pictures or searches are waiting." in page_of(curator)


def test_progress_is_a_fragment_and_its_end_loads_the_page_anew(curator: Client):
    a_live_look()
    scheduling.ask()

    during = curator.get(reverse("models-measuring"), headers=HTMX)
    set_all(state=EvaluationState.DONE, moved_at=now())
    after = curator.get(reverse("models-measuring"), headers=HTMX)

    assert "<html" not in during.text
    assert POLLS in during.text
    assert "HX-Refresh" not in during.headers
    assert after.headers["HX-Refresh"] == "true"
    assert curator.get(reverse("models-measuring"))["Location"] == reverse("models")


def test_a_measured_page_says_when_and_has_the_button(curator: Client):
    a_live_look()
    scheduling.ask()
    set_all(state=EvaluationState.DONE, moved_at=dt.datetime(2026, 11, 3, 9, 5, tzinfo=dt.UTC))
    kept("copies", COPIES)

    page = page_of(curator)

    assert "pictures on 3 November 2026" in page
    assert ">Measure again</button>" in page
    assert POLLS not in page
    assert "Nothing has been measured yet" not in page


def test_each_measure_is_explained_in_a_sentence(curator: Client):
    kept("copies", COPIES)
    kept("speed", SPEED)

    page = page_of(curator)

    assert "The share of altered copies" in page
    assert "How many milliseconds one picture takes" in page
    assert "Copies are measured on 36 pictures altered in 8 ways" in page


def test_a_failed_measure_shows_its_reason(curator: Client):
    a_live_look()
    scheduling.ask()
    set_all(state=EvaluationState.DONE, moved_at=now())
    EvaluationJob.objects.filter(kind="copies").update(state=EvaluationState.FAILED, problem="Too few pictures.")

    page = page_of(curator)

    assert "Not measured: copies. Too few pictures." in page
    assert ">Measure again</button>" in page


def test_who_asks_again_wakes_a_worker_and_asking_twice_is_answered_with_a_sentence(curator: Client, rung: list[str]):
    a_live_look()

    once = curator.post(reverse("models-measure"), follow=True).text
    twice = curator.post(reverse("models-measure"), follow=True).text

    assert rung == [task_names.MEASURE]
    assert EvaluationJob.objects.count() == 3
    assert "already being measured" not in once
    assert "The networks and lenses are already being measured." in twice


def test_where_nothing_is_described_the_button_says_why_it_does_nothing(curator: Client, rung: list[str]):
    page = curator.post(reverse("models-measure"), follow=True).text

    assert "there is nothing to measure" in page
    assert (rung, EvaluationJob.objects.count()) == ([], 0)


def test_only_those_who_see_the_page_may_measure(client: Client, rung: list[str]):
    a_live_look()

    as_public = client.post(reverse("models-measure"))
    client.force_login(factories.a_user())
    as_visitor = client.post(reverse("models-measure"))
    progress = client.get(reverse("models-measuring"), headers=HTMX)

    assert as_public.status_code == 302
    assert as_public["Location"].startswith(reverse("login"))
    assert (as_visitor.status_code, progress.status_code) == (403, 403)
    assert not EvaluationJob.objects.exists()


def test_to_look_at_the_address_of_the_button_measures_nothing(curator: Client):
    a_live_look()

    assert curator.get(reverse("models-measure")).status_code == 405
    assert not EvaluationJob.objects.exists()


def test_more_results_take_no_more_queries(curator: Client, django_assert_max_num_queries):
    a_live_look()
    scheduling.ask()
    for backbone in ("a", "b", "c", "d", "e"):
        for lens in ("look", "texture", "colour", "subject"):
            kept("copies", COPIES, backbone=backbone, lens=lens)
            kept("speed", SPEED, backbone=backbone, lens=lens)

    with django_assert_max_num_queries(12):
        page_of(curator)
