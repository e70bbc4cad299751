"""The consequences of a verdict: "detail of" and "edition or copy of" set a relation between the two works."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from collection import permissions
from collection.merging import relations
from collection.merging.merge_errors import MergeRefusedError
from collection.models import Artwork, ArtworkImage, WorkRelation
from similarity.models import DuplicatePair, Side, Verdict

RELATIONS = {Verdict.DETAIL_OF: WorkRelation.Kind.DETAIL, Verdict.EDITION_OF: WorkRelation.Kind.EDITION}


def derived_side(pair: DuplicatePair, verdict: Verdict | str) -> str:
    """Return which picture is probably the detail, or the edition or copy, of the other; "" for other verdicts.

    A larger share of the detail is shown by the other picture than of that picture by the detail. The copy is the later
    work or, if the years do not decide, the one that was added later.
    """
    if verdict not in RELATIONS:
        return ""
    if verdict == Verdict.DETAIL_OF and pair.low_share is not None and pair.high_share is not None:
        return Side.LOW if pair.low_share > pair.high_share else Side.HIGH
    years = pair.low.artwork.year_start, pair.high.artwork.year_start
    if years[0] is not None and years[1] is not None and years[0] != years[1]:
        return Side.LOW if years[0] > years[1] else Side.HIGH
    return Side.LOW if pair.low.artwork_id > pair.high.artwork_id else Side.HIGH


def derived_sides(pair_ids: Collection[int], verdict: Verdict, chosen: str) -> dict[int, str]:
    """Return the derived side of each pair: the chosen one or, if nobody chose, the probable one."""
    if chosen or verdict not in RELATIONS:
        return dict.fromkeys(pair_ids, chosen if verdict in RELATIONS else "")
    pairs = DuplicatePair.objects.select_related("low__artwork", "high__artwork").filter(pk__in=pair_ids)
    return {pair.pk: derived_side(pair, verdict) for pair in pairs}


def sides_of(pair: DuplicatePair) -> tuple[ArtworkImage, ArtworkImage]:
    """Return the picture that is the detail or the copy, and the other one."""
    return (pair.low, pair.high) if pair.derived == Side.LOW else (pair.high, pair.low)


def works_of(pair: DuplicatePair) -> tuple[Artwork, Artwork]:
    derived, other = sides_of(pair)
    return derived.artwork, other.artwork


def relate(pair_ids: Collection[int], verdict: Verdict, reviewer: permissions.User) -> None:
    """Set the relations that follow from a verdict that was just given on these pairs.

    No relation is set if the reviewer does not curate both collections, or if the works are related already.
    """
    if verdict not in RELATIONS:
        return
    for pair in with_works(pair_ids):
        try:
            with transaction.atomic():
                made = relations.relate(*works_of(pair), RELATIONS[verdict], reviewer)
        except (PermissionDenied, MergeRefusedError):  # the page of the pair says why, see `standing`
            continue
        DuplicatePair.objects.filter(pk=pair.pk).update(relation_made=made)


def unrelate(pair_ids: Collection[int], reviewer: permissions.User) -> None:
    """Remove the relations that the verdicts on these pairs set, unless another verdict says the same of both works.

    Raise PermissionDenied unless the reviewer curates both works.
    """
    made = WorkRelation.objects.select_related("from_work__collection", "to_work__collection")
    for relation in made.filter(pk__in=DuplicatePair.objects.filter(pk__in=pair_ids).values("relation_made")):
        if not hand_over(relation, pair_ids):
            relations.remove(relation, reviewer)


def hand_over(relation: WorkRelation, pair_ids: Collection[int]) -> bool:
    """Note the relation with another pair of the two works that has the same verdict. Return False without such a pair.

    Two works with several views may have several pairs, and only the first verdict sets the relation.
    """
    from_low = Q(low__artwork=relation.from_work_id, high__artwork=relation.to_work_id, derived=Side.LOW)
    from_high = Q(high__artwork=relation.from_work_id, low__artwork=relation.to_work_id, derived=Side.HIGH)
    verdicts = [verdict for verdict, kind in RELATIONS.items() if kind == relation.kind]
    others = DuplicatePair.objects.filter(from_low | from_high, verdict__in=verdicts).exclude(pk__in=pair_ids)
    heir = others.order_by("pk").first()
    return heir is not None and bool(DuplicatePair.objects.filter(pk=heir.pk).update(relation_made=relation))


def with_works(pair_ids: Collection[int]) -> list[DuplicatePair]:
    pairs = DuplicatePair.objects.select_related("low__artwork__collection", "high__artwork__collection")
    return list(pairs.filter(pk__in=pair_ids).order_by("pk"))


def standing(pair: DuplicatePair) -> str:
    """Return a sentence on the relation that the pair's verdict set; "" for a verdict that sets none."""
    if pair.verdict not in RELATIONS:
        return ""
    if pair.relation_made_id:
        return gettext("The pages of both works show it.")
    if WorkRelation.objects.filter(relations.between(*works_of(pair))).exists():
        return gettext("The two works are related already, so this verdict set no relation.")
    return gettext("No relation is set between the two works: only a curator of both collections can relate them.")
