import io

import pytest
from django.http import HttpResponseBase
from PIL import Image

from collection.files import storage
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
