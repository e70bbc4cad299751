"""A work that hangs on a wall in a picture has a vector of its own, by which its original is found."""

from pathlib import Path

import pytest

from collection import ingest
from collection.models import ArtworkImage
from similarity.embedding import pipeline
from similarity.index import query_filters, store
from similarity.models import Region, Space, SpaceState
from similarity.vision.lenses import REGIONS
from tests import factories, fakes, pictures, walls
from tests.walls import Hung

pytestmark = pytest.mark.django_db

SEEDS = range(1, 9)


def added(data: bytes, name: str) -> ArtworkImage:
    return factories.add_picture(factories.a_work(), ingest.NewPicture(data, name))


def photograph(seed: int) -> bytes:
    return pictures.packed(walls.photograph([Hung(seed, (390, 290), (330, 250))]), "PNG")


def test_the_original_of_a_work_on_a_wall_is_the_nearest_picture(media: Path):
    embedder = fakes.WindowedEmbedder()
    space = fakes.opened(embedder, REGIONS)
    originals = {seed: added(factories.painted(seed), f"{seed}.jpg") for seed in SEEDS}
    on_wall = added(photograph(5), "wall.png")

    pipeline.run([embedder])

    regions = store.regions_of(space, [on_wall.pk])[on_wall.pk]
    by_windows = store.nearest_to_regions(space, regions[: fakes.PARTS - 1], 9)
    found = [one for one in store.nearest_to_regions(space, regions, 9) if one.image_id != on_wall.pk]
    assert len(regions) == fakes.PARTS
    assert found[0].image_id == originals[5].pk
    assert found[0].distance < 0.5 * min(one.distance for one in by_windows if one.image_id == originals[5].pk)


def test_a_photograph_of_a_wall_is_found_by_an_original_that_is_added_later(media: Path):
    embedder = fakes.WindowedEmbedder()
    space = fakes.opened(embedder, REGIONS)
    on_wall = {seed: added(photograph(seed), f"wall {seed}.png") for seed in (3, 5, 7)}
    original = added(factories.painted(5), "5.jpg")

    pipeline.run([embedder])

    whole = store.vectors_of(space, [original.pk])[original.pk]
    found = store.nearest_by_regions(space, whole, 3, query_filters.without_works([original.artwork_id]))
    assert found[0].image_id == on_wall[5].pk


def test_a_picture_that_shows_no_wall_has_windows_only(media: Path):
    embedder = fakes.WindowedEmbedder()
    space = fakes.opened(embedder, REGIONS)
    image = added(factories.painted(5), "5.jpg")

    pipeline.run([embedder])

    assert set(Region.objects.filter(space=space, image=image).values_list("part", flat=True)) == set(
        range(1, fakes.PARTS)
    )


def test_while_a_projection_is_fitted_works_on_walls_are_left_out(media: Path):
    embedder = fakes.WindowedEmbedder()
    fakes.opened(embedder, REGIONS)
    space = Space.objects.get(lens=REGIONS, state=SpaceState.FITTING)
    added(photograph(5), "wall.png")

    pipeline.run([embedder])

    assert space.samples.count() == 1
    assert not Region.objects.filter(space=space).exists()
