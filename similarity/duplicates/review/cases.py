"""Show a case of possible duplicates, suggest which record to keep, and settle the case by one decision."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from collection import permissions
from collection.audit.recording import Verb, kind_of, record
from collection.models import Artwork, ArtworkImage, AuditEntry
from similarity.duplicates import grouping
from similarity.duplicates.review import verdicts
from similarity.duplicates.review.deciding import verdict_writing
from similarity.models import DuplicateCase, DuplicatePair, Verdict

RECORD_FIELDS = (
    "title", "creators", "date_display", "medium", "dimensions", "classification", "department", "culture",
    "credit_line", "rights_uri", "source_url", "description",
)  # fmt: skip
LAST_NUMBER = "SELECT pg_sequence_last_value(pg_get_serial_sequence('similarity_duplicatecase', 'id')::regclass)"


class NothingLeftError(ValueError):
    """All pairs of the case have been decided in the meantime. The text can be shown."""


@dataclass(frozen=True)
class Keeping:
    """The picture whose record is suggested to keep, and why, as the end of a sentence behind "because"."""

    image: ArtworkImage
    reason: str


def images_of(pairs: Iterable[DuplicatePair]) -> list[ArtworkImage]:
    """Return the pictures of these pairs, each once, by id."""
    found = {image.pk: image for pair in pairs for image in (pair.low, pair.high)}
    return [found[pk] for pk in sorted(found)]


def suggest_keeping(images: Sequence[ArtworkImage]) -> Keeping:
    """Return the picture whose record is best kept: most fields filled, then most pixels, then added first."""
    filled = {image.pk: filled_fields(image.artwork) for image in images}
    pixels = {image.pk: image.width_px * image.height_px for image in images}
    best = min(images, key=lambda image: (-filled[image.pk], -pixels[image.pk], image.artwork_id))
    if is_alone(filled, best.pk):
        reason = gettext("its record is the most complete (%(filled)s of %(all)s fields)")
        return Keeping(best, reason % {"filled": filled[best.pk], "all": len(RECORD_FIELDS)})
    if is_alone(pixels, best.pk):
        reason = gettext("its picture is the largest (%(width)s × %(height)s px)")
        return Keeping(best, reason % {"width": best.width_px, "height": best.height_px})
    return Keeping(best, gettext("its record was added first"))


def filled_fields(work: Artwork) -> int:
    return sum(bool(getattr(work, name)) for name in RECORD_FIELDS)


def is_alone(values: Mapping[int, int], best: int) -> bool:
    """Return True if no other picture has as great a value."""
    return all(value < values[best] for pk, value in values.items() if pk != best)


@transaction.atomic
def settle(
    pairs: verdicts.Pairs, case: DuplicateCase, verdict: Verdict, reviewer: permissions.User, left_out: Collection[int]
) -> int:
    """Decide the undecided pairs of a case that are among `pairs`, except those with a picture in `left_out`.

    Return the number of these pairs. Raise NothingLeftError if there is none.
    """
    grouping.lock(verdicts.waiting(pairs, reviewer).filter(case=case).values_list("pk", flat=True))
    undecided = verdicts.waiting(pairs, reviewer).filter(case=case).exclude(low__in=left_out).exclude(high__in=left_out)
    ids = list(undecided.values_list("pk", flat=True))
    if not ids:
        raise NothingLeftError(
            gettext("No pair of this case is left to decide. Somebody else may have decided the case.")
        )
    record(Verb.DECIDED, case, label=str(case), detail={"verdict": verdict, "pairs": ids})
    verdict_writing.write(ids, verdict, reviewer)
    return len(ids)


def has_existed(pk: int) -> bool:
    """Return True if a case has or had this number. The database never gives a number again."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_NUMBER)
        (last,) = cursor.fetchone()
    return 0 < pk <= (last or 0)


def successor(pairs: verdicts.Pairs, pk: int) -> DuplicateCase | None:
    """Return the case that now has all pairs that were decided in a deleted case, or None."""
    decided = AuditEntry.objects.filter(verb=Verb.DECIDED, kind=kind_of(DuplicateCase(pk=pk)), object_id=pk)
    ids = [pair for detail in decided.values_list("detail", flat=True) for pair in detail.get("pairs", [])]
    found = set(pairs.filter(pk__in=ids).order_by().values_list("case", flat=True).distinct())
    return DuplicateCase.objects.filter(pk__in=found).first() if len(found) == 1 else None


def open_cases(pairs: verdicts.Pairs, user: permissions.User) -> QuerySet[DuplicateCase]:
    """Return the cases that have one of these pairs waiting for this user, the oldest first."""
    waiting = verdicts.waiting(pairs, user).filter(case__isnull=False)
    return DuplicateCase.objects.filter(pk__in=waiting.order_by().values("case")).order_by("pk")


def next_case(pairs: verdicts.Pairs, case: DuplicateCase, user: permissions.User) -> DuplicateCase | None:
    """Return the open case after this one, else the first other one, else None."""
    others = open_cases(pairs, user).exclude(pk=case.pk)
    return others.filter(pk__gt=case.pk).first() or others.first()
