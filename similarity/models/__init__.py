"""Tables of the similarity app: spaces, vectors, duplicate pairs, overviews, calibrations, evaluations."""

from similarity.models.calibration import Calibration, CalibrationMeasurement
from similarity.models.curated_neighbours import CuratedNeighbour, CurationLogEntry
from similarity.models.duplicates import (
    TWIN_BITS,
    DuplicateCase,
    DuplicatePair,
    Fingerprint,
    Kind,
    ReviewBatch,
    Rule,
    Side,
    Verdict,
)
from similarity.models.evaluation import Evaluation
from similarity.models.evaluation_jobs import EvaluationJob, EvaluationPart, EvaluationState
from similarity.models.overviews import Group, GroupName, MapSheet, Overview, OverviewState, Placement
from similarity.models.requests import SpaceRequest
from similarity.models.reviews import Opinion, PlaceholderException
from similarity.models.spaces import Metric, Space, SpaceState
from similarity.models.vectors import Embedding, Projection, Region, Sample

__all__ = [
    "TWIN_BITS",
    "Calibration",
    "CalibrationMeasurement",
    "CuratedNeighbour",
    "CurationLogEntry",
    "DuplicateCase",
    "DuplicatePair",
    "Embedding",
    "Evaluation",
    "EvaluationJob",
    "EvaluationPart",
    "EvaluationState",
    "Fingerprint",
    "Group",
    "GroupName",
    "Kind",
    "MapSheet",
    "Metric",
    "Opinion",
    "Overview",
    "OverviewState",
    "PlaceholderException",
    "Placement",
    "Projection",
    "Region",
    "ReviewBatch",
    "Rule",
    "Sample",
    "Side",
    "Space",
    "SpaceRequest",
    "SpaceState",
    "Verdict",
]
