"""Nobody reads a code name."""

from similarity.evaluation import alteration_names
from similarity.vision.copies.copy_alterations import ALTERATIONS


def test_every_alteration_has_words_of_its_own():
    assert alteration_names.IN_WORDS.keys() == ALTERATIONS.keys()
    assert len(set(alteration_names.IN_WORDS.values())) == len(ALTERATIONS)


def test_an_alteration_of_earlier_times_is_called_by_its_name():
    assert alteration_names.alteration("melted") == "melted"
