"""Every described picture gets a twin value; pictures of a release without twin values get theirs afterwards."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from django.db import IntegrityError, connection
from PIL import Image

from collection import ingest
from collection.files import storage
from collection.jobs import job_queue
from collection.models import ArtworkImage, JobState
from similarity import sweeping
from similarity.embedding import batches, pipeline, twin_networks
from similarity.models import Fingerprint
from similarity.spaces import lifecycle
from similarity.vision.twin import hashing, network, weights_file
from similarity.vision.twin.network import TwinNetwork
from similarity.workers import task_names
from tests import factories, fakes
from tests.pictures import landscape, packed

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
WHOLE = weights_file.SHIPPED.read_bytes()


@pytest.fixture(scope="module")
def twin_network() -> TwinNetwork:
    return network.load(weights_file.SHIPPED)


def add(picture: Image.Image) -> ArtworkImage:
    return factories.add_picture(factories.a_work(), ingest.NewPicture(packed(picture), "picture.png"))


def twin_of(image: ArtworkImage) -> str:
    row = Fingerprint.objects.get(image=image)
    assert (row.twin_bits is None) == (row.twin == "")
    assert not row.twin or int(row.twin, 16) == int(row.twin_bits, 2)
    return row.twin


def described_without_twins(*pictures: Image.Image) -> tuple[list[ArtworkImage], fakes.FakeEmbedder]:
    """Add pictures and describe them as a release without twin values does."""
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    images = [add(picture) for picture in pictures]
    pipeline.run([embedder])
    return images, embedder


def test_pictures_of_a_batch_get_the_values_that_each_has_alone(media: Path, twin_network: TwinNetwork):
    embedder = fakes.FakeEmbedder(batch_size=4)
    fakes.opened(embedder)
    images = [add(landscape(seed)) for seed in (5, 23, 42)]

    pipeline.run([embedder], twin_network=twin_network)

    squares = [batches.prepare(image, embedder.canvases).square for image in images]
    values = [hashing.as_hex(hashing.hashes(twin_network, np.stack([square])).item()) for square in squares]
    assert [twin_of(image) for image in images] == values
    assert len(set(values)) == 3


def test_a_flat_picture_gets_no_value_and_is_not_tried_again(media: Path, twin_network: TwinNetwork):
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    image = add(Image.fromarray(np.full((80, 80, 3), 200, np.uint8)))

    pipeline.run([embedder], twin_network=twin_network)
    sweeping.repair_all()

    assert twin_of(image) == ""
    assert not job_queue.is_waiting(job_queue.TWIN)


def test_a_new_picture_leaves_nothing_for_the_repair(media: Path, twin_network: TwinNetwork):
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    add(landscape(5))

    pipeline.run([embedder], twin_network=twin_network)
    sweeping.repair_all()

    assert not job_queue.is_waiting(job_queue.TWIN)


def test_a_picture_described_before_gets_the_value_of_a_new_one(media: Path, twin_network: TwinNetwork):
    (image,), embedder = described_without_twins(landscape(5))
    assert twin_of(image) == ""
    described = embedder.seen

    sweeping.repair_all()
    pipeline.run([embedder], twin_network=twin_network)

    again = add(landscape(5))
    pipeline.run([embedder], twin_network=twin_network)
    assert twin_of(image) == twin_of(again) != ""
    assert embedder.seen == described + 1
    assert image.jobs.get(key=job_queue.TWIN).state == JobState.DONE


def test_new_pictures_are_described_before_the_values_of_old_ones_are_computed(media: Path, twin_network: TwinNetwork):
    (old,), embedder = described_without_twins(landscape(5))
    sweeping.repair_all()
    new = add(landscape(23))

    pipeline.run([embedder], pipeline.Pace(has_time=lambda: False), twin_network)

    assert twin_of(new) != ""
    assert twin_of(old) == ""


def test_an_old_picture_that_cannot_be_read_fails_alone(media: Path, twin_network: TwinNetwork):
    (damaged, whole), embedder = described_without_twins(landscape(5), landscape(23))
    storage.original(damaged.sha256, damaged.extension).write_bytes(b"no picture")

    sweeping.repair_all()
    pipeline.run([embedder], twin_network=twin_network)

    assert damaged.jobs.get(key=job_queue.TWIN).reason == batches.CHANGED
    assert twin_of(damaged) == ""
    assert twin_of(whole) != ""


def test_without_the_network_pictures_are_described_and_their_values_wait(
    media: Path, tmp_path: Path, twin_network: TwinNetwork, monkeypatch, caplog
):
    monkeypatch.setattr(weights_file, "SHIPPED", tmp_path / "missing.safetensors")
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    image = add(landscape(5))
    sweeping.repair_all()

    pipeline.run([embedder], twin_network=twin_networks.shipped())

    assert image.jobs.get(key=space.job_key).state == JobState.DONE
    assert twin_of(image) == ""
    assert "the file of their network is missing or damaged" in caplog.text


def test_no_worker_is_woken_for_values_that_none_can_compute(
    media: Path, tmp_path: Path, twin_network: TwinNetwork, monkeypatch, broker
):
    file = tmp_path / "twin.safetensors"
    monkeypatch.setattr(weights_file, "SHIPPED", file)
    (image,), embedder = described_without_twins(landscape(5))
    job_queue.add([image], job_queue.TWIN)
    woken = []

    for content in (None, b"damaged", WHOLE):
        if content:
            file.write_bytes(content)
        broker.clear()
        sweeping.sweep()
        woken.append((task_names.EMBED in broker.tasks(), lifecycle.have_work()))
    pipeline.run([embedder], twin_network=twin_networks.shipped())

    assert woken == [(False, False), (False, False), (True, True)]
    assert twin_of(image) != ""


def test_missing_values_are_added_to_the_queue_only_when_they_can_be_computed(media: Path, tmp_path: Path, monkeypatch):
    described_without_twins(landscape(5))
    file = tmp_path / "twin.safetensors"
    monkeypatch.setattr(weights_file, "SHIPPED", file)

    sweeping.repair_all()
    before = job_queue.is_waiting(job_queue.TWIN)
    file.write_bytes(WHOLE)
    sweeping.repair_all()

    assert not before
    assert job_queue.is_waiting(job_queue.TWIN)


def test_the_shipped_file_is_the_one_that_is_expected():
    assert weights_file.state() is not None


def test_beat_asks_for_the_file_without_torch():
    ask = (
        "import sys; from similarity.vision.twin import weights_file as w; w.state(); sys.exit('torch' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", ask], cwd=ROOT).returncode == 0


def test_a_worker_of_the_release_before_still_stores_fingerprints():
    image = factories.an_image(factories.a_work())

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO similarity_fingerprint (image_id, phash, is_flat, thumb, colours)"
            " VALUES (%s, repeat('0', 64)::bit(64), false, '', '')",
            [image.pk],
        )

    assert twin_of(image) == ""


@pytest.mark.parametrize(("twin", "bits"), [("0123456789ab", None), ("", "0" * 48), ("0123456789AB", "0" * 48)])
def test_the_database_refuses_a_value_whose_columns_disagree(twin: str, bits: str | None):
    image = factories.an_image(factories.a_work())

    with pytest.raises(IntegrityError):
        Fingerprint.objects.create(
            image=image, phash="0" * 64, is_flat=False, thumb=b"", colours=b"", twin=twin, twin_bits=bits
        )
