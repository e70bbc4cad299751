"""When a measurement is requested: automatically once, on request, after the site has grown, and never in a loop."""

from pathlib import Path

import pytest

from collection.models import ArtworkImage
from similarity import sweeping
from similarity.evaluation.jobs import running, scheduling
from similarity.models import Evaluation, EvaluationJob, EvaluationState, Overview, OverviewState
from similarity.workers import task_names
from tests import factories, fakes
from tests.similarity.evaluation_jobs import site

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_starts_automatically_when_the_pictures_are_ready(media: Path, broker):
    site.opened()
    site.pass_time(90)

    sweeping.sweep()

    assert site.states() == dict.fromkeys(("likeness", "speed", "copies"), EvaluationState.WAITING)
    assert task_names.MEASURE in broker.tasks()


def test_it_does_not_start_while_groups_and_a_map_are_built(media: Path):
    site.opened()
    Overview.objects.all().delete()
    site.pass_time(90)

    sweeping.sweep()
    while_built = EvaluationJob.objects.count()
    Overview.objects.update(state=OverviewState.LIVE, size=1_000)
    sweeping.sweep()

    assert (while_built, EvaluationJob.objects.count()) == (0, 3)


def test_it_does_not_start_while_pictures_are_added_wait_or_are_few(media: Path):
    site.opened()
    sweeping.sweep()  # the last picture was added a moment ago
    added_recently = EvaluationJob.objects.count()
    site.add_works(1, start=80)
    site.pass_time(90)
    sweeping.sweep()  # one picture waits
    one_waits = EvaluationJob.objects.count()
    ArtworkImage.objects.filter(pk__in=list(ArtworkImage.objects.values_list("pk", flat=True)[:10])).delete()
    site.describe_all(fakes.FakeEmbedder())
    sweeping.sweep()  # 15 are left

    assert (added_recently, one_waits, EvaluationJob.objects.count()) == (0, 0, 0)


def test_it_does_not_start_again_without_a_reason(media: Path, broker):
    embedder = site.opened()
    site.pass_time(90)
    sweeping.sweep()
    site.slices(embedder)
    broker.clear()

    for _ in range(3):
        site.pass_time(90)
        sweeping.sweep()
        sweeping.repair()

    assert task_names.MEASURE not in broker.tasks()
    assert set(site.states().values()) == {EvaluationState.DONE}
    assert Evaluation.objects.count() == 3


def test_a_failed_job_is_not_repeated_automatically(media: Path, broker):
    site.opened()
    scheduling.request()
    EvaluationJob.objects.update(state=EvaluationState.FAILED, problem="Too little memory.")
    site.pass_time(90)

    sweeping.sweep()
    sweeping.repair()

    assert set(site.states().values()) == {EvaluationState.FAILED}
    assert task_names.MEASURE not in broker.tasks()


def test_it_starts_again_when_the_collection_has_doubled(media: Path):
    embedder = site.opened()
    site.measured(embedder)
    site.add_works(20, start=100)
    site.describe_all(embedder)
    site.pass_time(90)
    sweeping.repair()
    before = site.states()
    site.add_works(4, start=140)
    site.describe_all(embedder)
    site.pass_time(90)

    sweeping.repair()

    assert set(before.values()) == {EvaluationState.DONE}
    assert set(site.states().values()) == {EvaluationState.WAITING}


def test_an_unfinished_measurement_is_replaced_when_the_collection_has_doubled(media: Path):
    embedder = site.opened()
    scheduling.request()
    running.run(lambda space: embedder, budget_s=0.0)
    began = list(EvaluationJob.objects.values_list("pk", flat=True))
    site.add_works(24, start=100)
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


def test_a_second_request_measures_again_and_keeps_the_old_results(media: Path):
    embedder = site.opened()
    site.measured(embedder)
    person = factories.a_user()

    scheduling.request(person)
    requested = list(EvaluationJob.objects.values_list("state", "requested_by"))
    site.slices(embedder)

    assert requested == [(EvaluationState.WAITING, person.pk)] * 3
    assert set(site.states().values()) == {EvaluationState.DONE}
    assert Evaluation.objects.filter(kind="copies").count() == 2


def test_a_request_is_refused_without_pictures_and_while_another_waits(media: Path):
    with pytest.raises(scheduling.RequestError, match="nothing to measure"):
        scheduling.request()
    site.opened(1)
    scheduling.request()

    with pytest.raises(scheduling.RequestError, match="already being measured"):
        scheduling.request()

    assert EvaluationJob.objects.count() == 3


def test_a_lost_message_is_sent_again_but_not_while_a_worker_measures(media: Path, broker):
    embedder = site.opened()
    scheduling.request()
    running.run(lambda space: embedder, budget_s=0.0)

    sweeping.sweep()
    while_measuring = task_names.MEASURE in broker.tasks()
    site.pass_time(90)
    sweeping.sweep()

    assert (while_measuring, task_names.MEASURE in broker.tasks()) == (False, True)
