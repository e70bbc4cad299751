"""The worker measures step by step, resumes after a kill, and does all other work first."""

from itertools import count
from pathlib import Path

import pytest
from django.utils.timezone import now

from collection.files import storage
from collection.models import Artwork, ArtworkImage
from similarity.evaluation import picture_sources
from similarity.evaluation.jobs import running, scheduling, site_pictures
from similarity.learning import work_records
from similarity.models import (
    DuplicatePair,
    Evaluation,
    EvaluationJob,
    EvaluationPart,
    EvaluationState,
    Space,
    SpaceRequest,
    Verdict,
)
from similarity.workers import fair_queue
from tests.similarity.evaluation_jobs import site
from tests.similarity.sent_messages import search_of

pytestmark = pytest.mark.django_db(transaction=True)  # the worker's lock belongs to its database session


class Killed(BaseException):
    """Stands for the end of the process during a step."""


def test_every_kind_is_measured_and_stored_for_the_models_page(media: Path):
    embedder = site.opened()

    site.measured(embedder)

    assert set(site.states().values()) == {EvaluationState.DONE}
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


def test_a_worker_killed_during_a_step_loses_that_step_alone(media: Path):
    embedder = site.opened()
    scheduling.request()
    EvaluationJob.objects.exclude(kind="copies").delete()
    batches, seen_before = count(1), embedder.seen

    def kill_at_the_fourth_batch() -> None:
        if next(batches) == 4:
            raise Killed

    embedder.before_batch = kill_at_the_fourth_batch

    with pytest.raises(Killed):
        site.slices(embedder)
    stored = EvaluationPart.objects.count()
    site.slices(embedder)

    assert stored == 3
    assert next(batches) == 12  # ten pictures, one of them twice
    assert embedder.seen - seen_before == 8 * 3 + 2  # eight pictures with two copies each, and the background set
    assert Evaluation.objects.get(kind="copies").results["pictures"] == 8


def test_progress_counts_pictures(media: Path):
    embedder = site.opened()
    scheduling.request()
    EvaluationJob.objects.exclude(kind="copies").delete()

    for _ in range(3):
        running.run(lambda space: embedder, budget_s=0.0)

    job = EvaluationJob.objects.get()
    assert (job.pictures_done, job.pictures_total) == (3, 10)


def test_a_short_slice_measures_one_step_and_a_long_one_the_whole_job(media: Path):
    embedder = site.opened()
    scheduling.request()
    EvaluationJob.objects.exclude(kind="copies").delete()

    goes_on = running.run(lambda space: embedder, budget_s=0.0)
    after_one = EvaluationPart.objects.count()
    running.run(lambda space: embedder, budget_s=600.0)

    assert (goes_on, after_one) == (True, 1)
    assert site.states() == {"copies": EvaluationState.DONE}


def test_waiting_pictures_go_first(media: Path):
    embedder = site.opened()
    scheduling.request()
    site.add_works(1, start=90)

    goes_on = running.run(lambda space: embedder, budget_s=600.0)
    before = EvaluationPart.objects.count()
    site.describe_all(embedder)
    site.slices(embedder)

    assert (goes_on, before) == (False, 0)
    assert set(site.states().values()) == {EvaluationState.DONE}


def test_a_picture_that_is_added_during_a_slice_ends_it(media: Path):
    embedder = site.opened()
    scheduling.request()
    EvaluationJob.objects.exclude(kind="copies").delete()
    embedder.before_batch = lambda: site.add_works(1, start=91)

    running.run(lambda space: embedder, budget_s=600.0)

    assert EvaluationPart.objects.count() == 1


def test_a_waiting_search_and_a_request_for_spaces_go_first(media: Path):
    embedder = site.opened()
    scheduling.request()

    fair_queue.put(search_of("a search", fair_queue.Asker()))
    while_searching = running.run(lambda space: embedder, budget_s=600.0)
    fair_queue.finish("a search")
    SpaceRequest.objects.create(backbone="fake", lenses=["look"])
    while_requested = running.run(lambda space: embedder, budget_s=600.0)

    assert (while_searching, while_requested) == (False, False)
    assert not EvaluationPart.objects.exists()


def test_without_records_each_field_has_the_reason_why_it_is_omitted(media: Path):
    site.measured(site.opened(has_records=False))

    measures = Evaluation.objects.get(kind="likeness").results["measures"]
    assert measures["classification"] == {"omitted": "No work has a class."}
    assert measures["maker"] == {"omitted": "No work names a known maker."}


def test_a_job_with_too_few_pictures_fails_with_a_sentence_and_the_others_go_on(media: Path):
    site.measured(site.opened(4))

    states = site.states()
    assert states == {"likeness": EvaluationState.DONE, "speed": EvaluationState.DONE, "copies": EvaluationState.FAILED}
    assert "At least 6 different pictures are needed" in EvaluationJob.objects.get(kind="copies").problem


def test_a_picture_whose_file_is_gone_is_left_out(media: Path):
    embedder = site.opened()
    scheduling.request()
    EvaluationJob.objects.exclude(kind="copies").delete()
    running.run(lambda space: embedder, budget_s=0.0)
    last = EvaluationJob.objects.get().plan["altered"][-1]
    image = ArtworkImage.objects.get(pk=last)
    storage.original(image.sha256, image.extension).unlink()

    site.slices(embedder)

    assert Evaluation.objects.get(kind="copies").results["pictures"] == 7


def test_at_most_one_picture_of_a_pair_in_the_review_queue_is_sampled(media: Path):
    site.opened()
    pictures = list(ArtworkImage.objects.order_by("pk"))
    DuplicatePair.objects.all().delete()
    for low, high in zip(pictures[:12], pictures[12:], strict=True):
        DuplicatePair.objects.create(low=low, high=high, suggested=Verdict.DUPLICATE)

    sampled = site_pictures.distinct_pictures(24)

    assert sorted(sampled) == [picture.pk for picture in pictures[:12]]


def test_pictures_of_merged_works_are_not_sampled_and_hide_no_others(media: Path):
    site.opened()
    alias, kept, *rest = ArtworkImage.objects.order_by("pk")
    DuplicatePair.objects.all().delete()
    DuplicatePair.objects.create(low=alias, high=kept, suggested=Verdict.DUPLICATE)
    Artwork.objects.filter(pk=alias.artwork_id).update(merged_into=kept.artwork)

    sampled = site_pictures.distinct_pictures(24)
    DuplicatePair.objects.update(verdict=Verdict.DUPLICATE, decided_at=now())

    assert sorted(sampled) == [kept.pk, *(image.pk for image in rest)]
    assert [path.stem for path in picture_sources.own_pictures()] == [image.sha256 for image in (kept, *rest)]


def test_after_three_unexpected_errors_a_job_fails_with_a_sentence(media: Path, caplog):
    embedder = site.opened()
    scheduling.request()
    EvaluationJob.objects.exclude(kind="speed").delete()
    attempts = count(1)

    def fail() -> None:
        next(attempts)
        raise RuntimeError("CUDA out of memory")

    embedder.before_batch = fail

    for _ in range(5):
        site.slices(embedder)

    assert next(attempts) == 4
    assert EvaluationJob.objects.get().problem == running.UNEXPECTED
    assert "CUDA out of memory" in caplog.text


def test_a_job_that_killed_three_workers_fails(media: Path):
    embedder = site.opened()
    scheduling.request()
    EvaluationJob.objects.exclude(kind="speed").delete()

    def kill() -> None:
        raise Killed

    embedder.before_batch = kill

    for _ in range(3):
        with pytest.raises(Killed):
            site.slices(embedder)
    site.slices(embedder)

    assert EvaluationJob.objects.get().problem == running.GAVE_UP


def test_a_job_starts_again_if_another_network_has_gone_live(media: Path):
    embedder = site.opened()
    scheduling.request()
    EvaluationJob.objects.exclude(kind="copies").delete()
    for _ in range(4):
        running.run(lambda space: embedder, budget_s=0.0)
    look = site.look()
    look.weights_digest = "another"
    look.save()

    running.run(lambda space: embedder, budget_s=0.0)

    assert EvaluationPart.objects.count() == 1
    assert EvaluationJob.objects.get().pictures_done == 1


def test_a_live_supervised_look_is_not_measured_on_the_records_that_it_was_fitted_on(media: Path):
    embedder = site.opened()
    Space.objects.update(supervision={"field": "classification"})

    site.measured(embedder)

    (found,) = Evaluation.objects.filter(kind="likeness")
    assert {each["omitted"] for each in found.results["measures"].values()} == {work_records.LEARNED}
