"""A photograph is searched for the works of a small collection, with a plain descriptor in place of a network."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pytest
from PIL import Image

from similarity.vision.identification import search
from similarity.vision.identification.search import FeaturesOf
from similarity.vision.local_features import features
from similarity.vision.local_features.features import Features
from tests import pictures
from tests.similarity.vision.identification import scenes

LEFT = [(50, 150), (50, 390), (350, 390), (350, 150)]
RIGHT = [(420, 140), (420, 400), (720, 400), (720, 140)]


class Collection:
    """Pictures compared by their colours in 8 x 8 cells: the whole picture counts, as with a network."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self.pictures = {seed: pictures.landscape(seed) for seed in seeds}
        self.vectors = np.stack([self.described(picture) for picture in self.pictures.values()])

    def described(self, picture: Image.Image) -> np.ndarray:
        vector = np.asarray(picture.resize((8, 8), reducing_gap=2.0), np.float32).ravel()
        vector -= vector.mean()
        return vector / np.linalg.norm(vector)

    def nearest(self, views: Sequence[Image.Image]) -> list[Mapping[int, float]]:
        cosines = np.stack([self.described(view) for view in views]) @ self.vectors.T
        return [dict(zip(self.pictures, map(float, row), strict=True)) for row in cosines]

    def features_of(self, keys: Sequence[int]) -> Iterator[tuple[int, Features]]:
        return ((key, features.extract(self.pictures[key])) for key in keys)


class Clock:
    """Seconds that pass only while features are taken: two for each picture."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.taken: list[int] = []

    def __call__(self) -> float:
        return self.now_s

    def slowed(self, features_of: FeaturesOf[int]) -> FeaturesOf[int]:
        def slowly(keys: Sequence[int]) -> Iterator[tuple[int, Features]]:
            for key, found in features_of(keys):
                self.taken.append(key)
                self.now_s += 2.0
                yield key, found

        return slowly


@pytest.fixture(scope="module")
def collection() -> Collection:
    return Collection(range(30))


def test_two_works_in_a_photograph_are_two_answers_each_with_its_place(collection: Collection):
    photograph = scenes.hung([(pictures.landscape(3), LEFT), (pictures.landscape(17), RIGHT)])

    found = search.find(photograph, collection.nearest, collection.features_of)

    by_key = {work.identified: work for work in found}
    assert by_key.keys() == {3, 17}
    assert np.abs(by_key[3].corners - scenes.shares(LEFT)).max() < 0.01
    assert np.abs(by_key[17].corners - scenes.shares(RIGHT)).max() < 0.01


def test_a_work_that_is_not_in_the_collection_is_not_recognised(collection: Collection):
    photograph = scenes.hung([(pictures.landscape(99), LEFT), (pictures.landscape(17), RIGHT)])

    found = search.find(photograph, collection.nearest, collection.features_of)

    assert [work.identified for work in found] == [17, None]
    assert len(found[1].candidates) >= 5


def test_a_photograph_that_is_all_one_unknown_work_is_one_work(collection: Collection):
    found = search.find(pictures.landscape(99), collection.nearest, collection.features_of)

    assert [work.identified for work in found] == [None]


def test_works_that_touch_are_found_one_after_the_other(collection: Collection):
    touching = [(352, 150), (352, 390), (652, 390), (652, 150)]
    photograph = scenes.hung([(pictures.landscape(4), LEFT), (pictures.landscape(5), touching)])

    found = search.find(photograph, collection.nearest, collection.features_of)

    assert {work.identified for work in found} == {4, 5}


def test_a_wall_without_a_work_is_not_recognised(collection: Collection):
    found = search.find(scenes.noisy(scenes.hung([])), collection.nearest, collection.features_of)

    assert [work.identified for work in found] == [None]


def test_pictures_that_cannot_be_read_are_no_answers_but_stop_nothing(collection: Collection):
    photograph = scenes.hung([(pictures.landscape(3), LEFT)])

    found = search.find(photograph, collection.nearest, lambda keys: [])

    assert all(work.identified is None for work in found)


def test_an_empty_collection_has_no_answers():
    (work,) = search.find(pictures.landscape(1), lambda views: [{} for _ in views], lambda keys: [])

    assert work.candidates == ()
    assert work.identified is None


def test_no_further_picture_is_verified_once_the_time_is_over(collection: Collection):
    clock = Clock()

    (work,) = search.find(
        pictures.landscape(99), collection.nearest, clock.slowed(collection.features_of), budget_s=5.0, clock=clock
    )

    assert len(clock.taken) == 3  # begun at 0, 2 and 4 s
    assert len(work.candidates) == 30  # what was not verified still looks alike


def test_what_was_recognised_in_time_stays_recognised(collection: Collection):
    clock = Clock()
    photograph = scenes.hung([(pictures.landscape(3), LEFT), (pictures.landscape(17), RIGHT)])

    found = search.find(photograph, collection.nearest, clock.slowed(collection.features_of), budget_s=1e9, clock=clock)
    needed = len(clock.taken)
    shorter = Clock()
    fewer = search.find(
        photograph,
        collection.nearest,
        shorter.slowed(collection.features_of),
        budget_s=2.0 * (clock.taken.index(3) + 1),
        clock=shorter,
    )

    assert {work.identified for work in found} == {3, 17}
    assert fewer[0].identified == 3
    assert len(shorter.taken) < needed


def test_without_time_nothing_is_verified_and_the_nearest_pictures_are_the_answer(collection: Collection):
    clock = Clock()

    (work,) = search.find(
        pictures.landscape(3), collection.nearest, clock.slowed(collection.features_of), budget_s=0.0, clock=clock
    )

    assert clock.taken == []
    assert work.identified is None
    assert work.candidates[0].key == 3


@pytest.mark.parametrize("photograph", [Image.new("RGB", (768, 576), "grey"), Image.new("RGB", (12, 12), "grey")])
def test_a_photograph_without_local_features_takes_no_picture(collection: Collection, photograph: Image.Image):
    clock = Clock()
    views = iter(range(9))

    found = search.find(
        photograph,
        lambda seen: [{next(views): 0.5} for _ in seen],
        clock.slowed(collection.features_of),
        clock=clock,
    )

    assert clock.taken == []
    assert [work.identified for work in found] == [None]
