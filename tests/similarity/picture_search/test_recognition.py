"""Local features of the collection's pictures come from their derivatives, which may be made later."""

from pathlib import Path

import pytest

from collection.files import storage
from similarity.image_query import recognition
from tests import factories, pictures

pytestmark = pytest.mark.django_db


def test_a_picture_whose_derivative_comes_later_has_features_from_then_on(media: Path):
    image = factories.an_image(factories.a_work())
    path = storage.derivative(image.sha256, recognition.SIDE_PX, "webp")

    before = dict(recognition.features_of([image.pk]))
    path.parent.mkdir(parents=True)
    pictures.landscape(3).save(path)
    after = dict(recognition.features_of([image.pk]))

    assert before == {}
    assert len(after[image.pk].points) > 100


def test_a_damaged_derivative_leaves_its_picture_out_and_no_other(media: Path):
    good, damaged = (factories.an_image(factories.a_work()) for _ in range(2))
    for image in (good, damaged):
        path = storage.derivative(image.sha256, recognition.SIDE_PX, "webp")
        path.parent.mkdir(parents=True)
        pictures.landscape(4).save(path)
    path.write_bytes(path.read_bytes()[:200])

    found = dict(recognition.features_of([good.pk, damaged.pk]))

    assert list(found) == [good.pk]
