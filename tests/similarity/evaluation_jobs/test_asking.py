"""Measuring starts once by itself, again when a person asks or the site has grown, and never in a loop."""

from pathlib import Path

import pytest

from collection.models import ArtworkImage
from similarity import sweeping
from similarity.evaluation.jobs import running, scheduling
from similarity.models import Evaluation, EvaluationJob, EvaluationState
from tests import factories, fakes
from tests.similarity.evaluation_jobs import site

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_starts_by_itself_once_the_pictures_are_ready(media: Path, rung: list[str]):
    site.opened()
    site.pass_time(90)

    sweeping.sweep()

    assert site.states() == dict.fromkeys(("likeness", "speed", "copies"), EvaluationState.WAITING)
    assert "measure_when_idle" in rung


def test_it_does_not_start_while_pictures_come_in_wait_or_are_few(media: Path):
    site.opened()
    sweeping.sweep()  # the last picture came in a moment ago
    came_in = EvaluationJob.objects.count()
    site.hang(1, start=80)
    site.pass_time(90)
    sweeping.sweep()  # one waits
    waits = EvaluationJob.objects.count()
    ArtworkImage.objects.filter(pk__in=list(ArtworkImage.objects.values_list("pk", flat=True)[:10])).delete()
    site.describe_all(fakes.FakeEmbedder())
    sweeping.sweep()  # 15 are left

    assert (came_in, waits, EvaluationJob.objects.count()) == (0, 0, 0)


def test_it_runs_once(media: Path, rung: list[str]):
    embedder = site.opened()
    site.pass_time(90)
    sweeping.sweep()
    site.slices(embedder)
    rung.clear()

    for _ in range(3):
        site.pass_time(90)
        sweeping.sweep()
        sweeping.repair()

    assert "measure_when_idle" not in rung
    assert set(site.states().values()) == {EvaluationState.DONE}
    assert Evaluation.objects.count() == 3


def test_a_failure_is_not_tried_again_by_itself(media: Path, rung: list[str]):
    site.opened()
    scheduling.ask()
    EvaluationJob.objects.update(state=EvaluationState.FAILED, problem="Too little memory.")
    site.pass_time(90)

    sweeping.sweep()
    sweeping.repair()

    assert set(site.states().values()) == {EvaluationState.FAILED}
    assert "measure_when_idle" not in rung


def test_it_starts_again_when_the_collection_has_doubled(media: Path):
    embedder = site.opened()
    site.measured(embedder)
    site.hang(20, start=100)
    site.describe_all(embedder)
    site.pass_time(90)
    sweeping.repair()
    before = site.states()
    site.hang(4, start=140)
    site.describe_all(embedder)
    site.pass_time(90)

    sweeping.repair()

    assert set(before.values()) == {EvaluationState.DONE}
    assert set(site.states().values()) == {EvaluationState.WAITING}


def test_a_measuring_that_began_with_too_few_pictures_begins_anew(media: Path):
    embedder = site.opened()
    scheduling.ask()
    running.run(lambda space: embedder, budget_s=0.0)
    began = list(EvaluationJob.objects.values_list("pk", flat=True))
    site.hang(24, start=100)
    site.describe_all(embedder)
    site.pass_time(90)

    sweeping.sweep()

    assert not EvaluationJob.objects.filter(pk__in=began).exists()
    assert set(EvaluationJob.objects.values_list("collection_size", flat=True)) == {48}


def test_it_starts_again_when_another_network_is_live(media: Path):
    site.measured(site.opened())
    look = site.look()
    look.weights_digest = "another"
    look.save()
    site.pass_time(90)

    sweeping.repair()

    assert set(site.states().values()) == {EvaluationState.WAITING}


def test_who_asks_again_gets_a_new_measurement_and_the_old_one_is_kept(media: Path):
    embedder = site.opened()
    site.measured(embedder)
    person = factories.a_user()

    scheduling.ask(person)
    asked = list(EvaluationJob.objects.values_list("state", "requested_by"))
    site.slices(embedder)

    assert asked == [(EvaluationState.WAITING, person.pk)] * 3
    assert set(site.states().values()) == {EvaluationState.DONE}
    assert Evaluation.objects.filter(kind="copies").count() == 2


def test_nobody_asks_twice_or_where_there_is_nothing_to_measure(media: Path):
    with pytest.raises(scheduling.AskError, match="nothing to measure"):
        scheduling.ask()
    site.opened(1)
    scheduling.ask()

    with pytest.raises(scheduling.AskError, match="already being measured"):
        scheduling.ask()

    assert EvaluationJob.objects.count() == 3


def test_a_lost_message_is_sent_again_but_not_while_the_worker_measures(media: Path, rung: list[str]):
    embedder = site.opened()
    scheduling.ask()
    running.run(lambda space: embedder, budget_s=0.0)

    sweeping.sweep()
    at_work = "measure_when_idle" in rung
    site.pass_time(90)
    sweeping.sweep()

    assert (at_work, "measure_when_idle" in rung) == (False, True)
