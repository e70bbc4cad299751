"""Placeholders: pictures whose pixels stand for many works. Their pairs are marked, and are not in the review queue.

The mark is set when pairs are stored, and corrected by the periodic repair, so that no list has to count works.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from collection.models import ArtworkImage
from similarity.duplicates import grouping
from similarity.models import DuplicatePair, PlaceholderException, Verdict

MOST_WORKS = 5  # that may share a photograph; pixels of more works are a placeholder


def note(image_ids: Iterable[int]) -> None:
    """Mark the pairs of those of these pictures that are placeholders, and of all pictures with the same pixels.

    Call it under `grouping.lock`, before the pictures are regrouped. It does not change cases.
    """
    digests = set(ArtworkImage.objects.filter(pk__in=list(image_ids)).values_list("pixel_digest", flat=True))
    mark(shared(digests))


def shared(digests: Iterable[str]) -> list[str]:
    """Return those of these pixel digests that more than MOST_WORKS works share and that are no exceptions."""
    images = ArtworkImage.objects.filter(pixel_digest__in=set(digests), artwork__merged_into=None).order_by()
    images = images.exclude(pixel_digest__in=PlaceholderException.objects.values("pixel_digest"))
    works = images.values("pixel_digest").annotate(works=Count("artwork", distinct=True))
    return list(works.filter(works__gt=MOST_WORKS).values_list("pixel_digest", flat=True))


def mark(digests: Sequence[str]) -> set[int]:
    """Mark the pairs of pictures with these pixels. Return the pictures of the pairs that were not marked before."""
    found: set[int] = set()
    images = ArtworkImage.objects.filter(pixel_digest__in=digests).values("pk")
    for side in ("low__in", "high__in") if digests else ():  # one index each
        pairs = DuplicatePair.objects.filter(**{side: images}, stands_for_many=False)
        found |= set_mark(pairs, stands_for_many=True)
    return found


def unmark(marked: QuerySet[DuplicatePair]) -> set[int]:
    """Remove the mark from those of these pairs that have no placeholder any more. Return their pictures."""
    still = shared(digests_of(marked))
    stale = marked.exclude(Q(low__pixel_digest__in=still) | Q(high__pixel_digest__in=still))
    return set_mark(stale, stands_for_many=False)


def set_mark(pairs: QuerySet[DuplicatePair], *, stands_for_many: bool) -> set[int]:
    """Write the mark of these pairs. Return their pictures."""
    rows = list(pairs.values_list("pk", "low", "high"))
    DuplicatePair.objects.filter(pk__in=[pk for pk, _, _ in rows]).update(stands_for_many=stands_for_many)
    return {image for _, low, high in rows for image in (low, high)}


def correct(digest: str) -> None:
    """Mark or unmark and regroup the pairs of one picture whose exception changed. The caller holds `grouping.lock`."""
    of_picture = Q(low__pixel_digest=digest) | Q(high__pixel_digest=digest)
    changed = unmark(DuplicatePair.objects.filter(of_picture, stands_for_many=True)) | mark(shared([digest]))
    grouping.regroup(changed)


@transaction.atomic
def repair() -> None:
    """Mark and unmark pairs as the numbers of works are now, for example after deletions, merges and an upgrade."""
    grouping.lock()
    marked = DuplicatePair.objects.filter(stands_for_many=True)
    open_pairs = DuplicatePair.objects.filter(is_identical=True, verdict=Verdict.UNDECIDED, stands_for_many=False)
    changed = unmark(marked) | mark(shared(digests_of(open_pairs)))
    if changed:
        grouping.regroup(changed)


def digests_of(pairs: QuerySet[DuplicatePair]) -> set[str]:
    """Return the digests of the pixels of all pictures of these pairs."""
    rows = pairs.order_by().values_list("low__pixel_digest", "high__pixel_digest").distinct()
    return {digest for row in rows for digest in row}
