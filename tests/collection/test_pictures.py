import io
from pathlib import Path

import pytest
from django.http import HttpResponseBase
from PIL import Image

from collection.files import storage
from collection.jobs import derivative_jobs, file_checks, job_queue, workers
from tests.collection.damage import derivative_of, flip_a_byte, made_long_ago, original_of
from tests.factories import a_collection, a_painted_image, a_user, a_work, an_image

pytestmark = pytest.mark.django_db


def body(answer: HttpResponseBase) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize(("extension", "kind"), [("webp", "WEBP"), ("jpg", "JPEG")])
def test_a_derivative_is_a_picture_of_its_type(client, media, extension, kind):
    image = a_painted_image()

    answer = client.get(f"/pictures/{image.pk}/480.{extension}")

    picture = Image.open(io.BytesIO(body(answer)))
    assert (picture.format, max(picture.size)) == (kind, 480)
    assert answer["Content-Type"] == f"image/{kind.lower()}"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")


def test_a_published_picture_may_be_cached_and_asks_one_query(client, media, django_assert_num_queries):
    image = a_painted_image()
    client.force_login(a_user())

    with django_assert_num_queries(1):
        answer = client.get(f"/pictures/{image.pk}/160.webp")

    assert answer["Cache-Control"] == "public, max-age=300"
    assert not answer.has_header("Vary")


def test_who_has_it_already_gets_no_second_copy(client, media):
    image = a_painted_image()
    first = client.get(f"/pictures/{image.pk}/160.webp")

    again = client.get(f"/pictures/{image.pk}/160.webp", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, body(again)) == (304, b"")


def test_an_unpublished_picture_is_its_curators_alone_and_never_cached(client, media):
    image = a_painted_image(a_work(is_published=False))
    curator, stranger = a_user(curates=image.collection), a_user()

    anonymous = client.get(f"/pictures/{image.pk}/160.webp")
    client.force_login(stranger)
    foreign = client.get(f"/pictures/{image.pk}/160.webp")
    client.force_login(curator)
    own = client.get(f"/pictures/{image.pk}/160.webp")

    assert [anonymous.status_code, foreign.status_code, own.status_code] == [404, 404, 200]
    assert own["Cache-Control"] == "private, no-store"


def test_a_derivative_that_is_not_made_yet_is_not_found_for_a_moment_only(client, media):
    image = an_image()

    answer = client.get(f"/pictures/{image.pk}/480.webp")

    assert answer.status_code == 404
    assert "max-age=5" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["481.webp", "480.png", "0.jpg", "99999999999999999999.jpg"])
def test_there_are_no_other_sizes(client, media, name):
    assert client.get(f"/pictures/{a_painted_image().pk}/{name}").status_code == 404


def test_originals_are_for_curators_unless_the_collection_opens_them(client, media):
    closed = a_painted_image()
    opened = a_painted_image(a_work(a_collection(originals_public=True)))

    assert client.get(f"/pictures/{closed.pk}/original").status_code == 404
    assert client.get(f"/pictures/{opened.pk}/original").status_code == 200
    client.force_login(a_user(curates=closed.collection))
    assert client.get(f"/pictures/{closed.pk}/original").status_code == 200


def test_an_original_is_downloaded_as_it_came_under_a_name_of_ours(client, media):
    work = a_work(a_collection(originals_public=True), accession_number='../"x";\r\n1923.4')
    image = a_painted_image(work)

    answer = client.get(f"/pictures/{image.pk}/original")

    assert body(answer) == storage.original(image.sha256, image.extension).read_bytes()
    assert answer["Content-Disposition"] == 'attachment; filename="x-19234-1.jpg"'


def test_an_original_of_an_unpublished_work_stays_closed_in_an_open_collection(client, media):
    image = a_painted_image(a_work(a_collection(originals_public=True), is_published=False))

    assert client.get(f"/pictures/{image.pk}/original").status_code == 404


def test_behind_a_proxy_the_file_is_named_instead_of_sent(client, media, settings):
    settings.KINDRED_PICTURE_SERVER = "nginx"
    image = a_painted_image()

    answer = client.get(f"/pictures/{image.pk}/480.webp")

    digest = image.sha256
    assert answer["X-Accel-Redirect"] == f"/_media/derivatives/{digest[:2]}/{digest[2:4]}/{digest}/480.webp"
    assert (answer["Content-Type"], answer.content) == ("image/webp", b"")


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"")], ids=["missing", "empty"])
def test_a_derivative_that_is_lost_is_made_again_once_it_is_requested(client, media, harm):
    image = a_painted_image()
    made_long_ago(image)
    harm(derivative_of(image))

    first = client.get(f"/pictures/{image.pk}/480.webp")
    derivative_jobs.run()
    second = client.get(f"/pictures/{image.pk}/480.webp")

    assert (first.status_code, first["Cache-Control"]) == (404, "no-cache, max-age=5")
    assert (second.status_code, body(second)) == (200, derivative_of(image).read_bytes())


def test_many_requests_for_a_lost_derivative_queue_one_job(client, media, broker, django_capture_on_commit_callbacks):
    image = a_painted_image()
    made_long_ago(image)
    derivative_of(image).unlink()
    broker.clear()

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            client.get(f"/pictures/{image.pk}/480.webp")

    assert broker.tasks() == [workers.MAKE_DERIVATIVES]
    assert image.jobs.filter(key=job_queue.DERIVATIVES).count() == 1


def test_a_rebuild_that_failed_is_not_repeated_by_requests(client, media):
    image = a_painted_image()
    made_long_ago(image)
    derivative_of(image).unlink()
    original_of(image).unlink()
    client.get(f"/pictures/{image.pk}/480.webp")
    derivative_jobs.run()
    made_long_ago(image)

    client.get(f"/pictures/{image.pk}/480.webp")

    assert not job_queue.is_waiting(job_queue.DERIVATIVES)


def test_without_the_disk_no_request_queues_a_job(client, media):
    image = a_painted_image()
    made_long_ago(image)
    media.rename(media.parent / "elsewhere")

    answer = client.get(f"/pictures/{image.pk}/480.webp")

    assert answer.status_code == 404
    assert not job_queue.is_waiting(job_queue.DERIVATIVES)


def test_a_browser_that_kept_a_damaged_derivative_gets_the_new_one(client, media):
    image = a_painted_image()
    derivative_of(image).write_bytes(b"garbage")
    damaged = client.get(f"/pictures/{image.pk}/480.webp")
    file_checks.check(image)
    derivative_jobs.run()

    answer = client.get(f"/pictures/{image.pk}/480.webp", headers={"If-None-Match": damaged["ETag"]})

    assert answer.status_code == 200


def test_the_public_still_sees_a_picture_whose_original_is_missing(client, media):
    image = a_painted_image()
    original_of(image).unlink()
    file_checks.check(image)

    assert client.get(f"/pictures/{image.pk}/480.webp").status_code == 200


def test_an_original_that_is_known_to_be_damaged_is_not_sent(client, media):
    image = a_painted_image(a_work(a_collection(originals_public=True)))
    flip_a_byte(original_of(image))
    file_checks.check(image)

    answer = client.get(f"/pictures/{image.pk}/original")

    assert answer.status_code == 404
    assert "damaged" in answer.content.decode()
