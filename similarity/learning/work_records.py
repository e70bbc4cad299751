"""The works of this site by which likeness is measured: what the museum's records say, and the vectors of a space."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q
from numpy.typing import NDArray

from collection.models import ArtworkImage, Collection
from similarity.index import sampling, store
from similarity.measures import likeness, record_fields
from similarity.measures.likeness import MeaninglessError
from similarity.measures.record_fields import FIELDS, Field
from similarity.models import DuplicatePair, Space, Verdict

MOST_WORKS = 5_000  # a field; of more a random sample
SEED = 1_913
COLUMNS = {
    "classification": "artwork__classification",
    "maker": "artwork__creators",
    "culture": "artwork__culture",
    "department": "artwork__department",
}
LEARNED = "This look was fitted on these records, so they cannot test it; the Spaces page shows its own test."
EVERYWHERE = "all collections"  # the data set's name

Results = dict[str, Any]
Floats = NDArray[np.float32]


def measure(space: Space, collection: Collection | None = None) -> Results:
    """Measure every field on a space's stored vectors; on the works of one collection, or of all of them.

    The result is fit for JSON: for each field the numbers of likeness.Likeness and a digest of the data, so that only
    measurements on the same data are compared; or under "omitted" a sentence that says why there are none. A space that
    is learned from records is not measured: these works and records are those that it was fitted on.
    """
    if space.supervision:
        return omit_learned()
    return {"measures": {field.key: measure_field(space, collection, field) for field in FIELDS}}


def omit_learned() -> Results:
    """Return the result of a space that is learned from records: no measure, and the reason."""
    return {"measures": {field.key: {"omitted": LEARNED} for field in FIELDS}}


def measure_field(space: Space, collection: Collection | None, field: Field) -> Results:
    return measure_works(labelled(space, collection, field), field)


def measure_given(vectors: Mapping[int, Floats]) -> Results:
    """Measure every field on given vectors (D,) by image id. The result is that of `measure`."""
    return {"measures": {field.key: measure_works(with_labels(vectors, field), field) for field in FIELDS}}


def measure_works(works: "Works", field: Field) -> Results:
    try:
        found = likeness.measure(works.vectors, works.collections, works.labels, field)
    except MeaninglessError as reason:
        return {"omitted": str(reason)}
    return {**asdict(found), "data": works.digest()}


def labelled(space: Space, collection: Collection | None, field: Field) -> "Works":
    """Works that have this field and a vector, each by its leading picture; at most MOST_WORKS, drawn at random."""
    here = Q(image__collection=collection) if collection else Q()
    ids = sampling.image_ids(space, MOST_WORKS, here & has_label(field) & leading(), seed=SEED)
    return with_labels(store.vectors_of(space, ids), field)


def with_labels(vectors: Mapping[int, Floats], field: Field) -> "Works":
    """Those of the given pictures (image id to vector) whose work has this field."""
    rows = ArtworkImage.objects.filter(pk__in=list(vectors)).order_by("pk")
    named = [(pk, home, names(value)) for pk, home, value in rows.values_list("pk", "collection", COLUMNS[field.key])]
    there = [one for one in named if one[2]]
    return Works(
        image_ids=[pk for pk, _, _ in there],
        vectors=np.array([vectors[pk] for pk, _, _ in there], np.float32).reshape(len(there), -1 if there else 0),
        collections=[home for _, home, _ in there],
        labels=[labels for _, _, labels in there],
    )


def has_label(field: Field) -> Q:
    """Embeddings of works that have this field."""
    return ~Q(**{f"image__{COLUMNS[field.key]}": [] if field.key == "maker" else ""})


def leading() -> Q:
    """Embeddings of leading pictures of works. Known duplicates count once."""
    earlier = ArtworkImage.objects.filter(artwork=OuterRef("image__artwork"), position__lt=OuterRef("image__position"))
    duplicates = DuplicatePair.objects.filter(verdict=Verdict.DUPLICATE).values("high")
    return ~Q(Exists(earlier)) & ~Q(image__in=duplicates)


def names(value: str | Sequence[str]) -> list[str]:
    """The labels in a field of a record; of makers those that are known."""
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    return sorted({maker.strip() for maker in value if record_fields.is_known(maker)})


@dataclass(frozen=True)
class Works:
    """N works, one a row."""

    image_ids: Sequence[int]
    vectors: Floats  # (N, D)
    collections: Sequence[int]
    labels: Sequence[Sequence[str]]

    def digest(self) -> str:
        """The same for the same pictures with the same labels, whatever the vectors are."""
        told = json.dumps([self.image_ids, self.labels], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:16]
