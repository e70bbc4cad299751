"""The sweeper by hand: rings for everything that waits, and with --wait returns when nothing does."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection import darkroom
from collection.models import Step, StepState
from similarity import sweeping

POLL_S = 0.5


class Command(BaseCommand):
    help = "Rings the workers for every picture that waits for its derivatives or its descriptors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait",
            action="store_true",
            help="return when nothing is pending, spaces that go live by themselves included",
        )
        parser.add_argument("--timeout", type=float, default=None, metavar="S", help="give up waiting after S seconds")

    def handle(self, *, wait: bool, timeout: float | None, **_: Any) -> None:
        darkroom.repair()
        sweeping.repair()
        self.ring()
        deadline = None if timeout is None else time.monotonic() + timeout
        next_ring = time.monotonic() + 5
        while wait and ((left := self.unsettled()) or not sweeping.is_settled()):
            if deadline and time.monotonic() > deadline:
                raise CommandError(f"{left} steps are still pending after {timeout:g} s. Is a worker running?")
            if time.monotonic() > next_ring:
                self.ring()
                next_ring = time.monotonic() + 5
            time.sleep(POLL_S)
        failed = Step.objects.filter(state=StepState.FAILED).count()
        self.stdout.write(f"{self.unsettled()} pending, {failed} failed.")

    def ring(self) -> None:
        darkroom.sweep()
        sweeping.sweep()

    def unsettled(self) -> int:
        return Step.objects.filter(state__in=[StepState.PENDING, StepState.CLAIMED]).count()
