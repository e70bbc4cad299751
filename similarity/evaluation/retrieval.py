"""Rank a database for each photograph, and measure how high the works in the photograph rank."""

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
    """Rank the whole database by cosine for each query. Return the scores of each recipe.

    A projection is fitted on the database, as the site fits it on a collection. `views` finds works in a photograph;
    the view with the highest cosine counts. Raise decoding.UnreadableError or projection.ProjectionError.
    """
    database = trial_vectors.describe(
        (trial_vectors.open_picture(folder / file) for file in truth.database), embedder, recipes
    )
    projections = {recipe: trial_vectors.projection_for(recipe, database.raw[recipe], embedder) for recipe in recipes}
    values: dict[Recipe, dict[str, Values]] = {recipe: {} for recipe in recipes}
    for name in truth.queries:
        files = [query.file for query in truth.answerable(name)]
        photographs = trial_vectors.describe(
            (trial_vectors.open_picture(folder / file) for file in files), embedder, recipes, views
        )
        for recipe, projection in projections.items():
            stored = trial_vectors.project(projection, database.raw[recipe])
            values[recipe][name] = rank(truth, name, photographs.similarities(recipe, projection, stored))
    return [summarise(truth, recipe, projections[recipe], values[recipe]) for recipe in recipes]


def rank(truth: GroundTruth, name: str, cosines: Floats) -> Values:
    """Return (Q, 3) scores of the queries of one set from their (Q, N) cosines with the database."""
    rankings = [[truth.database[index] for index in np.argsort(-row, kind="stable")] for row in cosines]
    return scores.measure_all(truth.answerable(name), rankings)


def summarise(
    truth: GroundTruth, recipe: Recipe, projection: Projection | None, values: dict[str, Values]
) -> "Retrieval":
    """Summarise the (Q, 3) scores of each set, and of all sets together. A work may be in several sets."""
    works = {name: ground_truth.works(truth.answerable(name)) for name in values}
    by_set = {name: scores.summarise(each, works[name]) for name, each in values.items()}
    every_query = [query for name in values for query in truth.answerable(name)]
    every_value = np.concatenate([np.empty((0, 3)), *values.values()])
    return Retrieval(recipe, projection, by_set, scores.summarise(every_value, ground_truth.works(every_query)))


@dataclass(frozen=True)
class Retrieval:
    """The scores of one recipe, by set and over all sets."""

    recipe: Recipe
    projection: Projection | None
    scores: dict[str, Scores]  # by set
    overall: Scores  # of all queries together
