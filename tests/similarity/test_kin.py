"""Who is shown as kin to whom: visible works, each once, never the work itself; scores as percentiles."""

from collections.abc import Mapping

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser

from collection.models import Artwork, ArtworkImage, Collection
from similarity.index import percentiles, store
from similarity.models import Metric, Space
from similarity.neighbours import similar_works
from similarity.spaces import lifecycle
from tests import factories, fakes

pytestmark = pytest.mark.django_db


def embedded_work(collection: Collection, angle: float, **fields: object) -> Artwork:
    """A work whose vector lies at an angle in the first two dimensions: nearness is nearness of angles."""
    return a_work_seen({"look": fakes.opened(fakes.FakeEmbedder())}, collection, angle, **fields)


def a_work_seen(opened: Mapping[str, Space], collection: Collection, *angles: float, **fields: object) -> Artwork:
    """A work whose vector lies at an angle in each of the spaces, by lens, in their order."""
    work = factories.a_work(collection, **fields)
    see(opened, factories.an_image(work), *angles)
    return work


def see(opened: Mapping[str, Space], image: ArtworkImage, *angles: float) -> None:
    for space, angle in zip(opened.values(), angles, strict=False):
        vector = np.zeros((1, space.dimensions), np.float32)
        vector[0, :2] = np.cos(angle), np.sin(angle)
        store.put_all(space, [image.pk], vector)


def works_of(found: list[similar_works.SimilarWork] | None) -> list[Artwork]:
    return [one.work for one in found or []]


def least_like(work: Artwork) -> list[similar_works.SimilarWork]:
    (query,) = similar_works.queries_of(work, similar_works.DEFAULT_BLEND, lifecycle.live_spaces())
    return similar_works.farthest(query, AnonymousUser(), 12, but=work)


def test_similar_works_come_nearest_first_without_the_work_itself():
    collection = factories.a_collection()
    work, far, near = (embedded_work(collection, angle) for angle in (0.0, 1.0, 0.2))

    found = similar_works.similar(work, AnonymousUser())

    assert works_of(found) == [near, far]


def test_a_work_not_embedded_yet_has_no_answer_rather_than_an_empty_one():
    work = factories.a_work()

    assert similar_works.similar(work, AnonymousUser()) is None


def test_unpublished_works_and_closed_collections_are_kin_to_nobody_outside():
    collection, closed = factories.a_collection(), factories.a_collection(is_public=False)
    work = embedded_work(collection, 0.0)
    draft = embedded_work(collection, 0.1, is_published=False)
    embedded_work(closed, 0.2)
    curator = factories.a_user(curates=collection)

    assert works_of(similar_works.similar(work, AnonymousUser())) == []
    assert works_of(similar_works.similar(work, factories.a_user())) == []
    assert works_of(similar_works.similar(work, curator)) == [draft]


def test_kin_are_those_of_the_view_that_is_asked_about_once_it_is_embedded():
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


def test_kin_can_be_kept_to_one_collection():
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


def test_a_percentile_says_how_many_random_pairs_are_farther_apart():
    quantiles = [step / percentiles.STEPS for step in range(percentiles.STEPS + 1)]  # distances 0..1, evenly

    assert percentiles.closer_than(0.25, quantiles) == pytest.approx(75, abs=0.2)
    assert percentiles.closer_than(0.25, quantiles, views=3) == pytest.approx(
        100 * 0.75**3, abs=0.6
    )  # the best of three
    assert percentiles.closer_than(2.0, quantiles) == 0
    assert percentiles.closer_than(-0.1, quantiles) == 100
    assert percentiles.closer_than(0.1, []) is None


@pytest.mark.parametrize("metric", ["cosine", "l2", "inner_product"])
def test_measured_quantiles_are_those_of_all_pairs(metric: str):
    vectors = np.random.default_rng(3).standard_normal((40, 16)).astype(np.float32)

    quantiles = percentiles.measure(vectors, metric)

    assert len(quantiles) == percentiles.STEPS + 1
    assert quantiles == sorted(quantiles)
    middle = percentiles.closer_than(quantiles[500], quantiles)
    assert middle == pytest.approx(50, abs=0.2)


def test_a_space_is_calibrated_once_enough_pictures_are_there_and_again_when_it_has_grown():
    collection = factories.a_collection()
    space = fakes.opened(fakes.FakeEmbedder())
    for number in range(percentiles.LEAST_PICTURES):
        embedded_work(collection, number / 7)

    lifecycle.calibrate(space)
    space.refresh_from_db()

    assert space.calibrated_on == percentiles.LEAST_PICTURES
    assert len(space.quantiles) == percentiles.STEPS + 1
