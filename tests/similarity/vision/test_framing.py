"""Works are found on the wall of a photograph; other photographs raise no errors."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from similarity.vision.framing import frames
from tests import cpu_time, factories, pictures, walls
from tests.walls import Hung


def best_overlap(work: Hung, photograph: Image.Image) -> float:
    found = frames.works(photograph)
    return max((walls.overlap(one.corners, work.corners, photograph.size) for one in found), default=0.0)


@pytest.mark.parametrize("degrees", [0, 8, -8])
@pytest.mark.parametrize("size", [(400, 300), (240, 340)])
def test_a_framed_work_on_a_wall_is_found_even_askew(degrees: float, size: tuple[int, int]):
    work = Hung(5, (390, 280), size, degrees)

    assert best_overlap(work, walls.photograph([work])) > 0.8


def test_of_two_works_side_by_side_each_is_found():
    left, right = Hung(5, (190, 280), (280, 360)), Hung(23, (570, 300), (300, 240))
    photograph = walls.photograph([left, right])

    assert best_overlap(left, photograph) > 0.8
    assert best_overlap(right, photograph) > 0.8


def test_a_work_hung_askew_is_cut_out_upright():
    work = Hung(5, (390, 280), (400, 300), 8)
    upright = walls.photograph([Hung(5, (390, 280), (400, 300))]).crop((190, 130, 590, 430))

    whole, first, *_ = frames.views(walls.photograph([work]))

    assert whole.size == (768, 576)
    assert pictures.difference(first.resize((64, 48)), upright.resize((64, 48))) < 12


def test_a_work_in_a_plain_broad_frame_is_also_seen_without_it():
    painting = Image.open(BytesIO(factories.painted(5, (360, 270)))).convert("RGB")
    framed = Image.new("RGB", (460, 370), (92, 60, 34))
    framed.paste(painting, (50, 50))
    wall = Image.new("RGB", (900, 700), (205, 201, 192))
    wall.paste(framed, (220, 160))

    views = frames.views(wall)

    apart = [pictures.difference(one.resize((64, 48)), painting.resize((64, 48))) for one in views]
    assert min(apart) < 12 < apart[1]


def test_the_whole_picture_is_always_the_first_view_and_few_others_follow():
    for seed in range(12):
        picture = Image.open(BytesIO(factories.painted(seed))).convert("RGB")

        first, *others = frames.views(picture)

        assert first is picture
        assert len(others) <= frames.CROPS_LIMIT
        assert all(min(one.size) >= 8 for one in others)


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (1600, 16), (16, 1600), (8, 768), (40, 768), (300, 200)])
@pytest.mark.parametrize("kind", ["flat", "noise", "half"])
def test_flat_noisy_tiny_and_slim_pictures_break_nothing(size: tuple[int, int], kind: str):
    width_px, height_px = size
    pixels = np.full((height_px, width_px, 3), 120, np.uint8)
    if kind == "noise":
        pixels = np.random.default_rng(1).integers(0, 256, pixels.shape, dtype=np.uint8)
    if kind == "half":
        pixels[height_px // 2 :] = 10

    found = frames.views(Image.fromarray(pixels))

    assert found[0].size == size
    assert len(found) <= 1 + frames.CROPS_LIMIT


def test_a_wall_without_a_work_has_only_the_whole_view():
    assert len(frames.views(walls.photograph([]))) == 1


def test_finding_the_works_costs_no_more_than_enlarging_the_photograph_a_few_times():
    photograph = walls.photograph([Hung(5, (190, 280), (280, 360), 8), Hung(23, (570, 300), (300, 240))])
    enlarged = (photograph.width * 2, photograph.height * 2)

    # Measured in turns, so that other programs slow down both alike.
    rounds = range(5)
    costs_s = [(cpu_time.of(frames.views, photograph), cpu_time.of(photograph.resize, enlarged)) for _ in rounds]

    search_s, enlargement_s = map(min, zip(*costs_s, strict=True))
    assert search_s < 8 * enlargement_s  # measured: 3.3 times


def test_a_work_on_a_wall_is_cut_out_without_its_frame():
    original = Image.open(BytesIO(factories.painted(5))).convert("RGB")

    found = frames.on_wall(walls.photograph([Hung(5, (390, 280), (400, 300), 3)]))

    assert found is not None
    assert pictures.difference(found.resize((64, 48)), original.resize((64, 48))) < 20


def test_a_picture_that_fills_its_photograph_has_no_work_on_a_wall():
    assert frames.on_wall(Image.open(BytesIO(factories.painted(5))).convert("RGB")) is None


def test_a_sheet_that_covers_most_of_its_photograph_is_not_a_work_on_a_wall():
    assert frames.on_wall(walls.photograph([Hung(5, (384, 288), (720, 540))])) is None
