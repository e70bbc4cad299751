"""The works that likeness is measured on: their labels in the museum's records, and their vectors.

The leading picture of a work is its first one.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from collection.models import ArtworkImage, Collection
from collection.permissions import unmerged
from similarity.index import sampling, store
from similarity.measures import likeness, record_fields
from similarity.measures.likeness import MeaninglessError
from similarity.measures.record_fields import FIELDS, Field
from similarity.models import DuplicatePair, Space, Verdict

MOST_WORKS = 5_000  # with one field; of more works a random sample is taken
SEED = 1_913
COLUMNS = {
    "classification": "artwork__classification",
    "maker": "artwork__creators",
    "culture": "artwork__culture",
    "department": "artwork__department",
}
LEARNED = gettext_noop(
    "This look was fitted on these records, so they cannot test it; the Spaces page shows its own test."
)
EVERYWHERE = gettext_noop("all collections")  # the data set's name

Results = dict[str, Any]
Floats = NDArray[np.float32]


def measure(space: Space, collection: Collection | None = None) -> Results:
    """Measure every field on a space's stored vectors, on the works of one collection or of all collections.

    Return JSON: for each field the numbers of likeness.Likeness and a digest of the data, so that only measurements on
    the same data are compared. A field that cannot be measured has a sentence with the reason under "omitted". A
    supervised space is not measured, because it was fitted on these works and records.
    """
    if space.supervision:
        return omit_learned()
    return {"measures": {field.key: measure_field(space, collection, field) for field in FIELDS}}


def omit_learned() -> Results:
    """Return the result of a supervised space: for each field the reason why it is not measured."""
    return {"measures": {field.key: {"omitted": LEARNED} for field in FIELDS}}


def measure_field(space: Space, collection: Collection | None, field: Field) -> Results:
    return measure_works(labelled(space, collection, field), field)


def measure_vectors(vectors: Mapping[int, Floats]) -> Results:
    """Measure every field on vectors (D,) by image id. Return the same JSON as `measure`."""
    return {"measures": {field.key: measure_works(with_labels(vectors, field), field) for field in FIELDS}}


def measure_works(works: "Works", field: Field) -> Results:
    try:
        measured = likeness.measure(works.vectors, works.collections, works.labels, field)
    except MeaninglessError as reason:
        return {"omitted": str(reason)}
    return {**asdict(measured), "data": works.digest()}


def labelled(space: Space, collection: Collection | None, field: Field) -> "Works":
    """Return works with this field and a vector, each by its leading picture: a random sample of at most MOST_WORKS."""
    here = Q(image__collection=collection) if collection else Q()
    ids = sampling.image_ids(space, MOST_WORKS, here & has_label(field) & leading(), seed=SEED)
    return with_labels(store.vectors_of(space, ids), field)


def with_labels(vectors: Mapping[int, Floats], field: Field) -> "Works":
    """Return the works of these pictures (vectors (D,) by image id) that have this field. Merged works are left out."""
    images = ArtworkImage.objects.filter(unmerged("artwork__"), pk__in=list(vectors)).order_by("pk")
    rows = [(pk, home, names(value)) for pk, home, value in images.values_list("pk", "collection", COLUMNS[field.key])]
    labelled_rows = [row for row in rows if row[2]]
    count = len(labelled_rows)
    return Works(
        image_ids=[pk for pk, _, _ in labelled_rows],
        vectors=np.array([vectors[pk] for pk, _, _ in labelled_rows], np.float32).reshape(count, -1 if count else 0),
        collections=[home for _, home, _ in labelled_rows],
        labels=[labels for _, _, labels in labelled_rows],
    )


def has_label(field: Field) -> Q:
    """Return a filter for embeddings of works that have this field."""
    return ~Q(**{f"image__{COLUMNS[field.key]}": [] if field.key == "maker" else ""})


def leading() -> Q:
    """Return a filter for embeddings of leading pictures, without the second picture of each known duplicate pair.

    Pictures of merged works are left out too. They do not count as the first picture of a pair.
    """
    earlier = ArtworkImage.objects.filter(artwork=OuterRef("image__artwork"), position__lt=OuterRef("image__position"))
    duplicates = DuplicatePair.objects.filter(unmerged("low__artwork__"), verdict=Verdict.DUPLICATE).values("high")
    return unmerged("image__artwork__") & ~Q(Exists(earlier)) & ~Q(image__in=duplicates)


def names(value: str | Sequence[str]) -> list[str]:
    """Return the labels in a field of a record. Unknown makers are left out."""
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    return sorted({maker.strip() for maker in value if record_fields.is_known(maker)})


@dataclass(frozen=True)
class Works:
    """N works, one a row."""

    image_ids: Sequence[int]
    vectors: Floats  # (N, D)
    collections: Sequence[int]  # ids
    labels: Sequence[Sequence[str]]

    def digest(self) -> str:
        """Return a digest of the pictures and labels. It does not depend on the vectors."""
        content = json.dumps([self.image_ids, self.labels], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:16]
