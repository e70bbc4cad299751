"""The measures are those of the textbooks, on cases worked out by hand."""

import json
from pathlib import Path

import pytest

from similarity import evaluation
from similarity.evaluation import Query
from tests import factories, fakes


@pytest.mark.parametrize(
    ("relevance", "expected"),
    [
        ([True, False, False], 1.0),
        ([False, True, False], 1 / 2),
        ([True, False, True], (1 / 1 + 2 / 3) / 2),
        ([False, False, True, True], (1 / 3 + 2 / 4) / 2),
    ],
)
def test_average_precision_of_one_ranking(relevance: list[bool], expected: float):
    assert evaluation.average_precision(relevance) == pytest.approx(expected)


def test_scores_are_means_over_the_queries():
    queries = [Query("q1", frozenset({"a"})), Query("q2", frozenset({"b", "g"}))]
    rankings = [list("abcdefg"), list("acdebfg")]

    scores = evaluation.score(queries, rankings)

    assert scores.queries == 2
    assert scores.p_at_1 == pytest.approx(1 / 2)
    assert scores.recall_at_5 == pytest.approx((1 + 1 / 2) / 2)
    assert scores.mean_ap == pytest.approx((1 + (1 / 5 + 2 / 7) / 2) / 2)


def test_queries_of_works_that_are_not_there_do_not_count(tmp_path: Path):
    for seed in (5, 23, 42):
        (tmp_path / f"{seed}.jpg").write_bytes(factories.painted(seed))
    truth = evaluation.GroundTruth(
        ["5.jpg", "23.jpg"],
        {
            "set": [
                Query("5.jpg", frozenset({"5.jpg"})),
                Query("42.jpg", frozenset()),
                Query("42.jpg", frozenset({"x"})),
            ]
        },
    )

    (scores,) = evaluation.evaluate(truth, tmp_path, fakes.FakeEmbedder()).values()

    assert scores == evaluation.Scores(1, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("text", ["", "[]", '{"database": []}', '{"database": [], "queries": {"set": [{"file": 1}]}}'])
def test_a_file_that_is_no_ground_truth_is_refused_with_what_it_should_be(tmp_path: Path, text: str):
    (tmp_path / "truth.json").write_text(text)

    with pytest.raises(evaluation.GroundTruthError, match="no ground truth"):
        evaluation.read(tmp_path / "truth.json")


def test_a_ground_truth_is_read_as_the_contract_has_it(tmp_path: Path):
    told = {"database": ["a.jpg"], "queries": {"easy": [{"file": "q.jpg", "matches": ["a.jpg"]}]}}
    (tmp_path / "truth.json").write_text(json.dumps(told))

    truth = evaluation.read(tmp_path / "truth.json")

    assert truth.queries["easy"] == [Query("q.jpg", frozenset({"a.jpg"}))]
