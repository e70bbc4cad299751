"""Names of alterations for people."""

from similarity.evaluation import alteration_names
from similarity.vision.copies.copy_alterations import ALTERATIONS, FURTHER


def test_every_alteration_has_a_name_of_its_own():
    every = ALTERATIONS | FURTHER
    assert alteration_names.IN_WORDS.keys() == every.keys()
    assert len(set(alteration_names.IN_WORDS.values())) == len(every)


def test_an_alteration_of_an_older_release_keeps_its_short_name():
    assert alteration_names.alteration("melted") == "melted"
