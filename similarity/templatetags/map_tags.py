"""Template tags for links to the map."""

import time
from dataclasses import dataclass

from django import template

from similarity.models import MapSheet, OverviewState

register = template.Library()

FRESH_S = 15.0  # how long a process uses the answer that it has read


@dataclass
class LastRead:
    """Whether the live overview has a map, as this process last read it. The page of the map states it if not."""

    is_there: bool = False
    until_s: float = 0.0  # seconds of the monotonic clock

    def get(self) -> bool:
        if time.monotonic() >= self.until_s:
            self.is_there = MapSheet.objects.filter(overview__state=OverviewState.LIVE).exists()
            self.until_s = time.monotonic() + FRESH_S
        return self.is_there

    def forget(self) -> None:
        self.until_s = 0.0


last_read = LastRead()


@register.simple_tag
def has_map() -> bool:
    """Return True if the live overview has a map. A process asks the database every 15 seconds."""
    return last_read.get()
