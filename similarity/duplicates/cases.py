"""Group possible duplicates into cases, and settle a case by one decision."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from collection import permissions
from collection.audit.recording import Verb, record
from collection.models import Artwork, ArtworkImage
from similarity.duplicates import verdicts
from similarity.models import DuplicateCase, DuplicatePair, Verdict

LEAST_PICTURES = 3  # two pictures are a pair
LOCK = 0x63617365  # the key of the advisory lock under which cases are changed
CONNECTING = Q(suggested=Verdict.DUPLICATE, verdict=Verdict.UNDECIDED) | Q(verdict=Verdict.DUPLICATE)
RECORD_FIELDS = (
    "title", "creators", "date_display", "medium", "dimensions", "classification", "department", "culture",
    "credit_line", "rights_uri", "source_url", "description",
)  # fmt: skip


class NothingLeftError(ValueError):
    """All pairs of the case have been decided meanwhile. The text can be shown."""


@dataclass(frozen=True)
class Keeping:
    """The picture whose record is suggested to keep, and why, as the end of a sentence."""

    image: ArtworkImage
    reason: str


def regroup(image_ids: Iterable[int]) -> None:
    """Write the cases around these pictures anew. Call it in the transaction that changes their pairs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    pairs = connected_pairs(set(image_ids))
    groups = components(pairs.values())
    pairs_of = defaultdict(list)
    for pair in pairs.values():
        if pair.is_connecting:
            pairs_of[groups[pair.low_id]].append(pair)
    used: set[int] = set()
    for members in sorted(pairs_of.values(), key=lambda members: min(pair.pk for pair in members)):
        images = {pk for pair in members for pk in (pair.low_id, pair.high_id)}
        write_case(members, images, used)
    loose = [pair.pk for pair in pairs.values() if not pair.is_connecting and pair.case_id]
    DuplicatePair.objects.filter(pk__in=loose).update(case=None)
    DuplicateCase.objects.filter(pairs=None).delete()


@dataclass(frozen=True)
class Edge:
    """What grouping needs to know of a pair."""

    pk: int
    low_id: int
    high_id: int
    case_id: int | None
    is_connecting: bool


def connected_pairs(image_ids: set[int]) -> dict[int, Edge]:
    """Return the pairs that can be reached from these pictures by connecting pairs, and those that were in a case."""
    found: dict[int, Edge] = {}
    frontier = set(image_ids)
    seen: set[int] = set()
    while frontier:
        seen |= frontier
        near = Q(low__in=frontier) | Q(high__in=frontier)
        rows = DuplicatePair.objects.filter(near, CONNECTING | Q(case__isnull=False))
        for pair in rows:
            is_connecting = Verdict.DUPLICATE == (
                pair.suggested if pair.verdict == Verdict.UNDECIDED else pair.verdict
            )
            found[pair.pk] = Edge(pair.pk, pair.low_id, pair.high_id, pair.case_id, is_connecting)
        frontier = {pk for edge in found.values() for pk in (edge.low_id, edge.high_id)} - seen
    return found


def components(edges: Collection[Edge]) -> dict[int, int]:
    """Return the smallest picture of the connected component of each picture, by union and find."""
    parent: dict[int, int] = {}

    def root(pk: int) -> int:
        parent.setdefault(pk, pk)
        while parent[pk] != pk:
            parent[pk] = parent[parent[pk]]
            pk = parent[pk]
        return pk

    for edge in edges:
        if edge.is_connecting:
            low, high = sorted((root(edge.low_id), root(edge.high_id)))
            parent[high] = low
    return {pk: root(pk) for pk in list(parent)}


def write_case(members: Sequence[Edge], images: Collection[int], used: set[int]) -> None:
    """Give the pairs of one component their case: the oldest that no other component has taken, or a new one."""
    if len(images) < LEAST_PICTURES:
        DuplicatePair.objects.filter(pk__in=[pair.pk for pair in members]).update(case=None)
        return
    known = sorted({pair.case_id for pair in members if pair.case_id} - used)
    case_id = known[0] if known else DuplicateCase.objects.create().pk
    used.add(case_id)
    DuplicatePair.objects.filter(pk__in=[pair.pk for pair in members]).update(case=case_id)


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
        return Keeping(best, f"its record is the most complete ({filled[best.pk]} of {len(RECORD_FIELDS)} fields)")
    if is_alone(pixels, best.pk):
        return Keeping(best, f"its picture is the largest ({best.width_px} × {best.height_px} px)")
    return Keeping(best, "its record was added first")


def filled_fields(work: Artwork) -> int:
    return sum(bool(getattr(work, name)) for name in RECORD_FIELDS)


def is_alone(values: Mapping[int, int], best: int) -> bool:
    """Return True if no other picture has as great a value."""
    return all(value < values[best] for pk, value in values.items() if pk != best)


@transaction.atomic
def settle(
    pairs: verdicts.Pairs, case: DuplicateCase, verdict: Verdict, reviewer: permissions.User, left_out: Collection[int]
) -> int:
    """Decide the undecided pairs of a case that are among `pairs`, but those of the pictures `left_out`.

    Return how many were decided. Raise NothingLeftError if there was none.
    """
    undecided = pairs.filter(case=case, verdict=Verdict.UNDECIDED).exclude(low__in=left_out).exclude(high__in=left_out)
    ids = list(undecided.values_list("pk", flat=True))
    chosen = DuplicatePair.objects.filter(pk__in=ids, verdict=Verdict.UNDECIDED)
    touched = {pk for row in chosen.values_list("low", "high") for pk in row}
    count = chosen.update(verdict=verdict, decided_by_id=reviewer.pk, decided_at=timezone.now())
    if not count:
        raise NothingLeftError("Nothing of this case is left to decide. Somebody else may have decided it.")
    record(Verb.DECIDED, case, label=str(case), detail={"verdict": verdict, "pairs": count})
    regroup(touched)
    return count
