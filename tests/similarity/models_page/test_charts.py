"""Charts put numbers where they belong, and say in words what they draw."""

import pytest

from similarity.evaluation.charts import bars, curves, intervals, lengths, stage_bars
from similarity.evaluation.charts.curves import Series
from similarity.evaluation.charts.intervals import Reading


def test_an_interval_lies_around_its_dot_on_the_axis_from_0_to_1():
    chart = intervals.draw("easy", [Reading("Look, vgg16", 0.5, (0.25, 1.0))])

    (placed,), ticks = chart.rows, {tick.label: tick.at for tick in chart.ticks}
    row = placed.row
    assert (row.dot.low, row.dot.x, row.dot.high) == (ticks["0.25"], ticks["0.5"], ticks["1"])
    assert row.says == "Look, vgg16: 0.50, 95 % interval 0.25–1.00"


def test_a_dot_without_an_interval_claims_none():
    (row,) = (placed.row for placed in intervals.draw("copies", [Reading("Look, vgg16", 0.5)]).rows)

    assert (row.dot.low, row.dot.high) == ("", "")
    assert row.says == "Look, vgg16: 0.50"


def test_longer_words_get_more_room_and_more_rows_more_height():
    small = intervals.draw("a", [Reading("x", 0.5, (0.4, 0.6))])
    large = intervals.draw("b", [Reading("x" * 40, 0.5, (0.4, 0.6))] * 3)

    assert -float(large.left) > 40 * 6
    assert float(large.left) + float(large.width) == pytest.approx(float(small.left) + float(small.width))
    assert float(large.height) > float(small.height)


def test_a_long_label_takes_several_lines_so_that_the_drawing_fits_a_telephone():
    chart = intervals.draw("wide", [Reading("Composition, squeezenet1_0 untrained (whole pictures)", 0.5)])

    (placed,) = chart.rows
    assert [line for _, line in placed.lines] == ["Composition,", "squeezenet1_0", "untrained (whole", "pictures)"]
    assert [float(y) for y, _ in placed.lines] == [-21, -7, 7, 21]
    assert float(chart.width) < 370


def test_bars_count_and_the_greatest_is_the_tallest():
    chart = bars.draw("agreement", "in common", [1, 0, 4])

    heights = [float(bar.height) for bar in chart.bars]
    assert heights == [26.0, 0.0, 104.0]
    assert [float(bar.y) + float(bar.height) for bar in chart.bars] == [chart.bottom] * 3
    assert chart.says == "0: 1; 1: 0; 2: 4"


@pytest.mark.parametrize(("share", "written"), [(1.0, "1.00"), (0.9999, "0.99"), (0.994, "0.99"), (0.0, "0.00")])
def test_only_all_of_them_is_written_as_all(share: float, written: str):
    assert lengths.number(share) == written


def test_a_curve_starts_at_its_first_point_and_keeps_to_the_frame():
    chart = curves.draw("curve", [Series("Look", [(0.0, 1.0), (1.0, 0.0)], "recall 0.9")])

    (line,) = chart.lines
    assert line.path == f"M{chart.left}.0 {chart.top}.0 L{chart.right}.0 {chart.bottom}.0"
    assert line.says == "Look: recall 0.9"
    assert chart.says == "Look: recall 0.9; precision 0.00 at recall 0.5, 0.00 at recall 0.75, 0.00 at recall 0.9"


def test_lines_differ_in_their_style():
    chart = curves.draw("curves", [Series(str(place), [(0, 1)], "") for place in range(8)])

    assert len({line.style for line in chart.lines}) == 8


def test_bars_of_stages_are_to_one_scale_and_in_one_order():
    chart = stage_bars.draw("time", [("a", {"read": 10.0, "network": 30.0}), ("b", {"network": 20.0})])

    first, second = (placed.row for placed in chart.rows)
    assert chart.legend == [("read", 0), ("network", 1)]
    assert [piece.style for piece in second.pieces] == [1]
    assert float(first.pieces[1].width) == pytest.approx(1.5 * float(second.pieces[0].width), abs=0.1)
    assert (first.value, second.value) == ("40.0 ms", "20.0 ms")
    assert float(chart.rows[0].y) < float(chart.rows[1].y)
    assert chart.says == "a: 40.0 ms (read 10.0, network 30.0); b: 20.0 ms (network 20.0)"


def test_nothing_to_draw_is_drawn_as_nothing():
    assert stage_bars.draw("time", []).rows == []
    assert intervals.draw("none", []).rows == []
