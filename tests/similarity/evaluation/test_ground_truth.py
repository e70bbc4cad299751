"""A ground truth is read as its contract has it, or refused."""

import json
from pathlib import Path

import pytest

from similarity.measures import ground_truth
from similarity.measures.ground_truth import GroundTruth, GroundTruthError, Query


@pytest.mark.parametrize("text", ["", "[]", '{"database": []}', '{"database": [], "queries": {"set": [{"file": 1}]}}'])
def test_a_file_that_is_no_ground_truth_is_refused_with_what_it_should_be(tmp_path: Path, text: str):
    (tmp_path / "truth.json").write_text(text)

    with pytest.raises(GroundTruthError, match="no ground truth"):
        ground_truth.read(tmp_path / "truth.json")


def test_a_ground_truth_is_read_as_the_contract_has_it(tmp_path: Path):
    told = {"database": ["a.jpg"], "queries": {"easy": [{"file": "q.jpg", "matches": ["a.jpg"]}]}}
    (tmp_path / "truth.json").write_text(json.dumps(told))

    truth = ground_truth.read(tmp_path / "truth.json")

    assert truth.queries["easy"] == [Query("q.jpg", frozenset({"a.jpg"}))]


def test_queries_of_works_that_are_not_there_have_no_answer():
    nowhere = Query("p.jpg", frozenset({"b.jpg"}))
    here = Query("q.jpg", frozenset({"a.jpg", "b.jpg"}))

    truth = GroundTruth(["a.jpg"], {"set": [nowhere, here, Query("r.jpg", frozenset())]})

    assert truth.answerable("set") == [here]


def test_queries_show_one_work_where_they_share_an_answer_be_it_over_a_third():
    queries = [Query("p", frozenset("a")), Query("q", frozenset("b")), Query("r", frozenset("c"))]
    bridge = Query("s", frozenset("ab"))

    assert len(set(ground_truth.works(queries))) == 3

    first, second, third, fourth = ground_truth.works([*queries, bridge])
    assert first == second == fourth
    assert third != first
