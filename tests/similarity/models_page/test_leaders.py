"""What is said to be best, and how surely, is no more than the intervals bear out."""

from similarity.evaluation.reports import leaders
from similarity.evaluation.reports.leaders import Share


def test_one_that_did_best_is_said_to_be_clearly_better_only_where_intervals_lie_apart():
    shares = [Share("b", 0.6, (0.5, 0.7), 100), Share("a", 0.8, (0.7, 0.9), 100), Share("c", 0.5, (0.4, 0.69), 100)]

    found = leaders.lead(shares)

    assert found.best == "a"
    assert "b (60" in found.not_clearly_worse
    assert "c with 50" in found.clearly_worse
    assert "30 points behind" in found.clearly_worse


def test_how_far_others_are_behind_is_the_difference_of_the_numbers_that_are_shown():
    best = Share("a", 0.997, (0.995, 0.999), 1_000)

    ten = leaders.lead([best, Share("b", 0.89, (0.88, 0.9), 1_000)])
    one = leaders.lead([best, Share("b", 0.98, (0.975, 0.985), 1_000)])

    assert ten.share == "99\N{NO-BREAK SPACE}%"
    assert ten.clearly_worse.endswith("b with 89\N{NO-BREAK SPACE}%, 10 points behind.")
    assert one.clearly_worse.endswith("1 point behind.")


def test_an_interval_without_width_is_not_taken_for_certainty():
    never_wrong, once_wrong = Share("a", 1.0, (1.0, 1.0), 30), Share("b", 0.93, (0.85, 0.98), 30)

    found = leaders.lead([never_wrong, once_wrong])

    assert found.clearly_worse == ""
    assert "b (93" in found.not_clearly_worse


def test_each_is_as_unsure_as_its_own_works_leave_it():
    best = Share("a", 0.9, (0.7, 0.95), 1_000)

    found = leaders.lead([best, Share("b", 0.0, (0.0, 0.0), 4), Share("c", 0.0, (0.0, 0.0), 1_000)])

    assert "b (0" in found.not_clearly_worse
    assert "c with 0" in found.clearly_worse


def test_what_was_measured_on_other_data_is_neither_beaten_nor_level_and_is_said_to_be_so():
    ours = [Share("a", 0.8, (0.7, 0.9), 100, "many"), Share("b", 0.3, (0.2, 0.4), 100, "many")]
    level, behind = Share("c", 0.79, (0.7, 0.9), 20, "few"), Share("d", 0.1, (0.0, 0.2), 30, "others")

    found = leaders.lead([*ours, level, behind])

    assert found.best == "a"
    assert "b with 30" in found.clearly_worse
    assert found.not_clearly_worse == ""
    assert found.not_compared.replace("\N{NO-BREAK SPACE}", " ") == (
        "Measured on other data and therefore not compared: c (79 %), d (10 %)."
    )


def test_one_that_was_tried_on_a_handful_of_works_does_not_lead_those_that_had_hundreds():
    handful = Share("a", 1.0, (1.0, 1.0), 5, "few")
    hundreds = [Share("b", 0.8, (0.7, 0.9), 300, "many"), Share("c", 0.7, (0.6, 0.8), 300, "many")]

    assert leaders.lead([handful, *hundreds]).best == "b"
    assert leaders.lead([handful, hundreds[0]]).best == "b"


def test_without_intervals_nobody_is_clearly_worse():
    found = leaders.lead([Share("a", 0.9, None, 50), Share("b", 0.1, None, 50)])

    assert (found.clearly_worse, found.certainty) == ("", "measured without an interval")


def test_one_alone_has_no_rivals_and_none_has_no_lead():
    assert not leaders.lead([Share("a", 0.9, (0.8, 1.0), 30)]).has_rivals
    assert leaders.lead([]) is None


def test_of_many_that_are_as_good_three_are_named_and_the_rest_counted():
    level = [Share(str(place), 0.5, (0.4, 0.6), 100) for place in range(6)]

    assert leaders.lead(level).not_clearly_worse.endswith("and 2 more.")


def test_the_hardest_are_those_of_which_least_was_found():
    shares = [("Mirrored", 0.9), ("Blurred", 1.0), ("Cropped", 0.1), ("Grainy", 0.3), ("Turned", 0.4)]

    assert leaders.hardest(shares).replace("\N{NO-BREAK SPACE}", " ") == "cropped (10 %), grainy (30 %), turned (40 %)"
    assert leaders.hardest([("Blurred", 1.0)]) == ""
