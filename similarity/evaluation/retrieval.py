"""Photographs as questions, the works in them as answers: how near the top of the ranking they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from similarity.evaluation import trial_vectors
from similarity.evaluation.trial_vectors import Views
from similarity.measures import ground_truth, scores
from similarity.measures.ground_truth import GroundTruth
from similarity.measures.scores import Scores
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.descriptors.projection import Projection

Floats = NDArray[np.float32]
Values = NDArray[np.float64]


def evaluate(
    truth: GroundTruth, folder: Path, embedder: Embedder, recipes: Sequence[Recipe], views: Views = trial_vectors.whole
) -> list["Retrieval"]:
    """For each recipe the scores of each set of queries, ranked by cosine against the whole database.

    A projection is fitted on the database, as on a collection. `views` looks for works in a query's photograph; the
    best view counts. Raises decoding.UnreadableError and projection.ProjectionError.
    """
    database = trial_vectors.describe(
        (trial_vectors.open_picture(folder / file) for file in truth.database), embedder, recipes
    )
    projections = {recipe: trial_vectors.fitted(recipe, database.raw[recipe], embedder) for recipe in recipes}
    found: dict[Recipe, dict[str, Values]] = {recipe: {} for recipe in recipes}
    for name in truth.queries:
        files = [query.file for query in truth.answerable(name)]
        asked = trial_vectors.describe(
            (trial_vectors.open_picture(folder / file) for file in files), embedder, recipes, views
        )
        for recipe, projection in projections.items():
            stored = trial_vectors.project(projection, database.raw[recipe])
            found[recipe][name] = rank(truth, name, asked.similarities(recipe, projection, stored))
    return [summarise(truth, recipe, projections[recipe], found[recipe]) for recipe in recipes]


def rank(truth: GroundTruth, name: str, similar: Floats) -> Values:
    """(Q, N) similarities of the queries of one set -> (Q, 3): what each query scored."""
    rankings = [[truth.database[place] for place in np.argsort(-row, kind="stable")] for row in similar]
    return scores.measure_all(truth.answerable(name), rankings)


def summarise(
    truth: GroundTruth, recipe: Recipe, projection: Projection | None, found: dict[str, Values]
) -> "Retrieval":
    works = {name: ground_truth.works(truth.answerable(name)) for name in found}
    by_set = {name: scores.summarise(each, works[name]) for name, each in found.items()}
    everything = [query for name in found for query in truth.answerable(name)]  # a work may be in several sets
    each = np.concatenate([np.empty((0, 3)), *found.values()])
    return Retrieval(recipe, projection, by_set, scores.summarise(each, ground_truth.works(everything)))


@dataclass(frozen=True)
class Retrieval:
    """What one recipe scored, set by set and in all."""

    recipe: Recipe
    projection: Projection | None
    scores: dict[str, Scores]
    overall: Scores  # of all queries together
