"""The worker measures step by step, resumes after a kill, and gives way to all other work."""

from collections import Counter
from pathlib import Path

import pytest

from collection.files import storage
from collection.models import ArtworkImage
from similarity.evaluation.jobs import copies_job, running, scheduling, site_pictures, speed_job
from similarity.evaluation.jobs.candidates import Candidate, Group
from similarity.image_query.searches import QUEUE
from similarity.learning import work_records
from similarity.models import (
    DuplicatePair,
    Evaluation,
    EvaluationJob,
    EvaluationPart,
    JobState,
    Space,
    SpaceRequest,
    Verdict,
)
from similarity.vision.networks import weights
from similarity.vision.networks.embedder import NetworkEmbedder
from similarity.vision.networks.ensemble import EnsembleEmbedder
from similarity.workers import ephemeral
from tests.similarity.evaluation_jobs import site

pytestmark = pytest.mark.django_db(transaction=True)  # the worker's lock is that of its session


class Killed(BaseException):
    """As when the process ends in the midst of a step."""


def test_every_measure_is_taken_and_kept_for_the_models_page(media: Path):
    embedder = site.opened()

    site.measured(embedder)

    assert set(site.states().values()) == {JobState.DONE}
    found = {one.kind: one for one in Evaluation.objects.all()}
    assert found["likeness"].results["measures"]["classification"]["works"] == 22
    assert found["likeness"].results["measures"]["maker"]["labels"] == 4
    assert found["likeness"].results["space"] == site.look().pk
    assert (found["copies"].results["pictures"], found["copies"].results["background"]) == (8, 2)
    assert found["copies"].results["alterations"]["jpeg-30"]["recall_alone"] == 1.0
    assert found["speed"].results["pictures"] == 4
    assert set(found["speed"].results["ms_by_stage"]) == {"read", "decode", "network"}
    assert Evaluation.objects.count() == 3
    assert not EvaluationPart.objects.exists()


def test_a_worker_killed_within_a_step_loses_that_step_alone(media: Path, monkeypatch: pytest.MonkeyPatch):
    embedder = site.opened()
    scheduling.ask()
    described: Counter[str] = Counter()
    original = copies_job.describe

    def describe(pk: int, names: list, groups: list) -> object:
        if len(described) == 3 and not described["kills"]:
            described["kills"] += 1
            raise Killed
        described[f"picture {pk}"] += 1
        return original(pk, names, groups)

    monkeypatch.setattr(copies_job, "describe", describe)

    with pytest.raises(Killed):
        site.slices(embedder)
    kept = EvaluationPart.objects.filter(job__kind="copies").count()
    site.slices(embedder)

    del described["kills"]
    assert kept == 3
    assert len(described) == 10
    assert set(described.values()) == {1}
    assert Evaluation.objects.get(kind="copies").results["pictures"] == 8


def test_progress_counts_pictures(media: Path):
    embedder = site.opened()
    scheduling.ask()
    EvaluationJob.objects.exclude(kind="copies").delete()

    for _ in range(3):
        running.run(lambda space: embedder, budget_s=0.0)

    job = EvaluationJob.objects.get()
    assert (job.pictures_done, job.pictures_total) == (3, 10)


def test_a_slice_ends_when_its_time_is_up_and_a_long_one_measures_all_of_a_job(media: Path):
    embedder = site.opened()
    scheduling.ask()
    EvaluationJob.objects.exclude(kind="copies").delete()

    goes_on = running.run(lambda space: embedder, budget_s=0.0)
    after_one = EvaluationPart.objects.count()
    running.run(lambda space: embedder, budget_s=600.0)

    assert (goes_on, after_one) == (True, 1)
    assert site.states() == {"copies": JobState.DONE}


def test_waiting_pictures_go_first(media: Path):
    embedder = site.opened()
    scheduling.ask()
    site.hang(1, start=90)

    goes_on = running.run(lambda space: embedder, budget_s=600.0)
    before = EvaluationPart.objects.count()
    site.describe_all(embedder)
    site.slices(embedder)

    assert (goes_on, before) == (False, 0)
    assert set(site.states().values()) == {JobState.DONE}


def test_pictures_that_come_in_during_a_slice_end_it(media: Path, monkeypatch: pytest.MonkeyPatch):
    embedder = site.opened()
    scheduling.ask()
    EvaluationJob.objects.exclude(kind="copies").delete()
    original = copies_job.describe

    def upload_and_describe(*given: object) -> object:
        site.hang(1, start=91)
        return original(*given)

    monkeypatch.setattr(copies_job, "describe", upload_and_describe)

    running.run(lambda space: embedder, budget_s=600.0)

    assert EvaluationPart.objects.count() == 1


def test_a_waiting_search_and_a_request_for_spaces_go_first(media: Path):
    embedder = site.opened()
    scheduling.ask()

    with ephemeral.connect() as redis:
        redis.lpush(QUEUE, b"a search")
        while_searching = running.run(lambda space: embedder, budget_s=600.0)
        redis.delete(QUEUE)
    SpaceRequest.objects.create(backbone="fake", lenses=["look"])
    while_requested = running.run(lambda space: embedder, budget_s=600.0)

    assert (while_searching, while_requested) == (False, False)
    assert not EvaluationPart.objects.exists()


def test_a_collection_without_records_omits_the_measure_with_its_reason(media: Path):
    site.measured(site.opened(has_records=False))

    measures = Evaluation.objects.get(kind="likeness").results["measures"]
    assert measures["classification"] == {"omitted": "No work has a class."}
    assert measures["maker"] == {"omitted": "No work names a known maker."}


def test_too_few_pictures_fail_with_a_sentence_and_the_other_measures_go_on(media: Path):
    site.measured(site.opened(4))

    states = site.states()
    assert states == {"likeness": JobState.DONE, "speed": JobState.DONE, "copies": JobState.FAILED}
    assert "At least 6 different pictures are needed" in EvaluationJob.objects.get(kind="copies").problem


def test_a_picture_whose_file_is_gone_is_left_out(media: Path):
    embedder = site.opened()
    scheduling.ask()
    EvaluationJob.objects.exclude(kind="copies").delete()
    running.run(lambda space: embedder, budget_s=0.0)
    last = EvaluationJob.objects.get().plan["altered"][-1]
    image = ArtworkImage.objects.get(pk=last)
    storage.original(image.sha256, image.extension).unlink()

    site.slices(embedder)

    assert Evaluation.objects.get(kind="copies").results["pictures"] == 7


def test_of_a_pair_in_the_review_queue_one_picture_at_most_is_drawn(media: Path):
    site.opened()
    pictures = list(ArtworkImage.objects.order_by("pk"))
    DuplicatePair.objects.all().delete()
    for low, high in zip(pictures[:12], pictures[12:], strict=True):
        DuplicatePair.objects.create(low=low, high=high, suggested=Verdict.DUPLICATE)

    drawn = site_pictures.different_pictures(24)

    assert sorted(drawn) == [picture.pk for picture in pictures[:12]]


def test_an_unforeseen_error_is_tried_three_times_and_then_told(media: Path, monkeypatch: pytest.MonkeyPatch, caplog):
    embedder = site.opened()
    scheduling.ask()
    EvaluationJob.objects.exclude(kind="speed").delete()
    asked = Counter()

    def broken(*given: object) -> None:
        asked["times"] += 1
        raise RuntimeError("CUDA out of memory")

    monkeypatch.setattr(embedder, "describe", broken)

    for _ in range(5):
        site.slices(embedder)

    assert asked["times"] == 3
    assert EvaluationJob.objects.get().problem == running.UNEXPECTED
    assert "CUDA out of memory" in caplog.text


def test_what_takes_down_three_workers_is_given_up(media: Path, monkeypatch: pytest.MonkeyPatch):
    embedder = site.opened()
    scheduling.ask()
    EvaluationJob.objects.exclude(kind="speed").delete()

    def kills(*given: object) -> None:
        raise Killed

    monkeypatch.setattr(embedder, "describe", kills)

    for _ in range(3):
        with pytest.raises(Killed):
            site.slices(embedder)
    site.slices(embedder)

    assert EvaluationJob.objects.get().problem == running.GAVE_UP


def test_where_other_networks_are_live_by_then_the_job_begins_anew(media: Path):
    embedder = site.opened()
    scheduling.ask()
    EvaluationJob.objects.exclude(kind="copies").delete()
    for _ in range(4):
        running.run(lambda space: embedder, budget_s=0.0)
    look = site.look()
    look.weights_digest = "another"
    look.save()

    running.run(lambda space: embedder, budget_s=0.0)

    assert EvaluationPart.objects.count() == 1
    assert EvaluationJob.objects.get().pictures_done == 1


def test_a_learned_look_that_is_live_is_not_measured_by_the_records_that_it_learned(media: Path):
    embedder = site.opened()
    Space.objects.update(supervision={"field": "classification"})

    site.measured(embedder)

    (found,) = Evaluation.objects.filter(kind="likeness")
    assert {each["omitted"] for each in found.results["measures"].values()} == {work_records.LEARNED}


def test_a_network_of_a_joint_look_that_is_also_live_alone_is_timed_once():
    names = ("squeezenet1_1", "mobilenet_v3_small")
    members = [NetworkEmbedder(weights.seeded(name), device="cpu", bf16=False, batch_size=4) for name in names]
    joint = EnsembleEmbedder(members)
    groups = [
        Group(each, [Candidate(each.identity, next(iter(each.recipes)), Space())]) for each in (joint, members[1])
    ]

    steps = [step.name for step in speed_job.steps({"pictures": [1, 2]}, groups)]

    assert len(steps) == len(set(steps)) == 2 * 3  # a batch and a result for each network and for both
