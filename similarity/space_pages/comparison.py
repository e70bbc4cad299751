"""Compare the nearest works in two spaces, for a sample of works."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop

from collection import permissions
from collection.models import ArtworkImage
from similarity.index import hnsw, query_filters, sampling, store
from similarity.models import Space, SpaceState
from similarity.spaces.lifecycle import SpaceError

K = 10
WORKS = 100
SEED = 2_031  # of the order in which the sample is shown
EMPTY = {
    SpaceState.FITTING: gettext_noop("Space %(number)s is fitting: it has no vectors to compare."),
    SpaceState.RETIRED: gettext_noop("Space %(number)s is retired: it has no vectors to compare."),
}
SEARCHED_WITHOUT_INDEX = 10_000  # vectors; the neighbours of 100 works among more take too long for a page


@dataclass(frozen=True)
class Case:
    """The leading picture of a work, and the works nearest to it in each of the two spaces."""

    image_id: int
    here: Sequence[store.Neighbour]
    there: Sequence[store.Neighbour]

    @property
    def shared(self) -> set[int]:
        """Return the works that are among the nearest in both."""
        return {n.work_id for n in self.here} & {n.work_id for n in self.there}

    @property
    def named(self) -> int:
        """Return the number of neighbours in the longer list; K unless there are too few works."""
        return max(len(self.here), len(self.there))

    @property
    def overlap(self) -> float:
        """Return the share of neighbours that are in both lists, 0 to 1."""
        return len(self.shared) / self.named if self.named else 1.0


@dataclass(frozen=True)
class Comparison:
    cases: Sequence[Case]

    @property
    def works(self) -> int:
        return len(self.cases)

    @property
    def overlap(self) -> float:
        """Return overlap@K: the mean share of the K nearest works that are in both lists, 0 to 1."""
        return float(np.mean([case.overlap for case in self.cases])) if self.cases else 0.0

    @property
    def same_first(self) -> float:
        """Return the share of works whose nearest work is the same in both, 0 to 1."""
        firsts = [[n.work_id for n in case.here[:1]] == [n.work_id for n in case.there[:1]] for case in self.cases]
        return float(np.mean(firsts)) if firsts else 0.0

    @property
    def by_shared(self) -> list[int]:
        """Return how many works have 0, 1, 2, ... neighbours in common."""
        most = max((case.named for case in self.cases), default=0)
        return np.bincount([len(case.shared) for case in self.cases], minlength=most + 1).tolist()

    def ordered(self, order: "Order") -> list[Case]:
        """Return all cases in this order. It is the same at each call while no works are added or deleted."""
        if order == Order.SAMPLE:
            return [self.cases[place] for place in np.random.default_rng(SEED).permutation(self.works)]
        sign = -1 if order == Order.AGREE else 1
        return sorted(self.cases, key=lambda case: (sign * case.overlap, case.image_id))


class Order(StrEnum):
    """The works that are shown first."""

    SAMPLE = "sample"
    DIFFER = "differ"
    AGREE = "agree"


def compare(one: Space, other: Space, user: permissions.User, *, works: int = WORKS, k: int = K) -> Comparison:
    """Find the k nearest works in both spaces, for a random sample of the works that this user may see.

    Raise SpaceError if the two spaces cannot be compared.
    """
    check(one, other)
    ids = sample(one, other, works, user)
    here, there = store.vectors_of(one, ids), store.vectors_of(other, ids)
    work_ids = dict(ArtworkImage.objects.filter(pk__in=ids).values_list("pk", "artwork"))
    cases = []
    for pk in [pk for pk in ids if pk in here and pk in there and pk in work_ids]:
        others = query_filters.visible_to(user) & query_filters.without_works([work_ids[pk]])
        sides = [store.nearest_works(space, vectors[pk], k, others) for space, vectors in ((one, here), (other, there))]
        cases.append(Case(pk, *sides))
    return Comparison(cases)


def check(one: Space, other: Space) -> None:
    """Raise SpaceError if the two spaces cannot be compared."""
    if one.pk == other.pk:
        raise SpaceError(gettext("Choose two different spaces."))
    if one.lens != other.lens:
        refusal = gettext(
            "Space %(one)s uses the lens %(lens)s, space %(other)s the lens %(other_lens)s. Choose two of one lens."
        )
        raise SpaceError(refusal % {"one": one.pk, "lens": one.lens, "other": other.pk, "other_lens": other.lens})
    for space in (one, other):
        if space.state in EMPTY:
            raise SpaceError(gettext(EMPTY[SpaceState(space.state)]) % {"number": space.pk})
        if not hnsw.is_made(space) and is_large(space):
            refusal = gettext(
                "Space %(number)s is large and has no index yet. Its index is built when all vectors are there."
            )
            raise SpaceError(refusal % {"number": space.pk})


def is_large(space: Space) -> bool:
    return space.embeddings.all()[: SEARCHED_WITHOUT_INDEX + 1].count() > SEARCHED_WITHOUT_INDEX


def sample(one: Space, other: Space, works: int, user: permissions.User) -> list[int]:
    """Return a random sample of leading pictures that have vectors in both spaces. It is the same at each call."""
    leading = Q(image__position=0, image__embeddings__space=other)
    return sampling.image_ids(one, works, permissions.visible_pictures(user, "image__") & leading)
