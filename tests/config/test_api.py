"""The JSON API: works, similar works, search by picture, and the document that describes it. No draft is in it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from collection.models import Artwork, ArtworkImage
from similarity.api import Shares
from similarity.image_query import answering
from similarity.models import Space, SpaceState
from similarity.vision.lenses import LENSES
from similarity.workers import task_names
from tests import broker, factories, fakes
from tests.similarity.placed_works import a_work_seen, embedded_work

pytestmark = pytest.mark.django_db


def test_a_blend_may_name_every_lens():
    assert set(Shares.model_fields) == set(LENSES)


def test_works_are_listed_newest_first_in_pages(client: Client):
    collection = factories.a_collection(slug="prints")
    works = [factories.a_work(collection) for _ in range(5)]

    first = client.get("/api/v1/artworks", {"collection": "prints", "limit": 3}).json()
    second = client.get("/api/v1/artworks", {"collection": "prints", "after": first["next_after"]}).json()

    ids = [one["id"] for one in first["items"] + second["items"]]
    assert ids == [work.pk for work in reversed(works)]
    assert second["next_after"] is None


def test_a_work_is_returned_with_all_its_fields(client: Client):
    work = factories.a_work(creators=["Ada Ink", "Ben Brush"], date_display="c. 1912", year_start=1910, year_end=1914)
    image = factories.an_image(work, view_label="front")

    answer = client.get(f"/api/v1/artworks/{work.pk}").json()

    assert answer["creators"] == ["Ada Ink", "Ben Brush"]
    assert (answer["date"], answer["year_start"], answer["year_end"]) == ("c. 1912", 1910, 1914)
    assert answer["images"][0]["url"] == image.large_url
    assert answer["url"] == work.get_absolute_url()


def test_drafts_and_closed_collections_are_in_no_answer(client: Client):
    draft = factories.a_work(is_published=False)
    closed = factories.a_work(factories.a_collection(is_public=False))

    assert client.get("/api/v1/artworks").json()["items"] == []
    for work in (draft, closed):
        assert client.get(f"/api/v1/artworks/{work.pk}").status_code == 404
        assert client.get(f"/api/v1/artworks/{work.pk}/similar").status_code == 404


def test_similar_works_have_a_percentile_and_a_picture(client: Client):
    collection = factories.a_collection()
    work, near = embedded_work(collection, 0.0), embedded_work(collection, 0.2)
    embedded_work(collection, 0.1, is_published=False)

    answer = client.get(f"/api/v1/artworks/{work.pk}/similar", {"k": 5}).json()

    assert [one["artwork"]["id"] for one in answer] == [near.pk]
    assert answer[0]["image"]["id"] == near.images.get().pk
    assert answer[0]["closer_than_percent"] is None  # two works say nothing about random pairs
    assert answer[0]["nearness"] is None


def test_a_picture_that_is_not_ready_is_in_no_answer(client: Client):
    collection = factories.a_collection()
    work, near = embedded_work(collection, 0.0), embedded_work(collection, 0.2)
    waiting = embedded_work(collection, 0.1)
    ArtworkImage.objects.filter(artwork=waiting).update(is_ready=False)
    verso = factories.an_image(near, is_ready=False)

    answer = client.get(f"/api/v1/artworks/{work.pk}/similar").json()

    assert [one["artwork"]["id"] for one in answer] == [near.pk]
    assert verso.pk not in [image["id"] for image in answer[0]["artwork"]["images"]]


@pytest.fixture
def works_by_look_and_colour(db) -> list[Artwork]:
    """Three works: the queried one, one of a similar look, one of a similar colour."""
    embedder = fakes.FakeEmbedder(lenses=("look", "colour"))
    opened = {lens: fakes.opened(embedder, lens) for lens in ("look", "colour")}
    collection = factories.a_collection()
    return [a_work_seen(opened, collection, *angles) for angles in ((0.0, 0.0), (0.1, 1.0), (1.0, 0.1))]


def test_similar_works_are_found_by_a_lens_or_a_blend(client: Client, works_by_look_and_colour):
    work, by_look, by_colour = works_by_look_and_colour

    def first(**parameters: object) -> dict:
        return client.get(f"/api/v1/artworks/{work.pk}/similar", parameters).json()[0]

    assert first()["artwork"]["id"] == by_look.pk
    assert first(lens="colour")["artwork"]["id"] == by_colour.pk
    assert first(look=10, colour=90)["artwork"]["id"] == by_colour.pk
    assert first(look=90, colour=10)["artwork"]["id"] == by_look.pk
    assert set(first(look=90, colour=10)["closer_than_percent_by_lens"]) == {"look", "colour"}


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"lens": "smell"}, 404),
        ({"lens": "texture"}, 404),
        ({"texture": 10}, 404),
        ({"look": 101}, 422),
        ({"look": "nan"}, 422),
        ({"lens": "look", "colour": 10}, 422),
    ],
)
def test_an_unknown_lens_or_an_invalid_share_is_refused(client: Client, works_by_look_and_colour, parameters, status):
    assert client.get(f"/api/v1/artworks/{works_by_look_and_colour[0].pk}/similar", parameters).status_code == status


def test_live_lenses_are_listed_with_what_they_compare(client: Client, works_by_look_and_colour):
    Space.objects.filter(lens="colour").update(state=SpaceState.PREVIOUS)

    assert client.get("/api/v1/lenses").json() == [{"name": "look", "title": "Look", "sees": LENSES["look"].sees}]


def test_every_lens_has_a_share_in_a_blend(client: Client):
    parameters = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/artworks/{work_id}/similar"]["get"]

    assert set(LENSES) <= {one["name"] for one in parameters["parameters"]}


@pytest.mark.parametrize("k", ["0", "101", "many"])
def test_a_number_out_of_range_is_refused(client: Client, k: str):
    work = factories.a_work()

    assert client.get(f"/api/v1/artworks/{work.pk}/similar", {"k": k}).status_code == 422


def test_search_by_picture_answers_with_a_token_and_then_with_works(client: Client):
    broker.clear()
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    work = embedded_work(factories.a_collection(), 0.3)
    picture = SimpleUploadedFile("mine.jpg", factories.painted(5), "image/jpeg")

    accepted = client.post("/api/v1/search/picture", {"picture": picture, "crop": "0.1,0.1,0.5,0.5"})
    token = accepted.json()["token"]
    waiting = client.get(f"/api/v1/search/picture/{token}").json()
    assert broker.waiting() == [(task_names.ANSWER, [])]
    broker.clear()
    answering.answer(token, lambda _: embedder)
    ready = client.get(f"/api/v1/search/picture/{token}", {"lens": "look"}).json()

    assert accepted.status_code == 202
    assert waiting["state"] == "waiting"
    assert (ready["state"], ready["lens"], ready["lenses"]) == ("ready", "look", ["look"])
    assert [one["artwork"]["id"] for one in ready["results"]] == [work.pk]
    assert "look only" in client.get(f"/api/v1/search/picture/{token}", {"lens": "sound"}).json()["detail"]


@pytest.mark.parametrize("crop", ["0.5,0.5,0.6,0.1", "nan,0,1,1", "1,2", "0,0,0,0", "everything"])
def test_an_invalid_detail_is_refused_with_a_sentence(client: Client, crop: str):
    picture = SimpleUploadedFile("mine.jpg", factories.painted(5), "image/jpeg")

    answer = client.post("/api/v1/search/picture", {"picture": picture, "crop": crop})

    assert answer.status_code == 422
    assert "detail" in answer.json()["detail"].lower()


def test_a_file_that_is_no_picture_is_refused_with_a_sentence(client: Client):
    letter = SimpleUploadedFile("mine.jpg", b"Dear museum", "image/jpeg")

    answer = client.post("/api/v1/search/picture", {"picture": letter})

    assert answer.status_code == 422
    assert "picture" in answer.json()["detail"]
    assert client.get("/api/v1/search/picture/nothing").status_code == 404


@pytest.mark.parametrize("token", ["a%00b", "a b", "caf%C3%A9", "x" * 65])
def test_a_token_that_the_site_cannot_have_made_is_not_looked_up(client: Client, settings, tmp_path, token: str):
    settings.REDIS_URL = f"unix://{tmp_path}/gone.sock"  # looking it up would return 503

    answers = [client.get(f"{start}/search/picture/{token}{end}") for start, end in (("/api/v1", ""), ("", "/"))]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert client.get("/api/v1/search/picture/given-out").status_code == 503


@pytest.mark.parametrize("slug", ["\0", "two words", "prints\n"])
def test_a_collection_that_is_no_slug_is_refused(client: Client, slug: str):
    assert client.get("/api/v1/artworks", {"collection": slug}).status_code == 422


def test_the_document_describes_every_address(client: Client):
    document = client.get("/api/v1/openapi.json").json()

    assert set(document["paths"]) == {
        "/api/v1/artworks",
        "/api/v1/artworks/{work_id}",
        "/api/v1/artworks/{work_id}/similar",
        "/api/v1/groups",
        "/api/v1/groups/{number}",
        "/api/v1/lenses",
        "/api/v1/map",
        "/api/v1/outliers",
        "/api/v1/paths/{from_id}/{to_id}",
        "/api/v1/search/picture",
        "/api/v1/search/picture/{token}",
    }
    schema = document["components"]["schemas"]["ArtworkOut"]
    assert "date" in schema["properties"]


def test_a_list_of_similar_works_takes_no_query_per_work(client: Client, django_assert_max_num_queries):
    collection = factories.a_collection()
    works = [embedded_work(collection, number / 10) for number in range(10)]

    with django_assert_max_num_queries(12):
        answer = client.get(f"/api/v1/artworks/{works[0].pk}/similar").json()

    assert len(answer) == 9


def test_every_get_of_the_api_answers_head_with_the_same_headers_and_no_body(client: Client):
    work = factories.a_work()
    paths = [path.replace("{work_id}", str(work.pk)).replace("{token}", "t" * 22) for path in gets(client)]

    for path in [*paths, "/api/v1/openapi.json", "/api/v1/artworks?limit=many"]:
        get, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (get.status_code, b""), path
        assert dict(head.headers) == {"Content-Length": str(len(get.content))} | dict(get.headers), path


def test_head_where_there_is_no_get_is_not_allowed(client: Client):
    assert client.head("/api/v1/search/picture").status_code == 405


def gets(client: Client) -> list[str]:
    """Return the paths of the API that answer GET."""
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    return [path for path, operations in paths.items() if "get" in operations]
