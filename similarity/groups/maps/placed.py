"""Which map is live, and which of its works a person may see."""

import hashlib
import json
from collections.abc import Sequence

from django.db.models import BigIntegerField, Count, Func, Q, QuerySet, Sum

from collection import permissions
from similarity.groups.building import versions
from similarity.groups.maps.group_labels import Label
from similarity.models import Overview, Placement

ON_MAP = Q(x__isnull=False)


def current() -> Overview | None:
    """Return the live overview if it has positions. An overview of an earlier release has none."""
    overview = versions.live()
    if overview is None or not Placement.objects.filter(ON_MAP, overview=overview)[:1].exists():
        return None
    return overview


def visible(overview: Overview, user: permissions.User) -> QuerySet[Placement]:
    """Return the rows of the works on the map that this user may see."""
    return Placement.objects.filter(ON_MAP, permissions.visible(user, "work__"), overview=overview)


def etag(overview: Overview, rows: QuerySet[Placement], labels: Sequence[Label]) -> str:
    """Return an ETag that changes with the set of visible works, when works join and when labels change. One query."""
    hashed = Func("work_id", 0, function="hashint8extended", output_field=BigIntegerField())
    found = rows.order_by().aggregate(count=Count("pk"), works=Sum(hashed))
    shown = [overview.pk, overview.joined, found["count"], str(found["works"]), [label.in_short for label in labels]]
    return f'"{hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]}"'
