"""The scores of a space come with the number of queries, an interval, and a caution if other vectors were measured."""

import pytest

from similarity.evaluation.reports.space_scores import in_words, scored
from similarity.models import Evaluation, Space

pytestmark = pytest.mark.django_db

MADE_OF = {"lens": "look", "backbone": "fake", "weights_digest": "w", "pooling": "cells"}
WHITENED, ROOT_PCA = "whitened-256:0123456789ab", "root-pca-256:ba9876543210"


@pytest.fixture
def space() -> Space:
    return Space(**MADE_OF, projection=WHITENED, is_trained=True)


def stored(dataset: str, projection: str) -> Evaluation:
    results = {"sets": {"walls": {"p_at_1": 0.5, "queries": 4}, "unanswered": {"p_at_1": 0.0, "queries": 0}}}
    return Evaluation.objects.create(
        kind="retrieval", dataset=dataset, projection=projection, results=results, **MADE_OF
    )


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_space_that_was_never_evaluated_has_no_scores(space: Space):
    assert scored(space) is None


def test_an_evaluation_with_vectors_of_the_same_kind_goes_before_a_newer_one_of_another(space: Space):
    stored("older", "whitened-128:aaaaaaaaaaaa")
    stored("newer", ROOT_PCA)

    found = scored(space)

    assert found.evaluation.dataset == "older"
    assert found.caution == ""


@pytest.mark.parametrize(("there", "word"), [(ROOT_PCA, "root-pca"), ("", "unprojected")])
def test_an_evaluation_with_vectors_of_another_kind_is_shown_with_a_word_on_that(space: Space, there: str, word: str):
    stored("prints", there)

    found = scored(space)

    assert found.caution == f"Measured with {word} vectors; the vectors of this space are whitened."


def test_sets_without_queries_are_left_out(space: Space):
    stored("prints", WHITENED)

    assert [plain(text) for text in scored(space).sets] == ["50 % of 4 queries of walls"]


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ({"p_at_1": 0.75}, "75 % of walls"),
        (
            {"p_at_1": 0.75, "queries": 30, "works": 20, "p_at_1_interval": [0.6, 0.88]},
            "75 % of 30 queries of walls (95 % interval 60–88 %)",
        ),
        (
            {"p_at_1": 1.0, "queries": 8, "works": 8, "p_at_1_interval": [1.0, 1.0]},
            "100 % of 8 queries of walls (none wrong; up to 38 % could still be wrong)",
        ),
        (
            {"p_at_1": 0.0, "queries": 10, "p_at_1_interval": [0.0, 0.0]},
            "0 % of 10 queries of walls (none right; up to 30 % could still be right)",
        ),
        (
            {"p_at_1": 1.0, "queries": 1, "works": 1, "p_at_1_interval": [0.0, 1.0]},
            "100 % of 1 query of walls (too few works for an interval)",
        ),
    ],
)
def test_a_score_is_stated_with_its_queries_and_how_sure_it_is(scores: dict[str, object], sentence: str):
    assert plain(in_words("walls", scores)) == sentence
