"""A blend of lenses ranks works by the shares of its lenses, and shows only works that the user may see."""

import re

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser

from collection.models import Artwork, Collection
from similarity.index import percentiles, store
from similarity.models import Space
from similarity.neighbours import similar_works
from tests import factories, fakes
from tests.similarity.placed_works import a_work_seen, see, works_of

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
    """Spread the reference quantiles of a space evenly between two distances."""
    space.quantiles = np.linspace(low, high, percentiles.STEPS + 1).tolist()
    space.save()


def test_a_work_that_is_near_in_both_lenses_leads_a_blend_though_it_leads_neither(opened, collection, work):
    by_look = a_work_seen(opened, collection, 0.1, 2.0)
    by_colour = a_work_seen(opened, collection, 2.0, 0.1)
    by_both = a_work_seen(opened, collection, 0.3, 0.3)

    def first(**blend: float) -> Artwork:
        return works_of(similar_works.similar(work, AnonymousUser(), blend=blend))[0]

    assert first(look=100) == by_look
    assert first(colour=100) == by_colour
    assert first(look=50, colour=50) == by_both


def test_the_order_follows_the_shares_whatever_they_add_up_to(opened, collection, work):
    by_look = a_work_seen(opened, collection, 0.1, 1.0)
    by_colour = a_work_seen(opened, collection, 1.0, 0.1)

    for scale in (1, 10):
        mostly_look = similar_works.similar(work, AnonymousUser(), blend={"look": 7 * scale, "colour": 3 * scale})
        mostly_colour = similar_works.similar(work, AnonymousUser(), blend={"look": 3 * scale, "colour": 7 * scale})
        assert works_of(mostly_look) == [by_look, by_colour]
        assert works_of(mostly_colour) == [by_colour, by_look]


def test_a_lens_of_small_distances_weighs_as_much_as_one_of_large(opened, collection, work):
    """By plain sums the colours would not count: all of them lie within a hundredth of each other."""
    by_look = a_work_seen(opened, collection, 0.5, 0.14)
    by_colour = a_work_seen(opened, collection, 0.6, 0.01)
    calibrate(opened["look"], 0.0, 2.0)
    calibrate(opened["colour"], 0.0, 0.01)

    found = similar_works.similar(work, AnonymousUser(), blend=EVEN)

    assert works_of(found) == [by_colour, by_look]


def test_unpublished_works_and_other_collections_are_in_no_blend(opened, collection, work):
    a_work_seen(opened, collection, 0.1, 0.1, is_published=False)
    a_work_seen(opened, factories.a_collection(is_public=False), 0.1, 0.1)
    elsewhere = a_work_seen(opened, factories.a_collection(), 0.1, 0.1)
    here = a_work_seen(opened, collection, 0.4, 0.4)

    assert works_of(similar_works.similar(work, AnonymousUser(), blend=EVEN)) == [elsewhere, here]
    assert works_of(similar_works.similar(work, AnonymousUser(), blend=EVEN, collection=collection)) == [here]


def test_each_work_of_a_blend_has_a_percentile_for_every_lens(opened, collection, work):
    a_work_seen(opened, collection, 0.0, np.pi / 2)
    calibrate(opened["look"], 0.0, 2.0)
    calibrate(opened["colour"], 0.0, 2.0)

    (found,) = similar_works.similar(work, AnonymousUser(), blend=EVEN) or []

    assert found.by_lens == pytest.approx({"look": 100, "colour": 50}, abs=0.2)
    assert found.combined == pytest.approx(97.8, abs=1)  # half of no pair and half of every second one
    assert re.fullmatch(r"Together 9\d\.\d\s%: look 99\.9\s%, colour 50\.0\s%", found.caption)


def test_the_percentages_under_the_works_of_a_blend_explain_their_order(opened, collection, work):
    """Looks lie far apart, the nearest most of all, and colours close together: distances would follow the look."""
    steps = np.linspace(0, 1, percentiles.STEPS + 1)
    opened["look"].quantiles = (0.2 + 0.8 * steps**0.2).tolist()
    opened["colour"].quantiles = (0.2 * steps**2).tolist()
    for space in opened.values():
        space.save()

    def nearer_than(look: float, colour: float) -> Artwork:
        shares = {"look": 1 - look / 100, "colour": 1 - colour / 100}
        distances = [np.interp(shares[lens], steps, space.quantiles) for lens, space in opened.items()]
        return a_work_seen(opened, collection, *np.arccos(1 - np.array(distances)))

    in_look = nearer_than(look=99.45, colour=89.65)
    in_both = nearer_than(look=99.15, colour=99.65)

    found = similar_works.similar(work, AnonymousUser(), blend=EVEN) or []

    assert works_of(found) == [in_both, in_look]
    assert [one.combined for one in found] == pytest.approx([99.5, 97.7], abs=0.15)


def test_a_blend_s_percentage_lies_between_those_of_its_lenses_and_falls_down_the_list(opened, collection, work):
    for space in opened.values():
        calibrate(space, 0.0, 1.0)
    rng = np.random.default_rng(2)
    for _ in range(12):
        a_work_seen(opened, collection, *rng.uniform(0.05, 1.4, 2))

    found = similar_works.similar(work, AnonymousUser(), blend={"look": 70, "colour": 30}) or []

    combined = [one.combined for one in found]
    assert combined == sorted(combined, reverse=True)
    for one in found:
        assert min(one.by_lens.values()) - 0.1 <= one.combined <= max(one.by_lens.values()) + 0.1


def test_without_reference_quantiles_a_blend_has_an_order_and_no_percentages(opened, collection, work):
    a_work_seen(opened, collection, 0.1, 0.2)
    calibrate(opened["look"], 0.0, 2.0)

    (found,) = similar_works.similar(work, AnonymousUser(), blend=EVEN) or []

    assert found.combined is None
    assert found.caption.startswith("Look 99")


def test_a_picture_without_a_vector_in_one_lens_ranks_between_near_and_far_ones(opened, collection, work):
    near = a_work_seen(opened, collection, 0.2, 0.1)
    unseen = a_work_seen(opened, collection, 0.2)
    far = a_work_seen(opened, collection, 0.2, 2.0)
    for space in opened.values():
        calibrate(space, 0.0, 1.0)

    found = similar_works.similar(work, AnonymousUser(), blend=EVEN)

    assert works_of(found) == [near, unseen, far]
    assert (found or [])[1].by_lens["colour"] is None


def test_one_view_of_a_work_must_be_near_in_both_lenses_not_two_views_in_one_each(opened, collection, work):
    halves = factories.a_work(collection)
    see(opened, factories.an_image(halves), 0.0, 1.5)
    see(opened, factories.an_image(halves), 1.5, 0.0)
    whole = a_work_seen(opened, collection, 0.5, 0.5)

    assert works_of(similar_works.similar(work, AnonymousUser(), blend=EVEN)) == [whole, halves]


def test_a_work_without_any_vector_has_no_blend(opened, collection):
    work = factories.an_image(factories.a_work(collection)).artwork

    assert similar_works.similar(work, AnonymousUser(), blend=EVEN) is None


@pytest.mark.parametrize("lenses", [("look",), ("look", "colour")])
def test_of_several_views_of_the_query_the_nearest_counts(opened, collection, lenses):
    near_first = a_work_seen(opened, collection, 0.1, 0.1)
    near_second = a_work_seen(opened, collection, 1.5, 1.5)
    far = a_work_seen(opened, collection, 0.7, 0.7)
    views = np.zeros((2, 512), np.float32)
    views[0, 0], views[1, 1] = 1, 1  # at 0 and at a right angle

    found = similar_works.nearest([similar_works.Query(opened[lens], views) for lens in lenses], AnonymousUser(), 3)

    assert works_of(found) == [near_second, near_first, far]


def test_exact_distances_are_those_of_the_vectors(opened, collection):
    works = [a_work_seen(opened, collection, angle, 0.0) for angle in (0.0, 0.5, 1.0)]
    images = [work.images.get().pk for work in works]
    view = np.zeros((1, 512), np.float32)
    view[0, 0] = 1

    found = store.distances(opened["look"], view, similar_works.admitted(AnonymousUser()))

    by_image = {n.image_id: n.distance for n in found}
    assert [by_image[pk] for pk in images] == pytest.approx(1 - np.cos([0.0, 0.5, 1.0]), abs=2e-3)


def test_equally_near_works_cause_no_division_by_zero(opened, collection, work):
    twins = [a_work_seen(opened, collection, 0.2, 0.2) for _ in range(2)]

    assert works_of(similar_works.similar(work, AnonymousUser(), blend=EVEN)) == twins
