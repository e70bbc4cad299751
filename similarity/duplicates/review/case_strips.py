"""The open cases at the top of the review queue, each as a strip of pictures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from collection.models import ArtworkImage
from similarity.duplicates.review import cases, verdicts
from similarity.models import DuplicateCase, DuplicatePair, Verdict

SHOWN = 20  # cases on one page; the others follow once these are settled
PICTURES_SHOWN = 8


@dataclass(frozen=True)
class Strip:
    """A case, its first pictures, the number of all its pictures, and of its undecided pairs."""

    case: DuplicateCase
    images: Sequence[ArtworkImage]
    pictures: int
    waiting: int


def of(pairs: verdicts.Pairs) -> list[Strip]:
    """Return the first SHOWN cases in which any of these pairs is undecided."""
    shown = list(cases.open_cases(pairs)[:SHOWN])
    members: dict[int | None, list[DuplicatePair]] = defaultdict(list)
    for pair in pairs.filter(case__in=shown).order_by("pk"):
        members[pair.case_id].append(pair)
    return [strip_of(case, members[case.pk]) for case in shown]


def strip_of(case: DuplicateCase, members: Sequence[DuplicatePair]) -> Strip:
    images = cases.images_of(members)
    waiting = sum(pair.verdict == Verdict.UNDECIDED for pair in members)
    return Strip(case, images[:PICTURES_SHOWN], len(images), waiting)
