"""The works that a supervised look is fitted on: their stored vectors and records, and curators' pins and bans."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collection.models import ArtworkImage
from collection.permissions import unmerged
from similarity.index import store
from similarity.learning import work_records
from similarity.measures.record_fields import Field
from similarity.models import Space
from similarity.neighbours import curation

Pairs = list[tuple[int, int, bool]]  # two rows or pictures, and whether the pair is a pin (else a ban)

PAIRS_LIMIT = 1_000  # the newest pins and bans; their works are added to work_records.MOST_WORKS


def gather(space: Space, field: Field) -> "TrainingWorks":
    """Return at most MOST_WORKS works with this field, and the works of pins and bans, which may lack the field."""
    works = work_records.labelled(space, None, field)
    leading, pairs = pairs_of_pictures()
    others = store.vectors_of(space, sorted(leading - set(works.image_ids)))
    ids = [*works.image_ids, *others]
    row_of = {pk: row for row, pk in enumerate(ids)}
    makers = dict(ArtworkImage.objects.filter(pk__in=ids).values_list("pk", "artwork__creators"))
    further = np.array(list(others.values()), np.float32).reshape(-1, space.dimensions)
    return TrainingWorks(
        vectors=np.concatenate([works.vectors.reshape(-1, space.dimensions), further]),
        collections=[*works.collections, *(0 for _ in others)],
        labels=[*works.labels, *([] for _ in others)],
        makers=[work_records.names(makers.get(pk, [])) for pk in ids],
        pairs=[(row_of[one], row_of[two], is_pin) for one, two, is_pin in pairs if {one, two} <= row_of.keys()],
    )


def pairs_of_pictures() -> tuple[set[int], Pairs]:
    """Return the leading pictures of the works with the newest pins and bans, and the pairs of these pictures.

    Merged works are left out.
    """
    recent = list(curation.training_pairs())[-PAIRS_LIMIT:]
    works = {work for one, two, _ in recent for work in (one, two)}
    pictures = ArtworkImage.objects.filter(unmerged("artwork__"), artwork__in=works).order_by(
        "artwork", "position", "pk"
    )
    leading = dict(pictures.distinct("artwork").values_list("artwork", "pk"))
    pairs = [(leading[one], leading[two], is_pin) for one, two, is_pin in recent if {one, two} <= leading.keys()]
    return set(leading.values()), pairs


@dataclass(frozen=True, eq=False)
class TrainingWorks:
    """N works, one a row, each represented by its leading picture."""

    vectors: NDArray[np.float32]  # (N, D), rows of length 1
    collections: Sequence[int]  # ids; 0 for works added for their pins and bans, which are not measured
    labels: Sequence[Sequence[str]]  # empty for works added for their pins and bans
    makers: Sequence[Sequence[str]]
    pairs: Pairs

    @property
    def labelled(self) -> int:
        """Return the number of works with a label."""
        return sum(bool(names) for names in self.labels)

    @property
    def pins(self) -> int:
        return sum(is_pin for _, _, is_pin in self.pairs)

    @property
    def bans(self) -> int:
        return len(self.pairs) - self.pins

    def part(self, rows: NDArray[np.intp]) -> "TrainingWorks":
        """Return the works of some rows, and the pairs whose works are both among them."""
        index_of = {row: index for index, row in enumerate(rows.tolist())}
        return TrainingWorks(
            vectors=self.vectors[rows],
            collections=[self.collections[row] for row in index_of],
            labels=[self.labels[row] for row in index_of],
            makers=[self.makers[row] for row in index_of],
            pairs=[(index_of[a], index_of[b], is_pin) for a, b, is_pin in self.pairs if {a, b} <= index_of.keys()],
        )
