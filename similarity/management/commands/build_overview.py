"""Build groups and map again, because many records or verdicts have changed since they were built."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection.jobs import workers
from similarity.models import Overview, OverviewState
from similarity.space_pages import group_versions
from similarity.workers import task_names

POLL_S = 0.5
WAKE_S = 5


class Command(BaseCommand):
    help = "Builds the groups and the map of all works again; CPU workers do the work. The live ones stay until then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", action="store_true", help="return when they are live")

    def handle(self, *, wait: bool, **_: Any) -> None:
        try:
            group_versions.request()
        except group_versions.RequestError as error:
            raise CommandError(str(error)) from error
        workers.wake(task_names.BUILD_OVERVIEW)
        self.stdout.write("Groups and map wait for a worker.")
        if wait:
            self.stdout.write(wait_for_workers(Overview.objects.latest("pk").pk))


def wait_for_workers(pk: int) -> str:
    """Return a sentence when this overview is live, or raise CommandError. Wake workers every WAKE_S seconds."""
    next_wake = time.monotonic() + WAKE_S
    while (overview := Overview.objects.filter(pk=pk).first()) and overview.state == OverviewState.BUILDING:
        if time.monotonic() > next_wake:
            workers.wake(task_names.BUILD_OVERVIEW)
            next_wake = time.monotonic() + WAKE_S
        time.sleep(POLL_S)
    if overview is None or overview.state == OverviewState.FAILED:
        raise CommandError(overview.problem if overview else "Another look went live, so groups are built from that.")
    return f"Done: groups and map of {overview.size:,} works, in {sum(overview.seconds.values()):.0f} s."
