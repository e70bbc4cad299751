"""The state of groups and map on the Spaces page, and the button that builds them again."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from collection.audit.recording import Verb, record
from similarity.groups.building import overview_stages, versions
from similarity.models import Overview, OverviewState

NOTHING_YET = gettext_noop("No picture has been processed yet, so there is nothing to group.")
UNDER_WAY = gettext_noop("Groups and map are already being built.")

STAGE_NAMES = {
    "graph": gettext_noop("graph"),
    "groups": gettext_noop("groups"),
    "layout": gettext_noop("layout"),
    "sheets": gettext_noop("sheets"),
}


class RequestError(ValueError):
    """Groups and map cannot be built now. The text can be shown to a person."""


@dataclass(frozen=True)
class Versions:
    """The live version, the one that is being built, and the one that failed since, if any."""

    live: Overview | None
    building: Overview | None
    failed: Overview | None

    @property
    def stage(self) -> str:
        """Return the stage that is being computed, with its place among all, as in "graph, 1 of 4"."""
        if self.building is None:
            return ""
        names = list(overview_stages.STAGES)
        name = overview_stages.next_stage(self.building)
        place = {"stage": gettext(STAGE_NAMES[name]), "number": names.index(name) + 1, "count": len(names)}
        return gettext("%(stage)s, %(number)s of %(count)s") % place

    @property
    def duration_s(self) -> float:
        """Return how long the live version took to compute."""
        return sum(self.live.seconds.values()) if self.live else 0.0


def read() -> Versions:
    failed = Overview.objects.filter(state=OverviewState.FAILED).order_by("-pk").first()
    return Versions(versions.live(), versions.building(), failed)


@transaction.atomic
def request() -> None:
    """Begin to build groups and map again. Raise RequestError if that is not possible now."""
    if versions.building() is not None:
        raise RequestError(gettext(UNDER_WAY))
    overview = versions.request()
    if overview is None:
        raise RequestError(gettext(UNDER_WAY if versions.building() else NOTHING_YET))
    record(Verb.ASKED, overview)
