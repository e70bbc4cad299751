"""Pictures that a small collection's whitening has not seen: nearer to all, so that their own background tells."""

import datetime as dt

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from collection.models import ArtworkImage
from similarity import index, kin, percentiles, spaces, strangers
from similarity.models import Space
from similarity.vision import projection
from tests import factories, fakes

SHRINKAGE = 0.1


def pictures(count: int, seed: int) -> np.ndarray:
    """(count, 400) raw vectors of length 1 with what pictures have in common, and what is each one's own."""
    rng = np.random.default_rng(seed)
    common = np.random.default_rng(0).standard_normal((12, 400))
    raw = rng.standard_normal((count, 12)) @ common + 2 * rng.standard_normal((count, 400)) + 5
    return (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)


def a_space_fitted_on_few() -> Space:
    space = fakes.opened(fakes.FakeEmbedder())
    space.fitted_at = timezone.now() + dt.timedelta(minutes=1)
    space.quantiles = np.linspace(0.1, 1.0, percentiles.STEPS + 1).tolist()
    space.strange_quantiles = np.linspace(0.0, 0.5, percentiles.STEPS + 1).tolist()
    space.save()
    return space


def a_picture(space: Space, angle: float) -> ArtworkImage:
    """Of a published work, with a vector that far round a circle."""
    image = factories.an_image(factories.a_work(is_published=True))
    vector = np.zeros((1, space.dimensions), np.float32)
    vector[0, :2] = np.cos(angle), np.sin(angle)
    index.put_all(space, [image.pk], vector)
    return image


def test_a_stranger_is_as_near_as_its_likeness_says_and_not_nearer_to_everything():
    raw, later = pictures(100, seed=1), pictures(40, seed=2)
    fitted = projection.fit(raw, 256, SHRINKAGE)
    known, strange = fitted.apply(raw), fitted.apply(later)
    distances = percentiles.between(strange, known, "cosine")

    by_the_known = percentiles.measure(known, "cosine")
    by_strangers = strangers.measure(raw, 256, SHRINKAGE, "cosine")

    medians = [percentiles.closer_than(float(np.median(row)), by_strangers) for row in distances]
    assert np.median(medians) == pytest.approx(50, abs=6)
    twelfth = [float(np.sort(row)[11]) for row in distances]
    assert np.median([percentiles.closer_than(one, by_the_known) for one in twelfth]) > 98
    assert np.median([percentiles.closer_than(one, by_strangers) for one in twelfth]) == pytest.approx(88, abs=5)


def test_where_a_projection_is_fitted_on_many_there_is_one_background():
    assert strangers.measure(pictures(80, seed=1), 20, SHRINKAGE, "cosine") == []


def test_pictures_that_are_all_but_one_alike_have_no_background_of_strangers():
    raw = np.repeat(pictures(1, seed=1), 10, axis=0)
    raw[0] = pictures(1, seed=2)

    assert strangers.measure(raw, 256, SHRINKAGE, "cosine") == []


@pytest.mark.django_db
def test_a_work_that_came_later_does_not_push_aside_what_is_more_alike_among_its_own():
    space = a_space_fitted_on_few()
    asked, alike, stranger = (a_picture(space, angle) for angle in (0.0, 0.5, 0.4))
    ArtworkImage.objects.filter(pk=stranger.pk).update(created_at=timezone.now() + dt.timedelta(hours=1))

    found = kin.similar(asked.artwork, AnonymousUser(), 1) or []
    found_by_it = kin.similar(stranger.artwork, AnonymousUser(), 2) or []

    assert [(one.image, one.closer_than) for one in found] == [(alike, pytest.approx(97.5, abs=0.2))]
    assert [one.closer_than for one in found_by_it] == pytest.approx([99.0, 84.2], abs=0.2)


@pytest.mark.django_db
def test_many_that_came_later_leave_room_for_what_is_as_alike_among_its_own():
    space = a_space_fitted_on_few()
    asked = a_picture(space, 0.0)
    alike = [a_picture(space, angle) for angle in (0.45, 0.5)]
    for step in range(12):  # as near as strangers are to anything
        newcomer = a_picture(space, 0.6 - 0.02 * step)
        ArtworkImage.objects.filter(pk=newcomer.pk).update(created_at=timezone.now() + dt.timedelta(hours=1))

    found = [one.image for one in kin.similar(asked.artwork, AnonymousUser(), 4) or []]
    by_a_visitor = kin.nearest(
        [kin.Probe(space, index.vectors_of(space, [asked.pk])[asked.pk][None])], AnonymousUser(), 20
    )

    assert found[:2] == alike
    assert {*alike, asked} <= {one.image for one in by_a_visitor}


@pytest.mark.django_db
def test_each_kind_of_pair_is_measured_by_itself_once_enough_have_come():
    space = a_space_fitted_on_few()
    spaces.calibrate(space)
    known = [a_picture(space, 1.0 + 0.02 * step) for step in range(25)]
    for step in range(25):
        newcomer = a_picture(space, 0.001 * step)
        ArtworkImage.objects.filter(pk=newcomer.pk).update(created_at=timezone.now() + dt.timedelta(hours=1))

    spaces.calibrate(space)
    space.refresh_from_db()

    middles = [space.background(strange)[percentiles.STEPS // 2] for strange in (0, 1, 2)]
    assert middles == pytest.approx([1 - np.cos(0.14), 1 - np.cos(1.23), 1 - np.cos(0.007)], abs=0.02)
    assert space.calibrated_on == len(known) + 25
