"""Pictures are claimed, decoded, embedded and stored in the index; a broken one fails alone."""

import datetime as dt
import errno
import time
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from collection import ingest
from collection.files import storage
from collection.jobs import job_queue
from collection.models import ArtworkImage, Job, JobState
from similarity import sweeping
from similarity.embedding import batches, pipeline
from similarity.models import Embedding, Fingerprint, Space
from similarity.spaces import planning
from tests import factories, fakes

pytestmark = pytest.mark.django_db


def uploaded(count: int) -> list[ArtworkImage]:
    collection = factories.a_collection()
    return [
        factories.add_picture(factories.a_work(collection), ingest.NewPicture(factories.painted(seed), f"{seed}.jpg"))
        for seed in range(1, count + 1)
    ]


def step_of(image: ArtworkImage, space: Space) -> Job:
    return image.jobs.get(key=space.job_key)


def test_every_waiting_picture_gets_a_vector_and_a_fingerprint(media: Path):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    images = uploaded(6)

    taken = pipeline.run([embedder])

    assert taken == 6
    assert set(Embedding.objects.filter(space=space).values_list("image", flat=True)) == {i.pk for i in images}
    assert Fingerprint.objects.count() == 6
    assert {step_of(image, space).state for image in images} == {JobState.DONE}


def test_a_second_run_finds_nothing_to_do(media: Path):
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    uploaded(3)
    pipeline.run([embedder])

    taken = pipeline.run([embedder])

    assert taken == 0
    assert embedder.seen == 3


def store_instead(image: ArtworkImage, data: bytes) -> None:
    """Let the picture be one of these bytes, as an import that accepts damage may store it."""
    image.sha256 = ingest.digest(data)
    image.save(update_fields=["sha256"])
    path = storage.original(image.sha256, image.extension)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_a_broken_picture_fails_alone_with_its_reason(media: Path):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    images = uploaded(4)
    store_instead(images[1], storage.original(images[1].sha256, images[1].extension).read_bytes()[:-500])

    pipeline.run([embedder])

    states = [step_of(image, space).state for image in images]
    assert states == [JobState.DONE, JobState.FAILED, JobState.DONE, JobState.DONE]
    assert "damaged or incomplete" in step_of(images[1], space).reason


def test_a_picture_whose_file_is_gone_says_so(media: Path):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    (image,) = uploaded(1)
    storage.original(image.sha256, image.extension).unlink()

    pipeline.run([embedder])

    assert "missing from the store" in step_of(image, space).reason


def test_a_descriptor_that_is_no_number_fails_alone(media: Path):
    class Poisoned(fakes.FakeEmbedder):
        def describe(self, squares, recipes):
            found = super().describe(squares, recipes)
            for vectors in found.values():
                vectors[0] = np.nan
            return found

    embedder = Poisoned(batch_size=2)
    space = fakes.opened(embedder)
    first, second = uploaded(2)

    pipeline.run([embedder])

    assert step_of(first, space).reason == pipeline.NOT_COMPARABLE
    assert step_of(second, space).state == JobState.DONE
    assert not Embedding.objects.filter(image=first).exists()


@pytest.mark.django_db(transaction=True)
def test_a_picture_deleted_while_the_network_runs_does_not_stop_the_others(media: Path):
    class Deleting(fakes.FakeEmbedder):
        def describe(self, pictures, recipes):
            ArtworkImage.objects.filter(pk=deleted.pk).delete()
            connection.close()  # that of the network's thread
            return super().describe(pictures, recipes)

    embedder = Deleting()
    fakes.opened(embedder)
    deleted, kept = uploaded(2)

    pipeline.run([embedder])

    assert list(Embedding.objects.values_list("image", flat=True)) == [kept.pk]


def test_uploads_go_before_the_backlog(media: Path):
    embedder = fakes.FakeEmbedder(batch_size=1)
    space = fakes.opened(embedder)
    backlog, upload = uploaded(2)
    Job.objects.filter(image=backlog, key=space.job_key).update(priority=job_queue.BACKLOG_PRIORITY)

    pipeline.run([embedder], pipeline.Pace(has_time=lambda: False))

    assert step_of(upload, space).state == JobState.DONE
    assert step_of(backlog, space).state == JobState.PENDING


def test_a_picture_has_the_same_vector_alone_and_in_a_batch(media: Path):
    images = uploaded(5)
    alone, together = fakes.FakeEmbedder(weights="a", batch_size=1), fakes.FakeEmbedder(weights="b", batch_size=5)

    spaces_ = [fakes.opened(embedder) for embedder in (alone, together)]
    for embedder in (alone, together):
        pipeline.run([embedder])

    one, other = ([list(e.vector) for e in space.embeddings.order_by("image")] for space in spaces_)
    assert len(one) == len(images)
    assert np.allclose(one, other, atol=1e-3)


def test_pictures_added_before_any_space_existed_are_found_when_it_is_made(media: Path):
    images = uploaded(2)
    embedder = fakes.FakeEmbedder()

    space = fakes.opened(embedder)
    pipeline.run([embedder])

    assert {step_of(image, space).state for image in images} == {JobState.DONE}


def test_a_job_lost_by_a_crash_between_two_writes_is_noted_again_by_the_repair(media: Path):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    (image,) = uploaded(1)
    image.jobs.filter(key=space.job_key).delete()

    sweeping.repair()

    assert step_of(image, space).state == JobState.PENDING


def test_a_worker_slower_than_its_lease_keeps_its_pictures_and_does_each_once(media: Path, settings):
    class Slow(fakes.FakeEmbedder):
        def describe(self, squares, recipes):
            ends = timezone.now() + dt.timedelta(seconds=settings.KINDRED_LEASE_S)
            while timezone.now() < ends:  # as long as a lease lasts
                time.sleep(0.05)
            return super().describe(squares, recipes)

    settings.KINDRED_LEASE_S = 0.3
    embedder = Slow(batch_size=2)
    space = fakes.opened(embedder)
    images = uploaded(2)

    while job_queue.is_waiting(space.job_key):
        pipeline.run([embedder])

    assert {step_of(image, space).state for image in images} <= {JobState.DONE, JobState.CLAIMED}
    assert Embedding.objects.count() == 2


def test_a_picture_that_breaks_the_decoder_fails_alone(media: Path, monkeypatch):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    images = uploaded(4)
    broken = storage.original(images[2].sha256, images[2].extension)
    unreadable_at(broken, monkeypatch, RuntimeError("an unexpected error"))

    pipeline.run([embedder])

    states = [step_of(image, space).state for image in images]
    assert states == [JobState.DONE, JobState.DONE, JobState.FAILED, JobState.DONE]
    assert step_of(images[2], space).reason == batches.UNEXPECTED


def test_a_missing_storage_is_not_counted_against_the_pictures(media: Path):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    images = uploaded(2)
    (media / "originals").rename(media / "elsewhere")

    with pytest.raises(storage.StoreUnavailableError):
        pipeline.run([embedder])

    assert [(s.state, s.attempts) for s in (step_of(i, space) for i in images)] == [(JobState.PENDING, 0)] * 2


def test_what_was_only_claimed_is_given_back_when_a_batch_breaks(media: Path):
    class Broken(fakes.FakeEmbedder):
        def describe(self, squares, recipes):
            raise RuntimeError("a fault of the network")

    embedder = Broken(batch_size=1)
    space = fakes.opened(embedder)
    tried, next_one = uploaded(2)

    with pytest.raises(RuntimeError):
        pipeline.run([embedder])

    assert step_of(tried, space).state == JobState.CLAIMED
    assert (step_of(next_one, space).state, step_of(next_one, space).attempts) == (JobState.PENDING, 0)


def test_a_pooling_that_is_no_longer_supported_stops_no_other(media: Path):
    embedder = fakes.FakeEmbedder(lenses=("look", "texture"))
    planning.open_all(embedder)
    (image,) = uploaded(1)
    Space.objects.filter(lens="texture").update(pooling="of-yesterday")

    pipeline.run([embedder])

    assert set(Embedding.objects.filter(image=image).values_list("space__lens", flat=True)) == {"look"}


def unreadable_at(path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let one file fail on reading, as on a broken disk or network share."""
    read_bytes = Path.read_bytes

    def failing(asked: Path) -> bytes:
        if asked == path:
            raise error
        return read_bytes(asked)

    monkeypatch.setattr(Path, "read_bytes", failing)


def test_a_file_that_the_storage_cannot_read_fails_alone_after_three_tries(media: Path, monkeypatch):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    images = uploaded(3)
    broken = images[1]
    unreadable_at(storage.original(broken.sha256, broken.extension), monkeypatch, OSError(errno.EIO, "I/O error"))

    while pipeline.run([embedder]):
        pass

    assert [step_of(image, space).state for image in images] == [JobState.DONE, JobState.FAILED, JobState.DONE]
    assert step_of(broken, space).reason == batches.UNREADABLE
    assert step_of(broken, space).attempts == job_queue.ATTEMPTS_LIMIT


def test_a_storage_that_is_full_or_read_only_gives_the_batch_back(media: Path, monkeypatch):
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    (image,) = uploaded(1)
    unreadable_at(storage.original(image.sha256, image.extension), monkeypatch, OSError(errno.EROFS, "read-only"))

    with pytest.raises(OSError, match="read-only"):
        pipeline.run([embedder])

    assert (step_of(image, space).state, step_of(image, space).attempts) == (JobState.PENDING, 0)
