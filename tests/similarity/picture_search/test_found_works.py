"""Works in a visitor's photograph: recognised and outlined, or named as looking alike, as this visitor may see them."""

from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from collection import ingest
from collection.files import derivatives, storage
from collection.models import Artwork, StepState
from similarity.image_query import answering, found_works
from similarity.index import store
from similarity.vision.pixels import decoding
from tests import factories, fakes, pictures
from tests.similarity.picture_search.asking import jpeg, send, works_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def embedder() -> fakes.FakeEmbedder:
    """With a live space of the look and one of the match."""
    embedder = fakes.FakeEmbedder(lenses=("look", "match"))
    fakes.opened(embedder, "match")
    return embedder


def hung(embedder: fakes.FakeEmbedder, seed: int, **fields: object) -> Artwork:
    """A work with a painted landscape, its derivatives and its vectors."""
    work = factories.a_work(**fields)
    image = ingest.add(work, ingest.NewPicture(jpeg(pictures.landscape(seed)), f"{seed}.jpg"))
    original = storage.original(image.sha256, image.extension)
    derivatives.make(original, storage.derivatives(image.sha256), storage.SIDES_PX)
    factories.note_derivatives(image, StepState.DONE)
    canvas = decoding.canvas_of(pictures.landscape(seed), embedder.canvases)
    for lens in ("look", "match"):
        store.put_all(fakes.opened(embedder, lens), [image.pk], fakes.vectors(embedder, [canvas], lens))
    return work


def on_a_wall(*seeds: int) -> bytes:
    """A photograph of landscapes side by side on a grey wall."""
    wall = Image.new("RGB", (700 * len(seeds), 560), (205, 203, 198))
    for place, seed in enumerate(seeds):
        wall.paste(pictures.landscape(seed), (110 + 700 * place, 100))
    return jpeg(wall)


def found_by(client: Client, rung: list[str], embedder: fakes.FakeEmbedder, photograph: bytes):
    answer = send(client, photograph)
    answering.answer(rung[-1], lambda _: embedder)
    return client.get(answer.url)


def test_a_photographed_work_is_recognised_and_outlined(client: Client, media: Path, rung: list[str], embedder):
    work, other = hung(embedder, 3, title="The Hill"), hung(embedder, 4)

    page = found_by(client, rung, embedder, on_a_wall(3))

    assert "This work is in the collection" in page.text
    assert 'This is <a href="' + work.get_absolute_url() in page.text
    assert "<polygon" in page.text
    assert works_of(page) == [other]
    corners = np.array([pair.split(",") for pair in page.context["photograph"].places[0].points.split()], float)
    expected = np.array([(110, 100), (110, 460), (590, 460), (590, 100)])
    width_px = page.context["photograph"].size_px[0]
    assert np.abs(corners - expected * width_px / 700).max() < 12


def test_the_api_names_recognised_works_with_their_outlines(client: Client, media: Path, rung: list[str], embedder):
    work = hung(embedder, 3)
    page = found_by(client, rung, embedder, on_a_wall(3))
    token = page.request["PATH_INFO"].rstrip("/").rpartition("/")[2]

    (one,) = client.get(f"/api/v1/search/picture/{token}").json()["recognised"]

    assert one["artwork"]["id"] == work.pk
    assert np.abs(np.array(one["outline"][0]) - (110 / 700, 100 / 560)).max() < 0.03


def test_two_works_on_one_wall_are_found_each_with_its_crop(client: Client, media: Path, rung: list[str], embedder):
    works = {hung(embedder, 3), hung(embedder, 4)}

    page = found_by(client, rung, embedder, on_a_wall(3, 4))

    assert "Two works found in your photograph" in page.text
    assert set(page.context["photograph"].recognised) == works
    assert page.text.count('class="found__crop"') == 2


@pytest.mark.parametrize(
    ("recognised", "heading"),
    [
        ((True,), "This work is in the collection"),
        ((True, True), "Two works found in your photograph"),
        ((True, False), "Two works in your photograph, one recognised"),
        ((False, False, False), "Three works in your photograph, none recognised"),
    ],
)
def test_the_heading_says_how_many_of_several_works_are_recognised(recognised: tuple[bool, ...], heading: str):
    image = factories.an_image()
    places = [found_works.Place(1, "", "", image if each else None, [image]) for each in recognised]

    assert found_works.Photograph((480, 320), places).heading == heading


def test_a_photograph_of_an_absent_work_is_not_answered_as_if_it_were_here(
    client: Client, media: Path, rung: list[str], embedder
):
    work = hung(embedder, 3)

    page = found_by(client, rung, embedder, on_a_wall(9))

    assert "This is" not in page.text
    assert "was not recognised as a work of the collection" in page.text
    assert works_of(page) == [work]


def test_a_work_that_a_visitor_may_not_see_is_not_recognised_for_her(
    client: Client, media: Path, rung: list[str], embedder
):
    draft = hung(embedder, 3, is_published=False)

    page = found_by(client, rung, embedder, on_a_wall(3))

    assert page.context["photograph"] is None
    assert draft.get_absolute_url() not in page.text


def test_its_curator_gets_a_draft_recognised_and_others_with_the_address_do_not(
    client: Client, media: Path, rung: list[str], embedder
):
    draft = hung(embedder, 3, is_published=False)
    curator = Client()
    curator.force_login(factories.a_user(curates=draft.collection))

    page = found_by(curator, rung, embedder, on_a_wall(3))
    seen_by_others = client.get(page.request["PATH_INFO"])

    assert page.context["photograph"].recognised == [draft]
    assert draft.get_absolute_url() not in seen_by_others.text


def test_the_small_copy_is_sent_to_whoever_has_the_address_and_stored_by_nobody(
    client: Client, media: Path, rung: list[str], embedder
):
    hung(embedder, 3)
    page = found_by(client, rung, embedder, on_a_wall(3))

    copy = client.get(f"{page.request['PATH_INFO']}picture.webp")

    assert copy["Content-Type"] == "image/webp"
    assert "no-store" in copy["Cache-Control"]
    assert copy.content[8:12] == b"WEBP"
    assert client.get("/search/picture/abcdefghijklmnopqrstuv/picture.webp").status_code == 404


def test_a_picture_whose_smaller_copies_are_missing_is_never_said_to_be_recognised(
    client: Client, media: Path, rung: list[str], embedder
):
    work = hung(embedder, 5)
    for path in storage.derivatives(work.images.get().sha256).glob("480.*"):
        path.unlink()

    page = found_by(client, rung, embedder, on_a_wall(5))

    assert "This is" not in page.text
    assert works_of(page) == [work]
