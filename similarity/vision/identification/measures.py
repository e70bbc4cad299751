"""How well the works in photographs are found and recognised, counted over works."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields

from similarity.vision.identification.groups import Key, Work


@dataclass(frozen=True)
class Counts:
    """Of a set of photographs."""

    photographs: int
    photographs_of_works: int  # that show at least one work of the collection
    photographs_recognised: int  # of these, photographs of which at least one work was recognised
    works: int  # of the collection, that the photographs show; each counts once a photograph
    first: int  # of them, works that are the first answer of one of the places found in their photograph
    recognised: int  # of them, works of which "This is ..." was said
    said: int  # how often "This is ..." was said, of whatever work
    said_rightly: int
    unrecognised: int  # places found of which "Looks like ..." was said

    @property
    def p_at_1(self) -> float | None:
        """Share of works that are a first answer; None if no work was shown."""
        return share(self.first, self.works)

    @property
    def recall(self) -> float | None:
        """Share of works of the collection of which "This is ..." was said."""
        return share(self.recognised, self.works)

    @property
    def precision(self) -> float | None:
        """Share of "This is ..." that is right; None if it was never said."""
        return share(self.said_rightly, self.said)


def count(shown: Sequence[AbstractSet[Key]], found: Sequence[Sequence[Work[Key]]]) -> Counts:
    """For each photograph the pictures that are right answers, and the works that were found in it."""
    return total(count_one(right, works) for right, works in zip(shown, found, strict=True))


def count_one(right: AbstractSet[Key], works: Sequence[Work[Key]]) -> Counts:
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
    """The sum, number by number: of photographs of one set, or of several sets."""
    every = list(counts)
    return Counts(**{field.name: sum(getattr(one, field.name) for one in every) for field in fields(Counts)})


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
