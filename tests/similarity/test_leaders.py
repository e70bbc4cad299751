"""What is said to be best, and how surely, is no more than the intervals bear out."""

from similarity.charts.intervals import Reading
from similarity.scoreboards import leaders


def test_one_that_did_best_is_said_to_be_surely_better_only_where_intervals_lie_apart():
    readings = [Reading("b", 0.6, (0.5, 0.7)), Reading("a", 0.8, (0.7, 0.9)), Reading("c", 0.5, (0.4, 0.69))]

    found = leaders.lead(readings, works=100)

    assert found.best == "a"
    assert "b (60" in found.as_good
    assert "c with 50" in found.beaten
    assert "30 points behind" in found.beaten


def test_how_far_others_are_behind_is_the_difference_of_the_numbers_that_are_shown():
    best = Reading("a", 0.997, (0.995, 0.999))

    ten = leaders.lead([best, Reading("b", 0.89, (0.88, 0.9))], works=1_000)
    one = leaders.lead([best, Reading("b", 0.98, (0.975, 0.985))], works=1_000)

    assert ten.share == "99\N{NO-BREAK SPACE}%"
    assert ten.beaten.endswith("b with 89\N{NO-BREAK SPACE}%, 10 points behind.")
    assert one.beaten.endswith("1 point behind.")


def test_an_interval_without_width_is_not_taken_for_certainty():
    never_wrong, once_wrong = Reading("a", 1.0, (1.0, 1.0)), Reading("b", 0.93, (0.85, 0.98))

    found = leaders.lead([never_wrong, once_wrong], works=30)

    assert found.beaten == ""
    assert "b (93" in found.as_good


def test_without_intervals_nobody_is_surely_worse():
    found = leaders.lead([Reading("a", 0.9), Reading("b", 0.1)], works=50)

    assert (found.beaten, found.certainty) == ("", "measured without an interval")


def test_one_alone_has_no_rivals_and_none_has_no_lead():
    assert not leaders.lead([Reading("a", 0.9, (0.8, 1.0))], works=30).has_rivals
    assert leaders.lead([], works=0) is None


def test_of_many_that_are_as_good_three_are_named_and_the_rest_counted():
    level = [Reading(str(place), 0.5, (0.4, 0.6)) for place in range(6)]

    assert leaders.lead(level, works=100).as_good.endswith("and 2 more.")


def test_the_hardest_are_those_of_which_least_was_found():
    shares = [("Mirrored", 0.9), ("Blurred", 1.0), ("Cropped", 0.1), ("Grainy", 0.3), ("Turned", 0.4)]

    assert leaders.hardest(shares).replace("\N{NO-BREAK SPACE}", " ") == "cropped (10 %), grainy (30 %), turned (40 %)"
    assert leaders.hardest([("Blurred", 1.0)]) == ""
