"""Search by a picture that is not kept: a token, an answer after a moment, and then nothing."""

import base64
import json
import pickle
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape
from PIL import Image

from collection import imaging
from collection.models import Artwork, ArtworkImage
from similarity import index, picture_answers, picture_search, short_term, tasks
from similarity.models import Space, SpaceState
from similarity.vision.backbones import UnknownBackboneError
from similarity.vision.weights import WeightsError
from tests import factories, fakes, pictures, walls
from tests.walls import Hung

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_waits() -> None:
    with short_term.connect() as redis:
        redis.delete(picture_search.QUEUE)


@pytest.fixture
def rung(monkeypatch) -> list[str]:
    """The tokens that workers were asked about."""
    asked: list[str] = []
    monkeypatch.setattr(tasks.embed_picture, "apply_async", lambda args, **_: asked.append(args[0]))
    return asked


LENSES = ("look", "colour")


@pytest.fixture
def embedder() -> fakes.FakeEmbedder:
    """With a live space for each of its lenses."""
    embedder = fakes.FakeEmbedder(lenses=LENSES)
    for lens in LENSES:
        fakes.opened(embedder, lens)
    return embedder


@pytest.fixture
def hang(embedder: fakes.FakeEmbedder):
    """Puts a painted work into the index of every lens."""

    def hang(seed: int, **fields: object) -> Artwork:
        work = factories.a_work(**fields)
        image = factories.an_image(work)
        for lens in LENSES:
            vectors = fakes.vectors(embedder, [square_of(factories.painted(seed))], lens)
            index.put_all(fakes.opened(embedder, lens), [image.pk], vectors)
        embedder.seen = 0
        return work

    return hang


def square_of(data: bytes) -> np.ndarray:
    from similarity.vision import decoding

    return decoding.read(data, fakes.FakeEmbedder.side_px).square


def send(client: Client, data: bytes, name: str = "mine.jpg", **fields: object):
    return client.post("/search/picture/", {"picture": SimpleUploadedFile(name, data, "image/jpeg"), **fields})


def send_by_htmx(client: Client, data: bytes, *, page: str = "http://testserver/search/picture/", **fields: object):
    headers = {"HX-Request": "true", "HX-Target": "answer", "HX-Current-URL": page}
    picture = SimpleUploadedFile("mine.jpg", data, "image/jpeg")
    return client.post("/search/picture/", {"picture": picture, **fields}, headers=headers)


def works_of(page) -> list[Artwork]:
    return [one.work for one in page.context["kin"]]


def jpeg(picture: Image.Image) -> bytes:
    return pictures.packed(picture, "JPEG", quality=90)


def test_the_nearest_works_are_shown_once_a_worker_has_answered(client: Client, rung: list[str], embedder, hang):
    other, same = hang(42), hang(5)

    answer = send(client, factories.painted(5))
    waiting = client.get(answer.url)
    picture_search.answer(rung[0], lambda _: embedder)
    page = client.get(answer.url)

    assert "Looking at your picture" in waiting.text
    assert works_of(page) == [same, other]


def test_drafts_are_not_found_by_their_picture(client: Client, rung: list[str], embedder, hang):
    hang(5, is_published=False)

    answer = send(client, factories.painted(5))
    picture_search.answer(rung[0], lambda _: embedder)

    assert client.get(answer.url).context["kin"] == []


def test_nothing_of_the_picture_is_kept(client: Client, rung: list[str], media: Path, embedder):
    send(client, factories.painted(5))
    picture_search.answer(rung[0], lambda _: embedder)

    assert not ArtworkImage.objects.exists()
    assert list(media.iterdir()) == []
    with short_term.connect() as redis:
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
    with short_term.connect() as redis:
        redis.delete(picture_search.QUEUE)


def test_a_picture_is_described_once_for_all_lenses_and_shown_through_each(
    client: Client, rung: list[str], embedder, hang
):
    hang(42), hang(5)

    answer = send(client, factories.painted(5))
    picture_search.answer(rung[0], lambda _: embedder)
    page, other = client.get(answer.url), client.get(f"{answer.url}?lens=colour")

    views, *_ = {len(rows) for rows in picture_search.look_up(rung[0]).vectors.values()}
    assert embedder.seen <= 1 + 4
    assert [tab.lens.name for tab in page.context["tabs"] if tab.is_chosen] == ["look"]
    assert [tab.lens.name for tab in other.context["tabs"] if tab.is_chosen] == ["colour"]
    assert len(works_of(other)) == 2
    assert views >= 1


def test_a_blend_of_lenses_may_be_asked_for_and_an_unknown_lens_may_not(
    client: Client, rung: list[str], embedder, hang
):
    hang(42), hang(5)

    answer = send(client, factories.painted(5))
    picture_search.answer(rung[0], lambda _: embedder)

    assert len(works_of(client.get(f"{answer.url}?look=70&colour=30"))) == 2
    assert client.get(f"{answer.url}?lens=sound").status_code == 404


def test_a_work_is_found_by_a_photograph_of_the_wall_it_hangs_on(client: Client, rung: list[str], embedder, hang):
    works = {seed: hang(seed) for seed in range(1, 9)}
    photograph = walls.photograph([Hung(5, (240, 220), (340, 264), 6)])

    answer = send(client, jpeg(photograph))
    picture_search.answer(rung[0], lambda _: embedder)

    assert works_of(client.get(answer.url))[0] == works[5]


def test_every_lens_sees_the_works_on_the_wall(client: Client, rung: list[str], embedder, hang):
    works = {seed: hang(seed) for seed in range(1, 9)}

    answer = send(client, jpeg(walls.photograph([Hung(5, (240, 220), (340, 264), 6)])))
    picture_search.answer(rung[0], lambda _: embedder)

    assert works_of(client.get(f"{answer.url}?lens=colour"))[0] == works[5]
    assert works_of(client.get(f"{answer.url}?look=50&colour=50"))[0] == works[5]


def test_every_lens_is_taken_of_as_many_views(client: Client, rung: list[str], embedder):
    send(client, jpeg(walls.photograph([Hung(5, (240, 220), (340, 264))])))
    picture_search.answer(rung[0], lambda _: embedder)

    vectors = picture_search.look_up(rung[0]).vectors
    views = {Space.objects.get(pk=space_id).lens: len(rows) for space_id, rows in vectors.items()}
    assert views["look"] == views["colour"] > 1


def test_a_detail_is_searched_by_alone(client: Client, rung: list[str], embedder, hang):
    works = {seed: hang(seed) for seed in range(1, 9)}
    both = Image.new("RGB", (1280, 480))
    both.paste(Image.open(BytesIO(factories.painted(3))), (0, 0))
    both.paste(Image.open(BytesIO(factories.painted(7))), (640, 0))

    left = send(client, jpeg(both), x="0", y="0", width="0.5", height="1")
    right = send(client, jpeg(both), x="0.5", y="0", width="0.5", height="1")
    for token in rung:
        picture_search.answer(token, lambda _: embedder)

    assert works_of(client.get(left.url))[0] == works[3]
    assert works_of(client.get(right.url))[0] == works[7]


@pytest.mark.parametrize(
    ("sides", "sentence"),
    [
        (("0.8", "0", "0.5", "0.5"), "beyond the picture"),
        (("nan", "0", "0.5", "0.5"), "four numbers"),
        (("0", "0", "0", "0"), "too small"),
        (("0", "0", "0.5", ""), "four numbers"),
        (("<b>", "0", "0.5", "1"), "four numbers"),
        (("\0", "0", "0.5", "1"), "four numbers"),
        (("", "", "", "1\0"), "four numbers"),
        (("0", "0", "0.011", "0.011"), "only 8 by 6 pixels"),
    ],
)
def test_a_detail_that_is_none_gets_a_sentence_and_asks_no_worker(
    client: Client, rung: list[str], sides: tuple[str, ...], sentence: str
):
    answer = send(client, factories.painted(5), **dict(zip(("x", "y", "width", "height"), sides, strict=True)))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert rung == []


def test_with_scripts_a_detail_that_is_none_gets_the_same_sentence(client: Client, rung: list[str]):
    answer = send_by_htmx(client, factories.painted(5), x="\0", y="0", width="0.5", height="1")

    assert answer.status_code == 422
    assert "four numbers" in answer.text
    assert rung == []


def test_with_scripts_the_results_come_into_the_page_under_their_own_address(
    client: Client, rung: list[str], embedder, hang
):
    hang(5)

    waiting = send_by_htmx(client, factories.painted(5))
    address = waiting["HX-Push-Url"]
    picture_search.answer(rung[0], lambda _: embedder)
    fragment = client.get(address, headers={"HX-Request": "true", "HX-Target": "answer"})
    back = client.get(address, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert address == f"/search/picture/{rung[0]}/"
    assert f'hx-get="{address}"' in waiting.text
    assert "<html" not in fragment.text
    assert "work-card" in fragment.text
    assert "<html" in back.text


@pytest.mark.parametrize("query", ["?lens=colour", "?look=70&colour=30"])
def test_the_next_search_is_seen_as_the_last_one_was(client: Client, rung: list[str], embedder, hang, query: str):
    hang(5)
    first = f"http://testserver/search/picture/{'t' * 22}/{query}"

    waiting = send_by_htmx(client, factories.painted(5), page=first)
    address = waiting["HX-Push-Url"]
    picture_search.answer(rung[0], lambda _: embedder)
    results = client.get(address, headers={"HX-Request": "true", "HX-Target": "answer"})

    assert address == f"/search/picture/{rung[0]}/{query}"
    assert f'hx-get="{escape(address)}"' in waiting.text
    assert results.context["choice"].query == query
    assert f'href="/search/picture/{escape(query)}">Search by another picture' in results.text


def test_without_scripts_the_lens_is_kept_from_search_to_search(client: Client, rung: list[str], embedder, hang):
    hang(5)
    form = client.get("/search/picture/?lens=colour")

    picture = SimpleUploadedFile("mine.jpg", factories.painted(5), "image/jpeg")
    answer = client.post("/search/picture/?lens=colour", {"picture": picture})
    waiting = client.get(answer.url)
    picture_search.answer(rung[0], lambda _: embedder)
    results = client.get(answer.url).text
    over = client.get("/search/picture/no-such-token/?lens=colour").text

    assert 'action="/search/picture/?lens=colour"' in form.text
    assert answer.url == f"/search/picture/{rung[0]}/?lens=colour"
    assert f'hx-get="{answer.url}"' in waiting.text
    assert 'href="/search/picture/?lens=colour">Search by another picture' in results
    assert 'href="/search/picture/?lens=colour">Search again' in over


def test_nonsense_in_the_address_of_a_search_is_not_handed_on(client: Client, rung: list[str]):
    answer = send_by_htmx(client, factories.painted(5), page="http://testserver/search/picture/?lens=smell&x=<b>")

    assert answer["HX-Push-Url"] == f"/search/picture/{rung[0]}/"


def test_with_scripts_a_refusal_comes_where_the_results_would(client: Client, rung: list[str]):
    answer = send_by_htmx(client, b"Dear museum")

    assert answer.status_code == 422
    assert "not a picture" in answer.text
    assert "<form" not in answer.text


def test_where_a_network_is_missing_its_lenses_are_left_out(client: Client, rung: list[str], embedder, hang, caplog):
    hang(5)
    Space.objects.filter(lens="look").update(weights_digest="lost")

    answer = send(client, factories.painted(5))
    picture_search.answer(rung[0], having_lost("look", embedder))
    page = client.get(answer.url)

    assert [tab.lens.name for tab in page.context["tabs"]] == ["colour"]
    assert len(works_of(page)) == 1
    assert "the file is gone" in caplog.text


@pytest.mark.parametrize("loss", [WeightsError("the file is gone"), UnknownBackboneError("no such network any more")])
def test_where_every_network_is_missing_search_is_being_renewed(client: Client, rung: list[str], embedder, loss):
    answer = send(client, factories.painted(5))
    picture_search.answer(rung[0], having_lost("look colour", embedder, loss))

    assert "Search by picture is being renewed" in client.get(answer.url).text
    assert embedder.seen == 0


def having_lost(lenses: str, embedder: fakes.FakeEmbedder, loss: Exception | None = None):
    def embedder_of(space: Space) -> fakes.FakeEmbedder:
        if space.lens in lenses:
            raise loss or WeightsError("the file is gone")
        return embedder

    return embedder_of


def test_before_the_first_worker_search_is_being_renewed(client: Client, rung: list[str]):
    answer = send(client, factories.painted(5))
    picture_search.answer(rung[0], lambda _: fakes.FakeEmbedder())

    assert "Search by picture is being renewed" in client.get(answer.url).text


def test_results_last_while_their_space_is_kept_and_are_over_when_it_is_retired(
    client: Client, rung: list[str], embedder, hang
):
    work = hang(5)
    answer = send(client, factories.painted(5))
    picture_search.answer(rung[0], lambda _: embedder)

    Space.objects.update(state=SpaceState.KEPT)
    kept = client.get(answer.url)
    Space.objects.update(state=SpaceState.RETIRED)
    retired = client.get(answer.url)

    assert works_of(kept) == [work]
    assert "This search is over" in retired.text


def test_what_lies_in_redis_is_plain_json_and_expires(client: Client, rung: list[str], embedder, hang):
    hang(5)

    send(client, factories.painted(5))
    picture_search.answer(rung[0], lambda _: embedder)

    with short_term.connect() as redis:
        key = f"kindred:search:answer:{rung[0]}"
        text, left_s = redis.get(key), redis.ttl(key)
    fields, answer = json.loads(text), picture_search.look_up(rung[0])
    assert fields["state"] == "ready"
    for space_id, rows in answer.vectors.items():
        numbers = np.frombuffer(base64.b64decode(fields["vectors"][str(space_id)]["numbers"]), "<f4")
        assert np.array_equal(numbers.reshape(rows.shape), rows)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert len(text) < 64 * 1024
    assert 0 < left_s <= picture_search.VECTOR_TTL_S


def test_a_reason_comes_back_as_it_was_given():
    answer = picture_answers.Answer("refused", reason="Größe & «Form»")

    assert picture_answers.from_json(picture_answers.to_json(answer).encode()) == answer


class Trap:
    def __reduce__(self):
        return Path.touch, (Path("sprung"),)


def test_a_pickle_in_redis_runs_nothing(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with short_term.connect() as redis:
        redis.set("kindred:search:answer:trap", pickle.dumps(Trap()), ex=60)

    with pytest.raises(ValueError, match="decode"):
        picture_search.look_up("trap")
    assert list(tmp_path.iterdir()) == []
