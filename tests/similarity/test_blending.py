"""Several lenses at once: a blend stands between them, weighs as asked, and shows nobody what they may not see."""

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser

from collection.models import Artwork, Collection
from similarity import blending, index, kin, percentiles
from similarity.index import Neighbour
from similarity.models import Space
from tests import factories, fakes
from tests.similarity.test_kin import a_work_seen, see, works_of

pytestmark = pytest.mark.django_db

EVEN = {"look": 50, "colour": 50}


@pytest.fixture
def opened() -> dict[str, Space]:
    embedder = fakes.FakeEmbedder(lenses=("look", "colour"))
    return {lens: fakes.opened(embedder, lens) for lens in ("look", "colour")}


@pytest.fixture
def collection(db) -> Collection:
    return factories.a_collection()


@pytest.fixture
def work(opened, collection) -> Artwork:
    return a_work_seen(opened, collection, 0.0, 0.0)


def calibrate(space: Space, low: float, high: float) -> None:
    """Random pairs lie evenly between two distances."""
    space.quantiles = np.linspace(low, high, percentiles.STEPS + 1).tolist()
    space.save()


def test_what_is_alike_in_both_lenses_leads_a_blend_though_it_leads_neither(opened, collection, work):
    by_look = a_work_seen(opened, collection, 0.1, 2.0)
    by_colour = a_work_seen(opened, collection, 2.0, 0.1)
    by_both = a_work_seen(opened, collection, 0.3, 0.3)

    def first(**blend: float) -> Artwork:
        return works_of(kin.similar(work, AnonymousUser(), blend=blend))[0]

    assert first(look=100) == by_look
    assert first(colour=100) == by_colour
    assert first(look=50, colour=50) == by_both


def test_the_order_follows_the_shares_whatever_they_add_up_to(opened, collection, work):
    by_look = a_work_seen(opened, collection, 0.1, 1.0)
    by_colour = a_work_seen(opened, collection, 1.0, 0.1)

    for scale in (1, 10):
        mostly_look = kin.similar(work, AnonymousUser(), blend={"look": 7 * scale, "colour": 3 * scale})
        mostly_colour = kin.similar(work, AnonymousUser(), blend={"look": 3 * scale, "colour": 7 * scale})
        assert works_of(mostly_look) == [by_look, by_colour]
        assert works_of(mostly_colour) == [by_colour, by_look]


def test_a_lens_of_small_distances_weighs_as_much_as_one_of_large(opened, collection, work):
    """By plain sums the colours would not count: all of them lie within a hundredth of each other."""
    by_look = a_work_seen(opened, collection, 0.5, 0.14)
    by_colour = a_work_seen(opened, collection, 0.6, 0.01)
    calibrate(opened["look"], 0.0, 2.0)
    calibrate(opened["colour"], 0.0, 0.01)

    found = kin.similar(work, AnonymousUser(), blend=EVEN)

    assert works_of(found) == [by_colour, by_look]


def test_unpublished_works_and_other_collections_are_in_no_blend(opened, collection, work):
    a_work_seen(opened, collection, 0.1, 0.1, is_published=False)
    a_work_seen(opened, factories.a_collection(is_public=False), 0.1, 0.1)
    elsewhere = a_work_seen(opened, factories.a_collection(), 0.1, 0.1)
    here = a_work_seen(opened, collection, 0.4, 0.4)

    assert works_of(kin.similar(work, AnonymousUser(), blend=EVEN)) == [elsewhere, here]
    assert works_of(kin.similar(work, AnonymousUser(), blend=EVEN, collection=collection)) == [here]


def test_each_kin_of_a_blend_tells_how_near_it_is_in_every_lens(opened, collection, work):
    a_work_seen(opened, collection, 0.0, np.pi / 2)
    calibrate(opened["look"], 0.0, 2.0)
    calibrate(opened["colour"], 0.0, 2.0)

    (found,) = kin.similar(work, AnonymousUser(), blend=EVEN) or []

    assert found.by_lens == pytest.approx({"look": 100, "colour": 50}, abs=0.2)
    assert found.caption == "Look 99.9\N{NO-BREAK SPACE}%, colour 50.0\N{NO-BREAK SPACE}%"


def test_a_picture_that_one_lens_has_not_seen_stands_between_near_and_far_there(opened, collection, work):
    near = a_work_seen(opened, collection, 0.2, 0.1)
    unseen = a_work_seen(opened, collection, 0.2)
    far = a_work_seen(opened, collection, 0.2, 2.0)
    for space in opened.values():
        calibrate(space, 0.0, 1.0)

    found = kin.similar(work, AnonymousUser(), blend=EVEN)

    assert works_of(found) == [near, unseen, far]
    assert (found or [])[1].by_lens["colour"] is None


def test_one_view_of_a_work_must_be_near_in_both_lenses_not_two_views_in_one_each(opened, collection, work):
    halves = factories.a_work(collection)
    see(opened, factories.an_image(halves), 0.0, 1.5)
    see(opened, factories.an_image(halves), 1.5, 0.0)
    whole = a_work_seen(opened, collection, 0.5, 0.5)

    assert works_of(kin.similar(work, AnonymousUser(), blend=EVEN)) == [whole, halves]


def test_a_work_that_no_lens_has_seen_yet_has_no_blend(opened, collection):
    work = factories.an_image(factories.a_work(collection)).artwork

    assert kin.similar(work, AnonymousUser(), blend=EVEN) is None


@pytest.mark.parametrize("lenses", [("look",), ("look", "colour")])
def test_of_several_views_asked_about_the_nearest_counts(opened, collection, lenses):
    near_first = a_work_seen(opened, collection, 0.1, 0.1)
    near_second = a_work_seen(opened, collection, 1.5, 1.5)
    far = a_work_seen(opened, collection, 0.7, 0.7)
    views = np.zeros((2, 512), np.float32)
    views[0, 0], views[1, 1] = 1, 1  # at 0 and at a right angle

    found = kin.nearest([kin.Probe(opened[lens], views) for lens in lenses], AnonymousUser(), 3)

    assert works_of(found) == [near_second, near_first, far]


def test_exact_distances_are_those_of_the_vectors(opened, collection):
    works = [a_work_seen(opened, collection, angle, 0.0) for angle in (0.0, 0.5, 1.0)]
    images = [work.images.get().pk for work in works]
    view = np.zeros((1, 512), np.float32)
    view[0, 0] = 1

    found = index.distances(opened["look"], view, kin.admitted(AnonymousUser()))

    by_image = {n.image_id: n.distance for n in found}
    assert [by_image[pk] for pk in images] == pytest.approx(1 - np.cos([0.0, 0.5, 1.0]), abs=2e-3)


def test_where_all_are_alike_nothing_is_divided_by_nothing():
    found = [Neighbour(1, 1, 0.5), Neighbour(2, 2, 0.5)]

    assert blending.standardised(Space(), found) == [0.0, 0.0]
