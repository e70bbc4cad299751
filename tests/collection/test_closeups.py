"""Close-ups: large renderings for those who curate or review a picture, and for nobody else."""

from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from PIL import Image

from collection import ingest
from collection.files import storage
from collection.models import ArtworkImage, Collection
from collection.views import closeups
from similarity.models import DuplicatePair
from tests import factories, pictures

pytestmark = pytest.mark.django_db


def a_stored_picture(data: bytes, collection: Collection | None = None, **fields: object) -> ArtworkImage:
    work = factories.a_work(collection, **fields)
    return factories.add_picture(work, ingest.NewPicture(data, "scan.tif"))


def address(image: ArtworkImage) -> str:
    return f"/pictures/{image.pk}/closeup.jpg"


def signed_in(**options: object) -> Client:
    client = Client()
    client.force_login(factories.a_user(**options))
    return client


def test_a_curator_sees_a_tiff_at_its_full_size_as_a_jpeg(media: Path):
    image = a_stored_picture(pictures.packed(pictures.painted(1500, 1000), "TIFF"))

    answer = signed_in(curates=image.collection).get(address(image))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-store"
    assert Image.open(BytesIO(answer.content)).size == (1500, 1000)


def test_a_close_up_is_bounded_upright_and_without_metadata(media: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(closeups, "SIDE_PX", 300)
    image = a_stored_picture(pictures.photograph(6, pictures.painted(480, 320)))

    answer = signed_in(curates=image.collection).get(address(image))

    shown = Image.open(BytesIO(answer.content))
    assert shown.size == (300, 200)
    assert not shown.getexif()
    assert pictures.difference(shown, pictures.painted(480, 320).resize((300, 200))) < 6


def test_visitors_and_curators_of_other_collections_get_none_even_of_a_public_picture(client: Client, media: Path):
    image = factories.a_painted_image()
    others = [client, signed_in(), signed_in(curates=factories.a_collection())]

    assert client.get(image.large_url).status_code == 200
    assert [one.get(address(image)).status_code for one in others] == [404, 404, 404]


def test_a_reviewer_sees_the_close_ups_of_pairs_alone_and_no_original(media: Path):
    low, high, elsewhere = (factories.a_painted_image() for _ in range(3))
    DuplicatePair.objects.create(low=low, high=high, correlation=0.9, suggested="duplicate")
    user = factories.a_user()
    user.user_permissions.add(Permission.objects.get(codename="change_duplicatepair"))
    reviewer = Client()
    reviewer.force_login(user)

    assert [reviewer.get(address(image)).status_code for image in (low, high, elsewhere)] == [200, 200, 404]
    assert reviewer.get(f"/pictures/{low.pk}/original").status_code == 404


def test_a_lost_original_is_a_sentence_and_no_error(media: Path):
    image = factories.a_painted_image()
    storage.original(image.sha256, image.extension).unlink()

    answer = signed_in(curates=image.collection).get(address(image))

    assert answer.status_code == 404
    assert answer.text == "The original of this picture is missing or damaged.\n"


def test_while_another_picture_is_rendered_the_answer_is_busy(media: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(closeups, "WAIT_S", 0.01)
    image = factories.a_painted_image()

    with closeups.rendering:
        answer = signed_in(curates=image.collection).get(address(image))

    assert answer.status_code == 503
