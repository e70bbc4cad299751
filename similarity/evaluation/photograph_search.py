"""Search photographs as the site searches a visitor's picture, and count which works are found and recognised."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from similarity.evaluation import trial_vectors
from similarity.image_query import recognition, searches
from similarity.measures.ground_truth import GroundTruth
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.descriptors.projection import Projection
from similarity.vision.identification import measures, search
from similarity.vision.identification.groups import Work
from similarity.vision.identification.measures import Counts
from similarity.vision.local_features import features
from similarity.vision.local_features.features import Features
from similarity.vision.pixels import decoding

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Database:
    """The N pictures to search."""

    paths: Sequence[Path]
    vectors: Floats  # (N, D), rows of length 1


def evaluate(
    truth: GroundTruth,
    folder: Path,
    distractors: Sequence[Path],
    embedder: Embedder,
    recipe: Recipe,
    projection: Projection | None,
) -> dict[str, Counts]:
    """Search the database and the distractors for each photograph. Return counts by set.

    Photographs of works that are not in the database count too: any work recognised in them is wrong. Raise
    decoding.UnreadableError.
    """
    paths = [*(folder / file for file in truth.database), *distractors]
    pictures = (trial_vectors.open_picture(path) for path in tqdm(paths, "database", unit=" pictures", disable=None))
    raw = trial_vectors.describe(pictures, embedder, [recipe]).raw[recipe]
    database = Database(paths, trial_vectors.project(projection, raw))
    counts = {}
    for name, queries in truth.queries.items():
        works = [
            find(folder / query.file, database, embedder, recipe, projection)
            for query in tqdm(queries, name, unit=" photographs", disable=None)
        ]
        right = [frozenset(folder / file for file in query.matches) & set(paths) for query in queries]
        counts[name] = measures.count(right, works)
    return counts


def find(
    path: Path, database: Database, embedder: Embedder, recipe: Recipe, projection: Projection | None
) -> list[Work[Path]]:
    """Return the works found in one photograph, which is reduced as in a search on the site.

    There is no time limit, so that the answer does not depend on the machine.
    """
    photograph = trial_vectors.open_picture(path)
    photograph.thumbnail((searches.SHRUNK_SIDE_PX, searches.SHRUNK_SIDE_PX))

    def nearest(views: Sequence[Image.Image]) -> list[Mapping[Path, float]]:
        canvases = [decoding.canvas_of(view, embedder.canvases) for view in views]
        rows = trial_vectors.project(projection, embedder.describe(canvases, [recipe])[recipe])
        return [best(database, row) for row in rows]

    def features_of(paths: Sequence[Path]) -> Iterator[tuple[Path, Features]]:
        return ((one, picture_features(one)) for one in paths)

    return search.find(photograph, nearest, features_of, budget_s=math.inf)


def best(database: Database, vector: Floats) -> dict[Path, float]:
    """Return the NEAREST pictures to a vector (D,) with their cosines, the nearest first."""
    cosines = database.vectors @ vector
    order = np.argsort(-cosines, kind="stable")[: search.NEAREST]
    return {database.paths[index]: float(cosines[index]) for index in order}


@lru_cache(maxsize=500)
def picture_features(path: Path) -> Features:
    """Extract the local features of a picture at the size of the site's derivative."""
    picture = trial_vectors.open_picture(path)
    picture.thumbnail((recognition.SIDE_PX, recognition.SIDE_PX), Image.Resampling.LANCZOS)
    return features.extract(picture)
