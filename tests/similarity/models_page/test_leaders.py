"""Which measurement is called the best, and which others are called clearly worse."""

from similarity.evaluation.reports import leaders
from similarity.evaluation.reports.leaders import Share


def test_others_are_clearly_worse_only_if_the_intervals_do_not_overlap():
    shares = [Share("b", 0.6, (0.5, 0.7), 100), Share("a", 0.8, (0.7, 0.9), 100), Share("c", 0.5, (0.4, 0.69), 100)]

    found = leaders.lead(shares)

    assert found.best == "a"
    assert "b (60" in found.not_clearly_worse
    assert "c with 50" in found.clearly_worse
    assert "30 points behind" in found.clearly_worse


def test_the_gap_is_the_difference_of_the_percentages_that_are_shown():
    best = Share("a", 0.997, (0.995, 0.999), 1_000)

    ten = leaders.lead([best, Share("b", 0.89, (0.88, 0.9), 1_000)])
    one = leaders.lead([best, Share("b", 0.98, (0.975, 0.985), 1_000)])

    assert ten.share == "99\N{NO-BREAK SPACE}%"
    assert ten.clearly_worse.endswith("b with 89\N{NO-BREAK SPACE}%, 10 points behind.")
    assert one.clearly_worse.endswith("1 point behind.")


def test_an_interval_of_zero_width_is_widened():
    never_wrong, once_wrong = Share("a", 1.0, (1.0, 1.0), 30), Share("b", 0.93, (0.85, 0.98), 30)

    found = leaders.lead([never_wrong, once_wrong])

    assert found.clearly_worse == ""
    assert "b (93" in found.not_clearly_worse


def test_the_widening_depends_on_the_number_of_works_of_each():
    best = Share("a", 0.9, (0.7, 0.95), 1_000)

    found = leaders.lead([best, Share("b", 0.0, (0.0, 0.0), 4), Share("c", 0.0, (0.0, 0.0), 1_000)])

    assert "b (0" in found.not_clearly_worse
    assert "c with 0" in found.clearly_worse


def test_shares_on_other_data_are_listed_as_not_compared():
    ours = [Share("a", 0.8, (0.7, 0.9), 100, "many"), Share("b", 0.3, (0.2, 0.4), 100, "many")]
    level, behind = Share("c", 0.79, (0.7, 0.9), 20, "few"), Share("d", 0.1, (0.0, 0.2), 30, "others")

    found = leaders.lead([*ours, level, behind])

    assert found.best == "a"
    assert "b with 30" in found.clearly_worse
    assert found.not_clearly_worse == ""
    assert found.not_compared.replace("\N{NO-BREAK SPACE}", " ") == (
        "Measured on other data and therefore not compared: c (79 %), d (10 %)."
    )


def test_a_share_of_a_handful_of_works_does_not_lead_shares_of_hundreds():
    handful = Share("a", 1.0, (1.0, 1.0), 5, "few")
    hundreds = [Share("b", 0.8, (0.7, 0.9), 300, "many"), Share("c", 0.7, (0.6, 0.8), 300, "many")]

    assert leaders.lead([handful, *hundreds]).best == "b"
    assert leaders.lead([handful, hundreds[0]]).best == "b"


def test_without_intervals_no_share_is_clearly_worse():
    found = leaders.lead([Share("a", 0.9, None, 50), Share("b", 0.1, None, 50)])

    assert (found.clearly_worse, found.certainty) == ("", "measured without an interval")


def test_a_single_share_has_no_rivals_and_without_shares_there_is_no_lead():
    assert not leaders.lead([Share("a", 0.9, (0.8, 1.0), 30)]).has_rivals
    assert leaders.lead([]) is None


def test_three_of_many_overlapping_shares_are_named_and_the_rest_counted():
    shares = [Share(str(number), 0.5, (0.4, 0.6), 100) for number in range(6)]

    assert leaders.lead(shares).not_clearly_worse.endswith("and 2 more.")


def test_the_hardest_are_the_three_lowest_shares_below_1():
    shares = [("Mirrored", 0.9), ("Blurred", 1.0), ("Cropped", 0.1), ("Grainy", 0.3), ("Turned", 0.4)]

    assert leaders.hardest(shares).replace("\N{NO-BREAK SPACE}", " ") == "cropped (10 %), grainy (30 %), turned (40 %)"
    assert leaders.hardest([("Blurred", 1.0)]) == ""
