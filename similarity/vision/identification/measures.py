"""Count how many of the works in photographs are found and recognised."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields

from similarity.vision.identification.groups import Key, Work


@dataclass(frozen=True)
class Counts:
    """The counts of a set of photographs."""

    photographs: int
    photographs_of_works: int  # photographs that show at least one work of the collection
    photographs_recognised: int  # of these, photographs with at least one recognised work
    works: int  # works of the collection in the photographs; each counts once per photograph
    first: int  # of these, works that are the first answer at a place in their photograph
    recognised: int  # of these, works with the answer "This is ..."
    said: int  # number of answers "This is ...", right or wrong
    said_rightly: int
    unrecognised: int  # number of answers "Looks like ..."

    @property
    def p_at_1(self) -> float | None:
        """Return the share of works that are a first answer; None if no work was shown."""
        return share(self.first, self.works)

    @property
    def recall(self) -> float | None:
        """Return the share of works with the answer "This is ..."; None if no work was shown."""
        return share(self.recognised, self.works)

    @property
    def precision(self) -> float | None:
        """Return the share of answers "This is ..." that are right; None if there is none."""
        return share(self.said_rightly, self.said)


def count(shown: Sequence[AbstractSet[Key]], found: Sequence[Sequence[Work[Key]]]) -> Counts:
    """Count over photographs. `shown`: the right answers of each. `found`: the works found in each."""
    return total(count_one(right, works) for right, works in zip(shown, found, strict=True))


def count_one(right: AbstractSet[Key], works: Sequence[Work[Key]]) -> Counts:
    """Count one photograph."""
    first = {work.candidates[0].key for work in works if work.candidates}
    said = [work.identified for work in works if work.identified is not None]
    return Counts(
        photographs=1,
        photographs_of_works=int(bool(right)),
        photographs_recognised=int(bool(right & set(said))),
        works=len(right),
        first=len(right & first),
        recognised=len(right & set(said)),
        said=len(said),
        said_rightly=sum(key in right for key in said),
        unrecognised=len(works) - len(said),
    )


def total(counts: Iterable[Counts]) -> Counts:
    """Sum the counts of several photographs or sets."""
    every = list(counts)
    return Counts(**{field.name: sum(getattr(one, field.name) for one in every) for field in fields(Counts)})


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
