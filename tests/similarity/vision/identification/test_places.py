"""Several pictures against one photograph."""

import numpy as np
from PIL import Image, ImageDraw

from similarity.vision.identification import places
from similarity.vision.local_features import features
from tests import pictures
from tests.similarity.vision.identification import scenes

LEFT = [(40, 150), (40, 390), (360, 390), (360, 150)]
RIGHT = [(410, 150), (410, 390), (730, 390), (730, 150)]


def second_version(picture: Image.Image) -> Image.Image:
    """The same composition with a few figures more."""
    other = picture.copy()
    draw = ImageDraw.Draw(other)
    for x, y, shade in ((60, 80, 200), (180, 240, 30), (330, 60, 120), (400, 280, 240)):
        draw.polygon([(x, y), (x + 50, y + 12), (x + 25, y + 60)], fill=(shade, 90, 255 - shade))
    return other


def test_two_versions_of_one_composition_side_by_side_are_each_found_where_they_hang():
    first = pictures.landscape(11)
    second = second_version(first)
    photograph = features.extract(scenes.hung([(first, LEFT), (second, RIGHT)]))
    collection = {"second": features.extract(second), "first": features.extract(first)}

    found = places.verify_all(photograph, collection.items(), {})

    assert np.abs(found["first"].outline - scenes.shares(LEFT)).max() < 0.02
    assert np.abs(found["second"].outline - scenes.shares(RIGHT)).max() < 0.02


def test_two_pictures_of_one_work_are_both_found_where_it_hangs():
    work = pictures.landscape(12)
    photograph = features.extract(scenes.hung([(work, LEFT)]))
    collection = {"photo": features.extract(work), "dim photo": features.extract(work.point(lambda level: level // 2))}

    found = places.verify_all(photograph, collection.items(), {})

    assert all(one.is_same for one in found.values())


def test_earlier_verifications_are_kept():
    work, other = pictures.landscape(13), pictures.landscape(14)
    photograph = features.extract(scenes.hung([(work, LEFT), (other, RIGHT)]))
    before = places.verify_all(photograph, [("work", features.extract(work))], {})

    found = places.verify_all(photograph, [("other", features.extract(other))], before)

    assert found["work"] is before["work"]
    assert found["other"].is_same


def test_features_inside_an_outline_are_left_out_and_no_others():
    photograph = features.extract(scenes.hung([(pictures.landscape(1), LEFT), (pictures.landscape(2), RIGHT)]))

    rest = places.without(photograph, [scenes.shares(LEFT).astype(np.float32)])

    on_the_left = (photograph.points > (40, 150)).all(axis=1) & (photograph.points < (360, 390)).all(axis=1)
    assert on_the_left.sum() > 20
    assert len(rest.points) == len(photograph.points) - on_the_left.sum()
