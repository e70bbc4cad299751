"""Look for duplicates of all pictures again, because new evidence or another live space may find other pairs."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize

from collection.jobs import job_queue
from similarity.duplicates import flagging
from similarity.duplicates.review import verdicts
from similarity.models import DuplicatePair
from similarity.spaces import lifecycle

POLL_S = 0.5
WAKE_S = 5


class Command(BaseCommand):
    help = (
        "Adds every picture to the queue for duplicate detection again; CPU workers do the rest. Verdicts stay. If the"
        " command is stopped, the workers go on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", action="store_true", help="return when the workers are done")

    def handle(self, *, wait: bool, **_: Any) -> None:
        if lifecycle.for_copies() is None:
            raise CommandError("No picture has been compared yet. Workers compare pictures once there are some.")
        job_queue.repeat(job_queue.FLAG)
        flagging.repair()
        count = job_queue.left(job_queue.FLAG)
        flagging.sweep()
        self.stdout.write(f"{count:,} picture{pluralize(count, ' waits,s wait')} for the workers.")
        if wait:
            wait_for_workers()
            undecided = verdicts.undecided(DuplicatePair.objects.all()).count()
            self.stdout.write(f"Done; {undecided:,} pair{pluralize(undecided, ' waits,s wait')} for a verdict.")


def wait_for_workers() -> None:
    """Return when no picture waits to be flagged. Wake the workers every WAKE_S seconds."""
    next_wake = time.monotonic() + WAKE_S
    while job_queue.left(job_queue.FLAG, up_to=1):
        if time.monotonic() > next_wake:
            flagging.sweep()
            next_wake = time.monotonic() + WAKE_S
        time.sleep(POLL_S)
