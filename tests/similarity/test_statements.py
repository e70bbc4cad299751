"""A statement that was written for one filter and filled for another is the one that Django writes for that other."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from django.db.models import Q

from collection.models import Artwork, Collection
from similarity.index import statements, store
from similarity.models import Space

SEEN = Q(image__artwork__is_published=True, image__artwork__collection__is_public=True)


def of_site(space: Space, vector: np.ndarray, among: Q) -> tuple[str, list]:
    sql, parameters = store.statement(space, vector, 10, among)
    return sql, read(parameters)


def by_django(space: Space, vector: np.ndarray, among: Q) -> tuple[str, list]:
    sql, parameters = store.first(store.query(space, vector, among), 10).query.sql_with_params()
    return sql, read(parameters)


def read(parameters: Sequence[Any]) -> list:
    """With vectors as numbers, since these may be written in several ways."""
    return [json.loads(each) if str(each).startswith("[") else each for each in parameters]


def filters(one: int, other: int) -> list[Q]:
    return [
        Q(),
        SEEN,
        SEEN & ~Q(image__artwork=Artwork(pk=one)),
        SEEN & Q(image__artwork__collection=Collection(pk=one)) & ~Q(image__artwork=Artwork(pk=other)),
        SEEN | Q(image__artwork__collection__slug="prints"),
        Q(image__artwork__collection_id=one) | ~(Q(image_id__gt=other) & Q(image__position=0)),
        Q(image_id__in=[one, other]),
        Q(image__artwork__collection__in=Collection.objects.filter(curators=one).values("pk")),
        ~Q(image__artwork__collection=other) & Q(image_id=one),
    ]


@pytest.mark.parametrize("number", range(len(filters(1, 2))))
def test_a_filter_of_a_known_form_gets_the_statement_that_django_writes(number: int):
    space, vector = Space(pk=3, metric="cosine", dimensions=4), np.array([1, -2, 0.5, 3], np.float32)
    of_site(space, -vector, filters(5, 6)[number])

    for one, other in ((7, 8), (8, 7), (9, 9), (3, 10)):
        among = filters(one, other)[number]
        assert of_site(space, vector, among) == by_django(space, vector, among)


def test_truths_and_texts_belong_to_the_form():
    published, hidden = (Q(image__artwork__is_published=value) for value in (True, False))

    assert statements.parse(published) != statements.parse(hidden)


def test_a_filter_with_a_query_in_it_has_no_form():
    own = Q(image__artwork__collection__in=Collection.objects.values("pk"))

    with pytest.raises(statements.UnknownFormError):
        statements.parse(own)


def test_a_vector_is_written_in_digits_enough_to_tell_all_halves_apart():
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)]

    written = np.array(json.loads(store.text_of(halves.astype(np.float32))), np.float16)

    assert np.array_equal(written, halves)
