"""Build an overview, stage by stage. A CPU worker runs the tasks that wait between two stages.

Each stage replaces the results of an interrupted attempt. A worker that is killed releases its lock, and the sweep
wakes another one.
"""

import logging
import time
from collections.abc import Callable, Mapping

from django.db.models import F

from collection.imaging.refusals import gettext_noop
from similarity.groups.building import graph_stage, group_stage, layout_stage, sheets_stage, versions
from similarity.index import advisory_locks
from similarity.models import Overview

logger = logging.getLogger(__name__)

LOCK = 0x4B1D2F7  # advisory lock of the one worker that builds an overview
ATTEMPTS_LIMIT = 3
GAVE_UP_TEXT = gettext_noop("%(limit)s workers stopped at this stage. It may need more memory than the machine has.")
GAVE_UP = GAVE_UP_TEXT % {"limit": ATTEMPTS_LIMIT}
UNEXPECTED = gettext_noop("This stage failed. The reason is in the log of the worker.")

# In this order. The overview goes live after the last one.
STAGES: Mapping[str, Callable[[Overview], None]] = {
    "graph": graph_stage.run,
    "groups": group_stage.run,
    "layout": layout_stage.run,
    "sheets": sheets_stage.run,
}


def run() -> bool:
    """Run the next stage of the overview that is being built. Return True if there was one."""
    with advisory_locks.try_lock(LOCK) as is_alone:
        if not is_alone:
            return False
        versions.forget_abandoned()
        overview = versions.building()
        if overview is None:
            return False
        if overview.attempts >= ATTEMPTS_LIMIT:
            fail(overview, GAVE_UP)
            return False
        run_stage(overview, next_stage(overview))
        return True


def run_for(budget_s: float) -> bool:
    """Run stages until none is left, or the time is spent. Return True if another one may follow.

    So the stages of a small collection do not wait for other tasks in between.
    """
    ends_s = time.monotonic() + budget_s
    while run():
        if time.monotonic() > ends_s:
            return True
    return False


def next_stage(overview: Overview) -> str:
    """Return the name of the stage that follows the last completed one."""
    names = list(STAGES)
    return names[names.index(overview.stage) + 1] if overview.stage in names[:-1] else names[0]


def run_stage(overview: Overview, name: str) -> None:
    """Run one stage and note its duration. Make the overview live after the last stage."""
    Overview.objects.filter(pk=overview.pk).update(attempts=F("attempts") + 1)
    began_s = time.monotonic()
    try:
        STAGES[name](overview)
    except Exception:
        logger.exception("The stage %s of %s failed", name, overview)
        Overview.objects.filter(pk=overview.pk).update(problem=UNEXPECTED)
        return
    seconds = {**overview.seconds, name: round(time.monotonic() - began_s, 2)}
    Overview.objects.filter(pk=overview.pk).update(stage=name, attempts=0, problem="", seconds=seconds)
    if name == list(STAGES)[-1]:
        try:
            versions.switch_to(overview)
        except versions.OverviewGoneError as error:
            logger.warning("%s", error)


def fail(overview: Overview, problem: str) -> None:
    """Give up an overview. The live one stays. The next one can begin after `versions.PAUSE`."""
    reason = overview.problem or problem
    versions.fail(overview, reason)
    logger.error("%s is given up at the stage after %r: %s", overview, overview.stage, reason)


def is_due() -> bool:
    """Return True if an overview waits for a worker."""
    return versions.building() is not None
