"""An original that has changed since its upload gets no vector."""

from pathlib import Path

import pytest

from collection.files import storage
from collection.models import JobState
from similarity.embedding import batches, pipeline
from tests import factories, fakes

pytestmark = pytest.mark.django_db


def test_another_picture_in_place_of_the_original_is_not_embedded(media: Path) -> None:
    embedder = fakes.FakeEmbedder()
    space = fakes.opened(embedder)
    image = factories.a_painted_image(seed=1)
    storage.original(image.sha256, image.extension).write_bytes(factories.painted(2))

    pipeline.run([embedder])

    job = image.jobs.get(key=space.job_key)
    assert (job.state, job.reason) == (JobState.FAILED, batches.CHANGED)
    assert not space.embeddings.exists()
