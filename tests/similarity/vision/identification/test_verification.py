"""Pictures in photographs are verified at any angle and in any light, with the right outline; others are not."""

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from similarity.vision.identification import verification
from similarity.vision.identification.verification import Verification
from similarity.vision.local_features import features
from tests import pictures
from tests.similarity.vision.identification import scenes

OFF_SHARE = 0.01  # of the photograph's sides by which a corner may be off
SLANTED = [(150, 90), (170, 500), (600, 440), (640, 130)]
UPRIGHT = [(140, 100), (140, 460), (620, 460), (620, 100)]


def verified(photograph: Image.Image, picture: Image.Image) -> Verification:
    return verification.verify(features.extract(photograph), features.extract(picture))


def blue(picture: Image.Image) -> Image.Image:
    return Image.merge(
        "RGB",
        [
            band.point([round(level * share) for level in range(256)])
            for band, share in zip(picture.split(), (0.3, 0.8, 1.0), strict=True)
        ],
    )


@pytest.mark.parametrize(
    "corners",
    [
        UPRIGHT,
        SLANTED,
        scenes.turned((384, 288), (440, 330), 35),
        scenes.turned((384, 288), (440, 330), 90),
        scenes.turned((384, 288), (440, 330), 180),
        scenes.turned((200, 150), (200, 150), -12),
    ],
)
def test_a_picture_is_recognised_at_any_angle_and_its_outline_found(corners: list[tuple[float, float]]):
    picture = pictures.landscape(1)

    found = verified(scenes.noisy(scenes.hung([(picture, corners)])), picture)

    assert found.is_same
    assert np.abs(found.outline - scenes.shares(corners)).max() < OFF_SHARE


@pytest.mark.parametrize(
    "change",
    [
        blue,
        lambda picture: ImageEnhance.Brightness(picture).enhance(0.35),
        lambda picture: ImageEnhance.Contrast(picture).enhance(0.4),
        lambda picture: ImageOps.grayscale(picture).convert("RGB"),
        lambda picture: scenes.noisy(picture, 20),
        scenes.captioned,
        scenes.framed,
    ],
    ids=["blue", "dark", "pale", "grey", "noise", "caption", "frame"],
)
def test_a_picture_is_recognised_in_other_colours_and_light_and_partly_covered(change):
    picture = pictures.landscape(2)

    found = verified(scenes.hung([(change(picture), SLANTED)]), picture)

    assert found.is_same


def test_a_detail_is_recognised_and_the_outline_reaches_beyond_the_photograph():
    picture = pictures.landscape(3)

    found = verified(picture.crop((200, 120, 440, 330)).resize((720, 630)), picture)

    assert found.is_same
    assert found.outline.min() < -0.3
    assert found.outline.max() > 1.1


@pytest.mark.parametrize("seed", range(6))
def test_another_picture_is_not_the_same(seed: int):
    photograph = scenes.hung([(pictures.landscape(seed), SLANTED)])

    found = verified(photograph, pictures.landscape(seed + 20))

    assert not found.is_same
    assert found.outline is None


@pytest.mark.parametrize("dressed", [scenes.captioned, scenes.framed])
def test_pictures_that_share_a_caption_or_a_frame_are_not_the_same(dressed):
    photograph = scenes.hung([(dressed(pictures.landscape(4)), UPRIGHT)])

    found = verified(photograph, dressed(pictures.landscape(5)))

    assert found.inliers >= verification.LEAST_INLIERS  # the caption or the frame itself is found
    assert not found.is_same


def test_two_plain_pictures_that_share_a_caption_are_not_the_same():
    light, dark = Image.new("RGB", (480, 360), (190, 180, 60)), Image.new("RGB", (480, 360), (90, 100, 140))

    found = verified(scenes.hung([(scenes.captioned(light), UPRIGHT)]), scenes.captioned(dark))

    assert not found.is_same


def test_a_wall_that_both_photographs_show_makes_them_not_the_same():
    bricks = pictures.landscape(9).resize(scenes.SIZE_PX)
    walls = []
    for seed in (6, 7):
        wall = bricks.copy()
        wall.paste(pictures.landscape(seed), (144, 108))
        walls.append(wall)

    assert not verified(*walls).is_same


def test_a_mirrored_picture_is_not_the_same():
    picture = pictures.landscape(8)

    assert not verified(scenes.hung([(ImageOps.mirror(picture), UPRIGHT)]), picture).is_same


@pytest.mark.parametrize("size_px", [(1, 1), (15, 400), (480, 360)])
def test_a_flat_picture_has_no_features_and_is_never_the_same(size_px: tuple[int, int]):
    flat = Image.new("RGB", size_px, (120, 80, 60))

    assert len(features.extract(flat).points) == 0
    assert verified(flat, flat) == verification.NOTHING
    assert not verified(flat, pictures.landscape(1)).is_same
    assert not verified(pictures.landscape(1), flat).is_same


def test_features_are_bounded_and_of_length_1():
    busy = np.random.default_rng(1).integers(0, 256, (1000, 1500, 3), dtype=np.uint8)

    found = features.extract(Image.fromarray(busy))

    assert max(found.size_px) == features.SIDE_PX
    assert len(found.points) == features.KEYPOINTS_LIMIT
    assert np.allclose(np.linalg.norm(found.descriptors, axis=1), 1, atol=1e-4)


def test_pale_parts_keep_features_beside_busy_ones():
    points = np.random.default_rng(1).uniform(0, 100, (3000, 2)).astype(np.float32)
    contrasts = np.where(points[:, 0] < 50, 0.1, 0.02).astype(np.float32)

    kept = points[features.strongest(points, contrasts, (100, 100))]

    assert len(kept) == features.KEYPOINTS_LIMIT
    assert (kept[:, 0] >= 50).mean() > 0.4


def test_the_same_input_gives_the_same_answer():
    photograph, picture = scenes.hung([(pictures.landscape(1), SLANTED)]), pictures.landscape(1)

    first, second = verified(photograph, picture), verified(photograph, picture)

    assert first.score == second.score
    assert np.array_equal(first.outline, second.outline)
