"""Search by a picture that is not kept: a token, an answer after a moment, and then nothing."""

import base64
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from collection import imaging
from collection.models import Artwork, ArtworkImage
from similarity import index, picture_search, spaces, tasks
from similarity.models import Space, SpaceState
from tests import factories, fakes, pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_waits() -> None:
    with picture_search.store() as redis:
        redis.delete(picture_search.QUEUE)


@pytest.fixture
def rung(monkeypatch) -> list[str]:
    """The tokens that workers were asked about."""
    asked: list[str] = []
    monkeypatch.setattr(tasks.embed_picture, "apply_async", lambda args, **_: asked.append(args[0]))
    return asked


def indexed(seed: int, **fields: object) -> Artwork:
    embedder = fakes.FakeEmbedder()
    work = factories.a_work(**fields)
    (vector,) = embedder.embed([square_of(factories.painted(seed))])
    index.put_all(spaces.of(embedder.identity), [factories.an_image(work).pk], vector[None])
    return work


def square_of(data: bytes) -> np.ndarray:
    from similarity.vision import decoding

    return decoding.read(data, fakes.FakeEmbedder.side_px).square


def send(client: Client, data: bytes, name: str = "mine.jpg"):
    return client.post("/search/picture/", {"picture": SimpleUploadedFile(name, data, "image/jpeg")})


def work_off(token: str) -> None:
    embedder = fakes.FakeEmbedder()
    picture_search.answer(token, embedder, spaces.of(embedder.identity))


def test_the_nearest_works_are_shown_once_a_worker_has_answered(client: Client, rung: list[str]):
    other, same = indexed(42), indexed(5)

    answer = send(client, factories.painted(5))
    waiting = client.get(answer.url)
    work_off(rung[0])
    page = client.get(answer.url)

    assert "Looking at your picture" in waiting.text
    shown = [one.work for one in page.context["kin"]]
    assert shown == [same, other]


def test_drafts_are_not_found_by_their_picture(client: Client, rung: list[str]):
    indexed(5, is_published=False)

    answer = send(client, factories.painted(5))
    work_off(rung[0])

    assert client.get(answer.url).context["kin"] == []


def test_nothing_of_the_picture_is_kept(client: Client, rung: list[str], media: Path):
    send(client, factories.painted(5))
    work_off(rung[0])

    assert not ArtworkImage.objects.exists()
    assert list(media.iterdir()) == []
    with picture_search.store() as redis:
        assert redis.get(picture_search.picture_key(rung[0])) is None


@pytest.mark.parametrize(("data", "sentence"), [(b"Dear museum", "not a picture"), (b"", "empty"), (b"<svg/>", "SVG")])
def test_what_is_no_picture_gets_a_sentence_and_asks_no_worker(
    client: Client, rung: list[str], data: bytes, sentence: str
):
    answer = send(client, data)

    assert answer.status_code == 422
    assert sentence.lower() in answer.text.lower()
    assert rung == []


def test_a_search_that_is_over_says_so(client: Client):
    page = client.get("/search/picture/no-such-token/")

    assert "This search is over" in page.text


def test_without_redis_the_page_says_that_search_rests(client: Client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = send(client, factories.painted(5))

    assert answer.status_code == 422
    assert "resting" in answer.text


def test_asking_by_get_sends_nothing(client: Client, rung: list[str]):
    assert client.get("/search/picture/").status_code == 200
    assert rung == []


def test_a_crowd_of_searchers_is_asked_to_wait(client: Client, rung: list[str], monkeypatch):
    monkeypatch.setattr(picture_search, "waiting", lambda: picture_search.WAITING_LIMIT)

    answer = send(client, factories.painted(5))

    assert "try again in a minute" in answer.text
    assert rung == []


def test_in_a_crowd_no_picture_is_even_opened(client: Client, monkeypatch):
    monkeypatch.setattr(picture_search, "waiting", lambda: picture_search.WAITING_LIMIT)

    answer = send(client, b"Dear museum")

    assert "try again in a minute" in answer.text


def test_one_picture_at_a_time_is_decoded_and_the_next_visitor_waits_only_so_long(
    client: Client, rung: list[str], monkeypatch
):
    monkeypatch.setattr(picture_search, "TURN_WAIT_S", 0.01)

    with picture_search.turn:
        meanwhile = send(client, factories.painted(5))
    afterwards = send(client, factories.painted(5))

    assert "try again in a minute" in meanwhile.text
    assert afterwards.status_code == 302
    assert len(rung) == 1


def test_a_damaged_picture_gives_its_turn_back(client: Client, rung: list[str], monkeypatch):
    monkeypatch.setattr(picture_search, "TURN_WAIT_S", 0.01)
    whole = factories.painted(5)

    send(client, whole[: len(whole) // 2])

    assert send(client, whole).status_code == 302


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_formats_that_are_slow_to_decode_have_a_tighter_limit(rung: list[str], monkeypatch, kind: str):
    monkeypatch.setattr(picture_search, "COSTLY_PIXELS_MP", 0.005)
    scene = pictures.painted(96, 64)

    with pytest.raises(imaging.TooManyPixels, match=r"96 by 64 pixels.*0\.005 megapixels.*50 megapixels in other"):
        picture_search.ask(pictures.packed(scene, kind))
    picture_search.ask(pictures.packed(scene, "PNG"))

    assert len(rung) == 1


def test_a_photograph_as_phones_take_it_may_be_searched_by():
    assert picture_search.COSTLY_PIXELS_MP * 1_000_000 >= 4032 * 3024


def test_searches_that_wait_are_counted_where_celery_puts_them(client: Client):
    send(client, factories.painted(5))
    send(client, factories.painted(6))

    assert picture_search.waiting() == 2
    with picture_search.store() as redis:
        redis.delete(picture_search.QUEUE)


@pytest.mark.parametrize("state", [SpaceState.BUILDING, SpaceState.RETIRED])
def test_a_worker_of_another_space_than_the_live_one_says_that_search_is_renewed(
    client: Client, rung: list[str], state: SpaceState
):
    spaces.of(fakes.FakeEmbedder().identity)  # the live one
    embedder = fakes.FakeEmbedder(weights="others")
    space = spaces.of(embedder.identity)
    Space.objects.filter(pk=space.pk).update(state=state)

    answer = send(client, factories.painted(5))
    picture_search.answer(rung[0], embedder, space)
    page = client.get(answer.url)

    assert "Search by picture is being renewed" in page.text
    assert page.context["kin"] == []
    assert embedder.seen == 0


def test_what_lies_in_redis_is_plain_json_and_expires(client: Client, rung: list[str]):
    indexed(5)

    send(client, factories.painted(5))
    work_off(rung[0])

    with picture_search.store() as redis:
        key = f"kindred:search:answer:{rung[0]}"
        fields, left_s = json.loads(redis.get(key)), redis.ttl(key)
    answer = picture_search.look_up(rung[0])
    assert np.array_equal(np.frombuffer(base64.b64decode(fields["vector"]), "<f4"), answer.vector)
    assert (fields["state"], fields["space_id"]) == ("ready", answer.space_id)
    assert 0 < left_s <= picture_search.VECTOR_TTL_S


def test_a_reason_comes_back_as_it_was_given():
    answer = picture_search.Answer("refused", reason="Größe & «Form»")

    assert picture_search.from_json(picture_search.to_json(answer).encode()) == answer


class Trap:
    def __reduce__(self):
        return Path.touch, (Path("sprung"),)


def test_a_pickle_in_redis_runs_nothing(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with picture_search.store() as redis:
        redis.set("kindred:search:answer:trap", pickle.dumps(Trap()), ex=60)

    with pytest.raises(ValueError, match="decode"):
        picture_search.look_up("trap")
    assert list(tmp_path.iterdir()) == []
