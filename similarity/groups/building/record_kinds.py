"""Score outliers within kinds of works. A kind: the works with the same value in one of these fields of the record."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from collection.models import Artwork
from similarity.groups.building.placements import WorkVectors
from similarity.groups.graphs import outlier_scores
from similarity.groups.graphs.knn_graph import KnnGraph
from similarity.groups.graphs.outlier_scores import NO_KIND

FIELDS = ("classification", "department", "collection")  # of Artwork

KindScores = dict[str, tuple[float, int]]  # by field: the score among works of the same kind, and the nearest of these


def scores(works: WorkVectors, graph: KnnGraph) -> list[KindScores]:
    """Return for each work its scores within its kinds. Kinds of few works have no scores."""
    found: list[KindScores] = [{} for _ in works.work_ids]
    for field in FIELDS:
        values, nearest = outlier_scores.within_kinds(works.vectors, graph, numbers(works.work_ids, field))
        for row in np.flatnonzero(nearest >= 0).tolist():
            found[row][field] = (round(float(values[row]), 5), int(works.work_ids[nearest[row]]))
    return found


def numbers(work_ids: NDArray[np.int64], field: str) -> NDArray[np.int64]:
    """Return for each work a number that identifies its value in a field, (N,). Works without a value get NO_KIND."""
    records = dict(Artwork.objects.values_list("pk", field))
    known: dict[Any, int] = {}
    values = (records.get(pk) for pk in work_ids.tolist())
    return np.array([known.setdefault(value, len(known)) if value else NO_KIND for value in values], np.int64)
