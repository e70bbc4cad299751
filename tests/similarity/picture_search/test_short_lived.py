"""A searched picture is deleted; the answer stays in Redis for ten minutes, as plain JSON."""

import base64
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from collection.models import ArtworkImage
from similarity.image_query import answering, answers, searches
from similarity.models import Space, SpaceState
from similarity.workers import ephemeral
from tests import factories
from tests.similarity.picture_search.asking import send, works_of

pytestmark = pytest.mark.django_db


def test_nothing_of_the_picture_is_stored(client: Client, messages, media: Path, embedder):
    send(client, factories.painted(5))
    answering.answer(messages[0], lambda _: embedder)

    assert not ArtworkImage.objects.exists()
    assert list(media.iterdir()) == []
    with ephemeral.connect() as redis:
        assert redis.get(searches.picture_key(messages[0])) is None


def test_a_search_that_is_over_says_so(client: Client):
    page = client.get("/search/picture/no-such-token/")

    assert "This search has expired" in page.text


def test_results_last_while_their_space_is_the_previous_one_and_end_when_it_is_retired(
    client: Client, messages, embedder, add_work
):
    work = add_work(5)
    answer = send(client, factories.painted(5))
    answering.answer(messages[0], lambda _: embedder)

    Space.objects.update(state=SpaceState.PREVIOUS)
    previous = client.get(answer.url)
    Space.objects.update(state=SpaceState.RETIRED)
    retired = client.get(answer.url)

    assert works_of(previous) == [work]
    assert "This search has expired" in retired.text


def test_the_answer_in_redis_is_plain_json_and_expires(client: Client, messages, embedder, add_work):
    add_work(5)

    send(client, factories.painted(5))
    answering.answer(messages[0], lambda _: embedder)

    with ephemeral.connect() as redis:
        key = f"kindred:search:answer:{messages[0]}"
        text, left_s = redis.get(key), redis.ttl(key)
    fields, answer = json.loads(text), searches.look_up(messages[0])
    assert fields["state"] == "ready"
    for space_id, rows in answer.vectors.items():
        numbers = np.frombuffer(base64.b64decode(fields["vectors"][str(space_id)]["numbers"]), "<f4")
        assert np.array_equal(numbers.reshape(rows.shape), rows)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert len(text) < 64 * 1024
    assert 0 < left_s <= searches.VECTOR_TTL_S


def test_a_reason_comes_back_as_it_was_given():
    answer = answers.Answer("refused", reason="Größe & «Form»")

    assert answers.from_json(answers.to_json(answer).encode()) == answer


class Trap:
    def __reduce__(self):
        return Path.touch, (Path("sprung"),)


def test_a_pickle_in_redis_runs_nothing(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with ephemeral.connect() as redis:
        redis.set("kindred:search:answer:trap", pickle.dumps(Trap()), ex=60)

    with pytest.raises(ValueError, match="decode"):
        searches.look_up("trap")
    assert list(tmp_path.iterdir()) == []
