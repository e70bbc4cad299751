"""Local features are computed once, in a store of bounded size that may lose any file."""

import os
from pathlib import Path

import numpy as np
import pytest

from collection.files import storage
from collection.models import ArtworkImage
from similarity.duplicates import compared_pictures, feature_store
from similarity.vision.copies import alignment, packed_features
from similarity.vision.local_features import features
from tests import factories
from tests.pictures import landscape

DIGESTS = [f"aa{number:02x}{'0' * 60}" for number in range(32)]


def test_unpacked_features_match_the_original_ones():
    found = features.extract(landscape(5), 400)

    unpacked = packed_features.unpack(packed_features.pack(found))

    np.testing.assert_allclose(unpacked.points, found.points, atol=0.01)
    assert (unpacked.descriptors * found.descriptors).sum(axis=1).min() > 0.99
    assert unpacked.size_px == found.size_px
    aligned = alignment.align(found, unpacked)
    assert aligned is not None
    np.testing.assert_allclose(aligned.homography, np.eye(3), atol=0.05)


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: rb"\9" + data[1:], lambda data: b""])
def test_damaged_features_are_refused(change):
    data = packed_features.pack(features.extract(landscape(5), 400))

    with pytest.raises(ValueError, match="packed features"):
        packed_features.unpack(change(data))


def test_the_files_used_longest_ago_are_deleted_once_a_folder_is_full(media: Path, settings):
    settings.KINDRED_FEATURES_MIB = 1  # 4 KiB for each folder
    for age, digest in enumerate(DIGESTS[1:7]):
        feature_store.write(digest, bytes(1000))
        os.utime(feature_store.path_of(digest), (1_000 + age, 1_000 + age))
    feature_store.read(DIGESTS[1])  # used now

    feature_store.write(DIGESTS[16], bytes(1000))  # its digest is one of those that prune

    kept = {path.name for path in feature_store.path_of(DIGESTS[0]).parent.iterdir()}
    assert kept == {DIGESTS[1], DIGESTS[6], DIGESTS[16]}


def test_what_is_no_file_of_features_hinders_no_worker(media: Path, settings):
    settings.KINDRED_FEATURES_MIB = 0
    Path(feature_store.path_of(DIGESTS[0]).parent, "lost+found").mkdir(parents=True)

    feature_store.write(DIGESTS[16], bytes(1000))

    assert [path.name for path in feature_store.path_of(DIGESTS[0]).parent.iterdir()] == ["lost+found"]


def test_workers_of_another_account_can_read_the_features(media: Path):
    feature_store.write(DIGESTS[1], b"features")

    assert feature_store.path_of(DIGESTS[1]).stat().st_mode & 0o777 == 0o644


def test_a_full_disk_is_logged_and_no_error(media: Path, caplog: pytest.LogCaptureFixture):
    Path(media, "features").write_text("a file where the folder should be")

    feature_store.write(DIGESTS[0], b"features")

    assert "are not kept" in caplog.text
    assert feature_store.read(DIGESTS[0]) is None


@pytest.fixture
def image(media: Path, db: None) -> ArtworkImage:
    picture = factories.an_image()
    folder = storage.derivatives(picture.sha256)
    folder.mkdir(parents=True, exist_ok=True)
    landscape(5).save(folder / "480.webp", quality=90)
    return picture


def test_features_are_read_from_the_store_the_second_time(image: ArtworkImage):
    first = compared_pictures.read(image)
    storage.derivative(image.sha256, 480, "webp").unlink()

    second = compared_pictures.read(image)

    assert first is not None
    assert second is not None
    assert len(second.features.points) == len(first.features.points)
    with pytest.raises(OSError, match=r"480\.webp"):
        second.read_pixels()


def test_damaged_stored_features_are_computed_again(image: ArtworkImage):
    feature_store.write(image.sha256, b"damaged")

    found = compared_pictures.read(image)

    assert found is not None
    assert feature_store.read(image.sha256) == packed_features.pack(found.features)
