"""Neighbours narrowed by facets are the nearest of the works that have them, also where these are few."""

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from collection.models import Artwork, ArtworkImage
from similarity.index import hnsw, store
from similarity.models import CuratedNeighbour, Space
from similarity.neighbours import curated_lists, narrowing, similar_works
from similarity.neighbours.narrowing import Narrow
from tests import factories, fakes
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


def many_works(count: int) -> tuple[Space, np.ndarray]:
    """Rows alone, written in bulk. One work in a hundred is Japanese. The vectors are (count, D) and of length 1."""
    collection = factories.a_collection()
    works = Artwork.objects.bulk_create(
        Artwork(
            collection=collection, accession_number=str(n), is_published=True, is_ready=True,
            culture="Dutch" if n % 100 else "Japanese",
        )
        for n in range(count)
    )  # fmt: skip
    images = ArtworkImage.objects.bulk_create(
        ArtworkImage(
            artwork=work, collection=collection, sha256=f"{n:064x}", pixel_digest=f"{n:064x}", format="JPEG",
            extension="jpg", size_bytes=1, width_px=1, height_px=1, is_ready=True,
        )
        for n, work in enumerate(works)
    )  # fmt: skip
    space = fakes.opened(fakes.FakeEmbedder())
    vectors = np.random.default_rng(1).standard_normal((count, space.dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {space.index_name}")  # made anew in a fraction of the time that filling it takes
        store.put_all(space, [image.pk for image in images], vectors)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else an index can't be made yet
        hnsw.create(space)
    return space, vectors


def test_a_facet_that_one_work_in_a_hundred_has_gives_exactly_the_nearest_of_these():
    space, vectors = many_works(1_500)
    with connection.cursor() as cursor:  # so that the index is asked first, as among a million
        cursor.execute("ANALYZE; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")

    found = similar_works.nearest(
        [similar_works.Query(space, vectors[7:8])], VISITOR, 10, narrow={"culture": "Japanese"}
    )

    ranked = sorted(range(0, 1_500, 100), key=lambda n: -float(vectors[n] @ vectors[7]))
    assert [one.work.accession_number for one in found] == [str(n) for n in ranked[:10]]


def found_with(narrow: Narrow, *, user: object = VISITOR) -> list[str]:
    work = Artwork.objects.get(title="Asked")
    queries = similar_works.queries_of(work, similar_works.DEFAULT_BLEND, [fakes.opened(fakes.FakeEmbedder())])
    curation = curated_lists.curation_of(work)
    return [one.work.title for one in similar_works.curated(work, curation, queries, user, 12, narrow=narrow)]


@pytest.mark.parametrize(
    ("narrow", "titles"),
    [
        ({}, ["Wave", "Bowl", "Mask"]),
        ({"culture": "Japanese"}, ["Wave", "Mask"]),
        ({"culture": "Japanese", "classification": "Print"}, ["Wave"]),
        ({"medium": "clay"}, ["Bowl"]),
        ({"century": "19"}, ["Wave"]),
        ({"century": "-3"}, ["Bowl"]),
        ({"maker": "known"}, ["Wave"]),
        ({"department": "Asia"}, []),
    ],
)
def test_only_works_with_all_facets_are_listed_nearest_first(narrow: Narrow, titles: list[str]):
    collection = factories.a_collection()
    embedded_work(collection, 0.0, title="Asked")
    embedded_work(
        collection, 0.1, title="Wave", culture="Japanese", classification="Print", year_start=1831, creators=["Hokusai"]
    )
    embedded_work(collection, 0.2, title="Bowl", culture="Greek", medium="clay", year_start=-250, year_end=-210)
    embedded_work(collection, 0.3, title="Mask", culture="Japanese", classification="Sculpture")

    assert found_with(narrow) == titles


def test_works_that_a_visitor_may_not_see_never_appear_however_the_list_is_narrowed():
    collection, closed = factories.a_collection(), factories.a_collection(is_public=False)
    embedded_work(collection, 0.0, title="Asked")
    embedded_work(collection, 0.1, title="Draft", culture="Japanese", is_published=False)
    embedded_work(closed, 0.2, title="Closed", culture="Japanese")
    kept = embedded_work(collection, 0.3, title="Kept", culture="Japanese")
    embedded_work(collection, 0.1, title="Merged", culture="Japanese", merged_into=kept)

    assert found_with({"culture": "Japanese"}) == ["Kept"]
    assert found_with({"culture": "Japanese"}, user=factories.a_user(curates=collection)) == ["Draft", "Kept"]


def test_a_pinned_work_without_the_facet_gives_way():
    collection = factories.a_collection()
    work = embedded_work(collection, 0.0, title="Asked")
    pinned = [
        embedded_work(collection, 0.5, title="Pinned", culture="Greek"),
        factories.an_image(factories.a_work(collection, title="Not compared", culture="Greek")).artwork,
    ]
    embedded_work(collection, 0.1, title="Near", culture="Japanese")
    for one in pinned:
        CuratedNeighbour.objects.create(work=work, neighbour=one, kind=CuratedNeighbour.Kind.PIN)

    assert found_with({"culture": "Japanese"}) == ["Near"]
    assert found_with({"culture": "Greek"}) == ["Pinned", "Not compared"]


@pytest.mark.parametrize(
    "fields",
    [
        {"culture": " "}, {"culture": "a\0b"}, {"medium": "x" * 501}, {"century": "0"}, {"century": "soon"},
        {"century": "9" * 30}, {"century": "²"}, {"maker": "unknown"}, {"colour": "30"}, {"department": "\ud800"},
    ],
)  # fmt: skip
def test_nonsense_is_not_read_from_an_address(fields: dict[str, str]):
    assert narrowing.read(fields) == {}
