"""The works that a supervised look learns from: stored vectors, what the records say, and pins and bans."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collection.models import ArtworkImage
from similarity.index import store
from similarity.learning import work_records
from similarity.measures.record_fields import Field
from similarity.models import Space
from similarity.neighbours import curation

Pairs = list[tuple[int, int, bool]]  # two rows or pictures, and whether the works belong together

PAIRS_LIMIT = 1_000  # the newest pins and bans; their works come on top of likeness_works.MOST_WORKS


def gather(space: Space, field: Field) -> "TrainingWorks":
    """Return at most 5,000 works with this field, and the works of pins and bans, which may lack it."""
    works = work_records.labelled(space, None, field)
    leading, told = pairs_of_pictures()
    others = store.vectors_of(space, sorted(leading - set(works.image_ids)))
    ids = [*works.image_ids, *others]
    row_of = {pk: row for row, pk in enumerate(ids)}
    makers = dict(ArtworkImage.objects.filter(pk__in=ids).values_list("pk", "artwork__creators"))
    extra = np.array(list(others.values()), np.float32).reshape(-1, space.dimensions)
    return TrainingWorks(
        vectors=np.concatenate([works.vectors.reshape(-1, space.dimensions), extra]),
        collections=[*works.collections, *(0 for _ in others)],
        labels=[*works.labels, *([] for _ in others)],
        makers=[work_records.names(makers.get(pk, [])) for pk in ids],
        pairs=[(row_of[one], row_of[two], like) for one, two, like in told if {one, two} <= row_of.keys()],
    )


def pairs_of_pictures() -> tuple[set[int], Pairs]:
    """Return the leading pictures of the works that were pinned or banned last, and the pairs of these pictures."""
    told = list(curation.training_pairs())[-PAIRS_LIMIT:]
    works = {work for one, two, _ in told for work in (one, two)}
    pictures = ArtworkImage.objects.filter(artwork__in=works).order_by("artwork", "position", "pk")
    leading = dict(pictures.distinct("artwork").values_list("artwork", "pk"))
    pairs = [(leading[one], leading[two], like) for one, two, like in told if {one, two} <= leading.keys()]
    return set(leading.values()), pairs


@dataclass(frozen=True, eq=False)
class TrainingWorks:
    """N works, one a row, each by its leading picture."""

    vectors: NDArray[np.float32]  # (N, D), rows of length 1
    collections: Sequence[int]  # 0 for a work without labels, which is never measured
    labels: Sequence[Sequence[str]]  # none for a work that is here for its pins and bans alone
    makers: Sequence[Sequence[str]]
    pairs: Pairs

    @property
    def labelled(self) -> int:
        """How many of the works have a label."""
        return sum(bool(names) for names in self.labels)

    @property
    def pins(self) -> int:
        return sum(like for _, _, like in self.pairs)

    @property
    def bans(self) -> int:
        return len(self.pairs) - self.pins

    def part(self, rows: NDArray[np.intp]) -> "TrainingWorks":
        """Return some of the rows, and the pairs that lie among them."""
        places = {row: place for place, row in enumerate(rows.tolist())}
        return TrainingWorks(
            vectors=self.vectors[rows],
            collections=[self.collections[row] for row in places],
            labels=[self.labels[row] for row in places],
            makers=[self.makers[row] for row in places],
            pairs=[(places[one], places[two], like) for one, two, like in self.pairs if {one, two} <= places.keys()],
        )
