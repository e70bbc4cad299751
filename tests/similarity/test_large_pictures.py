"""Embedding workers decode large pictures in the process of its own that uploads and derivatives use."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from collection import imaging, ingest
from collection.files import derivatives, storage
from collection.imaging import own_process
from collection.models import ArtworkImage, Job, JobState
from similarity.embedding import originals, pipeline
from similarity.evaluation import speed
from similarity.evaluation.jobs import running, scheduling
from similarity.explain import region_comparison
from similarity.explain.questions import Question
from similarity.models import Embedding, EvaluationJob, EvaluationState, Fingerprint, Space
from similarity.vision.networks.embedder import CANVASES
from similarity.vision.pixels import decoding
from tests import factories, fakes, pictures
from tests.similarity.evaluation_jobs import site
from tests.similarity.mapping import Mapper

LARGE_PX, SMALL_PX = (1_200, 900), (640, 480)
BOUND_MP = 1.0  # between the two


@pytest.fixture(autouse=True)
def lock(tmp_path: Path) -> Iterator[Path]:
    before = own_process._lock_file
    imaging.use_lock(tmp_path / "decoder.lock")
    yield tmp_path / "decoder.lock"
    imaging.use_lock(before)


@pytest.fixture(autouse=True)
def low_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch)


def limit(monkeypatch: pytest.MonkeyPatch, **limits: float) -> None:
    """Let pictures count as large from BOUND_MP, and change further limits of the process that decodes them."""
    process = imaging.ProcessLimits(**{"from_mp": BOUND_MP, "wait_s": 0, **limits})
    monkeypatch.setattr(originals, "LIMITS", dataclasses.replace(imaging.ADMITTED, process=process))


def uploaded(*sizes_px: tuple[int, int]) -> list[ArtworkImage]:
    collection = factories.a_collection()
    files = [pictures.packed(pictures.painted(*size_px, seed)) for seed, size_px in enumerate(sizes_px)]
    return [
        factories.add_picture(factories.a_work(collection), ingest.NewPicture(data, f"{seed}.png"))
        for seed, data in enumerate(files)
    ]


def step_of(image: ArtworkImage, space: Space) -> Job:
    return image.jobs.get(key=space.job_key)


def read_here(image: ArtworkImage) -> decoding.Decoded:
    return decoding.read(storage.original(image.sha256, image.extension), fakes.FakeEmbedder.canvases)


@pytest.mark.django_db
def test_a_large_picture_gets_about_the_vector_that_it_would_get_in_the_process_of_the_worker(media: Path):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    (image,) = uploaded(LARGE_PX)

    pipeline.run([embedder])

    assert step_of(image, space).state == JobState.DONE
    (expected,) = fakes.vectors(embedder, [read_here(image).canvas])
    vector = np.array(list(Embedding.objects.get(image=image).vector), np.float32)
    assert vector @ expected > 0.999
    assert Fingerprint.objects.get().image_id == image.pk


@pytest.mark.django_db
def test_a_large_picture_goes_back_to_the_queue_while_another_is_decoded(media: Path):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    large, small = uploaded(LARGE_PX, SMALL_PX)

    with own_process.turn(0):
        pipeline.run([embedder])
        during = [(step_of(image, space).state, step_of(image, space).attempts) for image in (large, small)]
    pipeline.run([embedder])

    assert during == [(JobState.PENDING, 0), (JobState.DONE, 1)]
    assert step_of(large, space).state == JobState.DONE


@pytest.mark.django_db
def test_a_large_picture_whose_process_is_killed_fails_alone_with_a_sentence(media: Path, monkeypatch):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    small, large, other = uploaded(SMALL_PX, LARGE_PX, SMALL_PX)
    limit(monkeypatch, time_s=0.001)

    pipeline.run([embedder])

    assert [step_of(image, space).state for image in (small, large, other)] == [
        JobState.DONE, JobState.FAILED, JobState.DONE,
    ]  # fmt: skip
    assert "more than 0.001 seconds to decode; please save it again" in step_of(large, space).reason


@pytest.mark.django_db
def test_large_pictures_are_explained_from_their_derivatives_while_another_is_decoded(media: Path):
    space = fakes.opened(Mapper())
    one, two = uploaded(LARGE_PX, LARGE_PX)
    for image in (one, two):
        original = storage.original(image.sha256, image.extension)
        derivatives.make(original, storage.derivatives(image.sha256), storage.SIDES_PX)
        original.unlink()

    with own_process.turn(0):
        found = region_comparison.compare(Question(one.pk, two.pk, space.pk), lambda space: Mapper())

    assert found.state == "ready"


@pytest.mark.django_db
def test_a_measurement_that_meets_a_busy_decoder_goes_on_later_and_loses_no_attempt(media: Path, monkeypatch):
    embedder = site.opened()
    scheduling.request()
    EvaluationJob.objects.exclude(kind="copies").delete()
    limit(monkeypatch, from_mp=0.1)

    with own_process.turn(0):
        goes_on = running.run(lambda space: embedder, budget_s=0.0)
        during = EvaluationJob.objects.get()
    running.run(lambda space: embedder, budget_s=0.0)

    assert (goes_on, during.state, during.attempts) == (False, EvaluationState.WAITING, 0)
    assert EvaluationJob.objects.get().parts.count() == 1


@pytest.mark.django_db
def test_the_speed_of_large_pictures_is_measured_with_the_process_that_decodes_them(media: Path):
    (image,) = uploaded(LARGE_PX)
    path = storage.original(image.sha256, image.extension)
    embedder = fakes.FakeEmbedder()

    with own_process.turn(0), pytest.raises(imaging.Busy):
        speed.one_batch([path], embedder, list(embedder.recipes))

    assert speed.one_batch([path], embedder, list(embedder.recipes))["decode"] > 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "HEIF", "AVIF"])
def test_a_picture_below_the_bound_is_decoded_as_before_to_the_bit(kind: str):
    data = pictures.packed(pictures.painted(*SMALL_PX), kind)

    bounded, before = originals.read(data, CANVASES), decoding.read(data, CANVASES)

    assert np.array_equal(bounded.canvas, before.canvas)
    assert np.array_equal(bounded.small, before.small)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_large_picture_that_is_turned_is_read_upright(kind: str):
    data = pictures.photograph(6, pictures.painted(*LARGE_PX), kind)

    apart, here = originals.read(data, CANVASES), decoding.read(data, CANVASES)

    assert apart.canvas.shape == here.canvas.shape
    assert apart.small.shape == here.small.shape
    assert np.abs(apart.canvas.astype(np.float32) - here.canvas).mean() < 2


def test_a_damaged_picture_is_refused_in_the_same_sentence_by_either_process():
    data = pictures.packed(pictures.painted(*LARGE_PX))[:2_000]
    with pytest.raises(decoding.UnreadableError) as here:
        decoding.read(data, CANVASES)

    with pytest.raises(decoding.UnreadableError) as apart:
        originals.read(data, CANVASES)

    assert str(apart.value) == str(here.value)


@pytest.mark.parametrize(
    "size_px",
    [(14_142, 14_142), (12_000, 16_000), (6_000, 4_100), (30_000, 6_600), (44_000, 4_400)],
    ids=["1:1", "3:4", "just large", "4.5:1", "10:1"],
)
def test_both_sides_of_a_reduced_picture_are_at_least_twice_the_largest_canvas(size_px: tuple[int, int]):
    largest_px = max(max(canvas) for canvas in CANVASES)

    reduced = imaging.fit(size_px, originals.long_side_px(size_px, largest_px))

    assert min(reduced) >= 2 * largest_px - 10
    assert reduced[0] * reduced[1] <= 1.001e6 * originals.REDUCED_MP


def test_a_scroll_of_the_greatest_accepted_ratio_keeps_the_pixels_of_its_canvas():
    reduced = imaging.fit((141_400, 1_414), originals.long_side_px((141_400, 1_414), 452))

    assert min(reduced) >= 226
    assert max(reduced) >= 2 * 452


def test_a_picture_is_not_enlarged():
    assert originals.long_side_px(LARGE_PX, 452) == max(LARGE_PX)
