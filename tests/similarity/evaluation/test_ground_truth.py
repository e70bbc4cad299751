"""Ground truth files: reading, refusals, and which queries show one work."""

import json
from pathlib import Path

import pytest

from similarity.measures import ground_truth
from similarity.measures.ground_truth import GroundTruth, GroundTruthError, Query


@pytest.mark.parametrize("text", ["", "[]", '{"database": []}', '{"database": [], "queries": {"set": [{"file": 1}]}}'])
def test_a_file_of_another_format_is_refused_with_the_expected_format(tmp_path: Path, text: str):
    (tmp_path / "truth.json").write_text(text)

    with pytest.raises(GroundTruthError, match="not a ground truth file"):
        ground_truth.read(tmp_path / "truth.json")


def test_queries_are_read_by_set(tmp_path: Path):
    content = {"database": ["a.jpg"], "queries": {"easy": [{"file": "q.jpg", "matches": ["a.jpg"]}]}}
    (tmp_path / "truth.json").write_text(json.dumps(content))

    truth = ground_truth.read(tmp_path / "truth.json")

    assert truth.queries["easy"] == [Query("q.jpg", frozenset({"a.jpg"}))]


def test_only_queries_with_a_match_in_the_database_are_answerable():
    elsewhere = Query("p.jpg", frozenset({"b.jpg"}))
    here = Query("q.jpg", frozenset({"a.jpg", "b.jpg"}))

    truth = GroundTruth(["a.jpg"], {"set": [elsewhere, here, Query("r.jpg", frozenset())]})

    assert truth.answerable("set") == [here]


def test_queries_that_share_a_match_directly_or_through_another_query_show_one_work():
    queries = [Query("p", frozenset("a")), Query("q", frozenset("b")), Query("r", frozenset("c"))]
    bridge = Query("s", frozenset("ab"))

    assert len(set(ground_truth.works(queries))) == 3

    first, second, third, fourth = ground_truth.works([*queries, bridge])
    assert first == second == fourth
    assert third != first
