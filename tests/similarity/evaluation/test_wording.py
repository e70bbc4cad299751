"""Names of alterations for people."""

from similarity.evaluation import alteration_names
from similarity.vision.copies.copy_alterations import ALTERATIONS, FURTHER


def test_every_alteration_has_a_name_of_its_own():
    every = ALTERATIONS | FURTHER
    assert alteration_names.IN_WORDS.keys() == every.keys()
    assert len(set(alteration_names.IN_WORDS.values())) == len(every)


def test_the_name_of_every_crop_says_what_share_of_the_area_is_left():
    crops = {
        name: crop.keywords["percent"] for name, crop in (ALTERATIONS | FURTHER).items() if name.startswith("crop-")
    }

    for name, percent_of_each_side in crops.items():
        left = (1 - percent_of_each_side / 100) ** 2
        assert alteration_names.alteration(name) == f"Cropped to {100 * left:.0f} % of the area"


def test_an_alteration_of_an_older_release_keeps_its_short_name():
    assert alteration_names.alteration("melted") == "melted"
