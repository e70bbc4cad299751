"""No request is answered with a file that is known to be damaged, and a request that finds damage records it."""

from pathlib import Path

import pytest
from django.test import Client

from collection.jobs import derivative_jobs, file_checks, job_queue
from collection.models import ArtworkImage, FileCheck, FileState
from tests.collection.damage import derivative_of, flip_a_byte, made_long_ago, original_of
from tests.factories import a_collection, a_painted_image, a_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def image(media) -> ArtworkImage:
    """A picture whose original everybody may download."""
    return a_painted_image(a_work(a_collection(originals_public=True)))


@pytest.mark.parametrize(
    ("harm", "state"),
    [
        (Path.unlink, FileState.MISSING),
        (flip_a_byte, FileState.DAMAGED),
        (lambda path: path.write_bytes(b""), FileState.DAMAGED),
    ],
    ids=["missing", "flipped", "empty"],
)
def test_a_faulty_original_is_not_sent_and_is_listed_at_once(client: Client, image, harm, state):
    harm(original_of(image))

    answer = client.get(f"/pictures/{image.pk}/original")

    assert answer.status_code == 404
    assert "missing or damaged" in answer.content.decode()
    assert file_checks.problems().get().original == state


def test_a_missing_disk_is_recorded_as_no_fault_of_an_original(client: Client, image, media):
    (media / "originals").rename(media / "elsewhere")

    answer = client.get(f"/pictures/{image.pk}/original")

    assert answer.status_code == 404
    assert not FileCheck.objects.exists()


def test_a_derivative_that_a_check_found_damaged_is_not_sent_and_is_made_again(client: Client, image):
    made_long_ago(image)
    good = derivative_of(image).read_bytes()
    flip_bytes_everywhere(derivative_of(image))
    file_checks.check(image, rebuilds=False)

    first = client.get(f"/pictures/{image.pk}/480.webp")
    other_size = client.get(f"/pictures/{image.pk}/160.webp")
    derivative_jobs.run()
    second = client.get(f"/pictures/{image.pk}/480.webp")

    assert (first.status_code, other_size.status_code) == (404, 200)
    assert b"".join(second.streaming_content) == good


def flip_bytes_everywhere(path: Path) -> None:
    path.write_bytes(bytes(byte ^ 0xFF for byte in path.read_bytes()))


def test_requests_repeat_no_rebuild_that_failed(client: Client, image):
    made_long_ago(image)
    original_of(image).unlink()
    derivative_of(image).write_bytes(b"garbage")
    file_checks.check(image)
    client.get(f"/pictures/{image.pk}/480.webp")
    derivative_jobs.run()
    made_long_ago(image)

    answer = client.get(f"/pictures/{image.pk}/480.webp")

    assert answer.status_code == 404
    assert not job_queue.is_waiting(job_queue.DERIVATIVES)
