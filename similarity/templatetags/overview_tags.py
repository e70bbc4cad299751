"""Template tags for links to the groups and the map."""

import time
from dataclasses import dataclass

from django import template
from django.db.models import Exists, OuterRef

from similarity.models import Group, MapSheet, Overview, OverviewState

register = template.Library()

FRESH_S = 15.0  # how long a process uses what it has read


@dataclass
class LastRead:
    """Whether the live overview has groups and a map, as this process last read it."""

    has_groups: bool = False
    has_map: bool = False
    until_s: float = 0.0  # seconds of the monotonic clock

    def renewed(self) -> "LastRead":
        """Read again after FRESH_S."""
        if time.monotonic() >= self.until_s:
            groups, sheets = (
                Exists(rows.filter(overview=OuterRef("pk"))) for rows in (Group.objects, MapSheet.objects)
            )
            live = Overview.objects.filter(state=OverviewState.LIVE)
            self.has_groups, self.has_map = live.values_list(groups, sheets).first() or (False, False)
            self.until_s = time.monotonic() + FRESH_S
        return self

    def forget(self) -> None:
        self.until_s = 0.0


last_read = LastRead()


@register.simple_tag(takes_context=True)
def has_groups(context: template.Context) -> bool:
    """Return True if the live overview has groups. Return False without a request, as on error pages."""
    return context.get("request") is not None and last_read.renewed().has_groups


@register.simple_tag(takes_context=True)
def has_map(context: template.Context) -> bool:
    """Return True if the live overview has a map. Return False without a request."""
    return context.get("request") is not None and last_read.renewed().has_map
