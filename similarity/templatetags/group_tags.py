"""Template tags for links to the groups."""

import time
from dataclasses import dataclass

from django import template

from similarity.models import Group, OverviewState

register = template.Library()

FRESH_S = 15.0  # how long a process uses the answer that it has read


@dataclass
class LastRead:
    """Whether the live overview has groups, as this process last read it."""

    are_there: bool = False
    until_s: float = 0.0  # seconds of the monotonic clock

    def get(self) -> bool:
        if time.monotonic() >= self.until_s:
            self.are_there = Group.objects.filter(overview__state=OverviewState.LIVE).exists()
            self.until_s = time.monotonic() + FRESH_S
        return self.are_there

    def forget(self) -> None:
        self.until_s = 0.0


last_read = LastRead()


@register.simple_tag(takes_context=True)
def has_groups(context: template.Context) -> bool:
    """Return True if the live overview has groups. A page without a request, such as that of an error, asks nothing."""
    return context.get("request") is not None and last_read.get()
