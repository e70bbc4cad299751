"""The open cases at the top of the review queue, each as a strip of pictures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from collection import permissions
from collection.models import ArtworkImage
from similarity.duplicates.review import cases, verdicts
from similarity.models import DuplicateCase

SHOWN = 20  # cases on one page; the others follow once these are settled
PICTURES_SHOWN = 8


@dataclass(frozen=True)
class Strip:
    """A case, its first pictures, the number of all its pictures, and of its undecided pairs."""

    case: DuplicateCase
    images: Sequence[ArtworkImage]
    pictures: int
    waiting: int


def of(pairs: verdicts.Pairs, user: permissions.User) -> list[Strip]:
    """Return the first SHOWN cases in which a pair waits for this user. Only the shown pictures are read."""
    shown = list(cases.open_cases(pairs, user)[:SHOWN])
    if not shown:
        return []
    members: dict[int, set[int]] = defaultdict(set)
    open_pairs = verdicts.waiting(pairs, user).filter(case__in=shown).order_by().values_list("case")
    waiting = dict(open_pairs.annotate(count=Count("pk")))
    of_cases = verdicts.of_two_works(pairs).filter(case__in=shown).order_by()
    for case, low, high in of_cases.values_list("case", "low", "high"):
        members[case] |= {low, high}
    firsts = {case: sorted(images)[:PICTURES_SHOWN] for case, images in members.items()}
    pictures = ArtworkImage.objects.select_related("artwork").in_bulk([pk for pks in firsts.values() for pk in pks])
    return [
        Strip(case, [pictures[pk] for pk in firsts[case.pk] if pk in pictures], len(members[case.pk]), waiting[case.pk])
        for case in shown
    ]
