"""Nobody reads a code name."""

from similarity.evaluation import wording
from similarity.vision.alterations import ALTERATIONS


def test_every_alteration_has_words_of_its_own():
    assert wording.IN_WORDS.keys() == ALTERATIONS.keys()
    assert len(set(wording.IN_WORDS.values())) == len(ALTERATIONS)


def test_an_alteration_of_earlier_times_is_called_by_its_name():
    assert wording.alteration("melted") == "melted"
