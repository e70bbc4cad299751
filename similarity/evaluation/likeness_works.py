"""The works of this site by which likeness is measured: what the museum's records say, and the vectors of a space."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q
from numpy.typing import NDArray

from collection.models import ArtworkImage, Collection
from similarity import drawing, index
from similarity.evaluation import likeness, likeness_fields
from similarity.evaluation.likeness import MeaninglessError
from similarity.evaluation.likeness_fields import FIELDS, Field
from similarity.models import DuplicatePair, Space, Verdict

MOST_WORKS = 5_000  # a field; of more a random sample
SEED = 1_913
COLUMNS = {
    "classification": "artwork__classification",
    "maker": "artwork__creators",
    "culture": "artwork__culture",
    "department": "artwork__department",
}
EVERYWHERE = "all collections"  # the data set's name

Results = dict[str, Any]


def measure(space: Space, collection: Collection | None = None) -> Results:
    """Measure every field on a space's stored vectors; on the works of one collection, or of all of them.

    The result is fit for JSON: for each field the numbers of likeness.Likeness and a digest of the data, so that only
    measurements on the same data are compared; or under "omitted" a sentence that says why there are none.
    """
    return {"measures": {field.key: measure_field(space, collection, field) for field in FIELDS}}


def measure_field(space: Space, collection: Collection | None, field: Field) -> Results:
    works = labelled(space, collection, field)
    try:
        found = likeness.measure(works.vectors, works.collections, works.labels, field)
    except MeaninglessError as reason:
        return {"omitted": str(reason)}
    return {**asdict(found), "data": works.digest()}


def labelled(space: Space, collection: Collection | None, field: Field) -> "Works":
    """Works that have this field and a vector, each by its leading picture; at most MOST_WORKS, drawn at random."""
    column = COLUMNS[field.key]
    ids = drawing.image_ids(space, MOST_WORKS, among(collection, column), seed=SEED)
    rows = ArtworkImage.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "collection", column)
    labels = {pk: (home, names(value)) for pk, home, value in rows}
    vectors = index.vectors_of(space, list(labels))
    there = [pk for pk in labels if pk in vectors and labels[pk][1]]
    return Works(
        image_ids=there,
        vectors=np.array([vectors[pk] for pk in there], np.float32).reshape(len(there), space.dimensions),
        collections=[labels[pk][0] for pk in there],
        labels=[labels[pk][1] for pk in there],
    )


def among(collection: Collection | None, column: str) -> Q:
    """Embeddings of leading pictures of works that have this field. Known duplicates count once."""
    earlier = ArtworkImage.objects.filter(artwork=OuterRef("image__artwork"), position__lt=OuterRef("image__position"))
    duplicates = DuplicatePair.objects.filter(verdict=Verdict.DUPLICATE).values("high")
    has_label = ~Q(**{f"image__{column}": [] if column == COLUMNS["maker"] else ""})
    here = Q(image__collection=collection) if collection else Q()
    return here & has_label & ~Q(Exists(earlier)) & ~Q(image__in=duplicates)


def names(value: str | Sequence[str]) -> list[str]:
    """The labels in a field of a record; of makers those that are known."""
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    return sorted({maker.strip() for maker in value if likeness_fields.is_known(maker)})


@dataclass(frozen=True)
class Works:
    """N works, one a row."""

    image_ids: Sequence[int]
    vectors: NDArray[np.float32]  # (N, D)
    collections: Sequence[int]
    labels: Sequence[Sequence[str]]

    def digest(self) -> str:
        """The same for the same pictures with the same labels, whatever the vectors are."""
        told = json.dumps([self.image_ids, self.labels], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:16]
