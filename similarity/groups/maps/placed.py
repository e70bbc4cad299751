"""Which map is live, and which of its works a person may see."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from django.db.models import BigIntegerField, Count, Func, Q, QuerySet, Sum

from collection import permissions
from collection.models import ArtworkImage
from similarity.groups.building import versions
from similarity.groups.maps.group_labels import Label
from similarity.models import Overview, Placement

ON_MAP = Q(x__isnull=False)


@dataclass(frozen=True)
class Fingerprint:
    """Numbers that change with the set of works and with their first pictures."""

    count: int
    works: int  # sum of `hash_of`
    pictures: int


def current() -> Overview | None:
    """Return the live overview if it has positions. An overview of an earlier release has none."""
    overview = versions.live()
    if overview is None or not Placement.objects.filter(ON_MAP, overview=overview)[:1].exists():
        return None
    return overview


def visible(overview: Overview, user: permissions.User) -> QuerySet[Placement]:
    """Return the rows of the works on the map that this user may see."""
    return Placement.objects.filter(ON_MAP, permissions.visible(user, "work__"), overview=overview)


def first_pictures(rows: QuerySet[Placement]) -> QuerySet[ArtworkImage]:
    """Return the first picture of each of these works, by id of the work."""
    images = ArtworkImage.objects.filter(artwork__in=rows.order_by().values("work"))
    return images.order_by("artwork_id", "position").distinct("artwork_id")


def hash_of(field: str) -> Func:
    """Return an expression: a hash of an id, so that different sets of ids have different sums."""
    return Func(field, 0, function="hashint8extended", output_field=BigIntegerField())


def etag(overview: Overview, rows: QuerySet[Placement], labels: Sequence[Label]) -> str:
    """Return an ETag that changes with the visible works, their first pictures and the labels. Two queries."""
    works = rows.order_by().aggregate(count=Count("pk"), works=Sum(hash_of("work_id")))
    first = ArtworkImage.objects.filter(pk__in=first_pictures(rows).values("pk")).order_by()
    pictures = first.aggregate(sum=Sum(hash_of("pk")))["sum"]
    return etag_of(overview, labels, Fingerprint(works["count"], int(works["works"] or 0), int(pictures or 0)))


def etag_of(overview: Overview, labels: Sequence[Label], found: Fingerprint) -> str:
    shown = [overview.pk, *map(str, astuple(found)), [label.in_short for label in labels]]
    return f'"{hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]}"'
