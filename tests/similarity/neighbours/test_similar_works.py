"""Similar works are visible to the user, come once each without the work itself, and have percentiles."""

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser

from collection.models import Artwork
from similarity.duplicates.review import verdicts
from similarity.index import percentiles
from similarity.models import CuratedNeighbour, DuplicatePair, Metric, Space, Verdict
from similarity.neighbours import similar_works
from similarity.spaces import lifecycle
from tests import factories, fakes
from tests.similarity.placed_works import a_work_seen, embedded_work, least_like, see, works_of

pytestmark = pytest.mark.django_db


def test_similar_works_come_nearest_first_without_the_work_itself():
    collection = factories.a_collection()
    work, far, near = (embedded_work(collection, angle) for angle in (0.0, 1.0, 0.2))

    found = similar_works.similar(work, AnonymousUser())

    assert works_of(found) == [near, far]


def test_a_work_without_a_vector_gives_none_rather_than_an_empty_list():
    work = factories.a_work()

    assert similar_works.similar(work, AnonymousUser()) is None


def test_unpublished_works_and_closed_collections_are_listed_for_their_curators_only():
    collection, closed = factories.a_collection(), factories.a_collection(is_public=False)
    work = embedded_work(collection, 0.0)
    draft = embedded_work(collection, 0.1, is_published=False)
    embedded_work(closed, 0.2)
    curator = factories.a_user(curates=collection)

    assert works_of(similar_works.similar(work, AnonymousUser())) == []
    assert works_of(similar_works.similar(work, factories.a_user())) == []
    assert works_of(similar_works.similar(work, curator)) == [draft]


def test_the_list_is_that_of_the_chosen_view_once_it_has_a_vector():
    collection = factories.a_collection()
    work, like_the_front, like_the_back = (embedded_work(collection, angle) for angle in (0.0, 0.3, 1.2))
    back, detail = factories.an_image(work), factories.an_image(work)
    see({"look": fakes.opened(fakes.FakeEmbedder())}, back, 1.5)

    def first(view: object) -> tuple[Artwork, int | None]:
        (query,) = similar_works.queries_of(work, similar_works.DEFAULT_BLEND, lifecycle.live_spaces(), str(view))
        return similar_works.nearest([query], AnonymousUser(), 1, but=work)[0].work, query.image_id

    front = work.images.order_by("position")[0].pk
    assert first(back.pk) == (like_the_back, back.pk)
    assert first(front) == (like_the_front, front)
    for elsewhere in ("", detail.pk, like_the_back.images.get().pk, "nonsense"):
        assert first(elsewhere) == (like_the_front, front)


def test_the_list_can_be_limited_to_one_collection():
    here, there = factories.a_collection(), factories.a_collection()
    work, other = embedded_work(here, 0.0), embedded_work(here, 0.5)
    embedded_work(there, 0.1)

    assert works_of(similar_works.similar(work, AnonymousUser(), collection=here)) == [other]


def test_the_least_alike_comes_first_among_the_dissimilar():
    collection = factories.a_collection()
    work, near, opposite = (embedded_work(collection, angle) for angle in (0.0, 0.3, 3.0))

    assert works_of(least_like(work)) == [opposite, near]


@pytest.mark.parametrize("metric", Metric)
def test_the_dissimilar_are_as_far_as_they_would_be_among_the_similar_in_any_metric(metric: str):
    collection, space = factories.a_collection(), fakes.opened(fakes.FakeEmbedder())
    width = {Metric.COSINE: (0.0, 2.0), Metric.L2: (0.0, 2.0), Metric.INNER_PRODUCT: (-1.0, 1.0)}[metric]
    Space.objects.filter(pk=space.pk).update(
        metric=metric, quantiles=np.linspace(*width, percentiles.STEPS + 1).tolist()
    )
    space.refresh_from_db()
    work, *_ = [a_work_seen({"look": space}, collection, angle) for angle in (0.0, 0.4, 1.5, 3.0)]

    near, far = similar_works.similar(work, AnonymousUser()), least_like(work)

    assert near
    assert far
    assert works_of(far) == works_of(near)[::-1]
    assert [one.closer_than for one in far] == pytest.approx([one.closer_than for one in near[::-1]], abs=0.2)


def pair(one: Artwork, other: Artwork, **fields: object) -> DuplicatePair:
    low, high = sorted((one.images.get(), other.images.get()), key=lambda image: image.pk)
    return DuplicatePair.objects.create(low=low, high=high, **fields)


def test_copies_are_left_out_until_a_reviewer_says_that_they_are_none(settings):
    collection = factories.a_collection()
    work, copy, alike, other = (embedded_work(collection, angle) for angle in (0.0, 0.1, 0.2, 0.3))
    suggested = pair(copy, work, suggested=Verdict.DUPLICATE)
    pair(alike, work, suggested=Verdict.SIMILAR)

    before = works_of(similar_works.similar(work, AnonymousUser()))
    from_the_copy = works_of(similar_works.similar(copy, AnonymousUser()))
    settings.KINDRED_HIDE_COPIES = False
    unhidden = works_of(similar_works.similar(work, AnonymousUser()))
    settings.KINDRED_HIDE_COPIES = True
    verdicts.decide(suggested.pk, Verdict.UNRELATED, factories.a_user(is_superuser=True))
    after = works_of(similar_works.similar(work, AnonymousUser()))

    assert (before, from_the_copy) == ([alike, other], [alike, other])
    assert unhidden == after == [copy, alike, other]


def test_works_that_share_a_placeholder_are_not_hidden_from_each_other_unless_they_are_decided_copies():
    collection = factories.a_collection()
    work, alike, decided = (embedded_work(collection, angle) for angle in (0.0, 0.1, 0.3))
    for other in (alike, decided):
        shared = pair(other, work, suggested=Verdict.DUPLICATE, is_identical=True, stands_for_many=True)
    verdicts.decide(shared.pk, Verdict.DUPLICATE, factories.a_user(is_superuser=True))

    assert works_of(similar_works.similar(work, AnonymousUser())) == [alike]
    assert works_of(similar_works.similar(alike, AnonymousUser())) == [work, decided]


def test_a_copy_that_a_curator_pinned_is_shown():
    collection = factories.a_collection()
    work, copy = (embedded_work(collection, angle) for angle in (0.0, 0.1))
    pair(work, copy, suggested=Verdict.DUPLICATE)
    CuratedNeighbour.objects.create(work=work, neighbour=copy, kind=CuratedNeighbour.Kind.PIN)

    assert works_of(similar_works.similar(work, AnonymousUser())) == [copy]
