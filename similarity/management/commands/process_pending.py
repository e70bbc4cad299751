"""Wake workers for everything that waits; with --wait, return when nothing does.

A step is one piece of work on one picture: making its smaller sizes, describing it for one space, or looking for
duplicates of it.
"""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from collection.jobs import derivative_jobs, job_queue
from collection.models import Step, StepState
from similarity import sweeping

POLL_S = 0.5


class Command(BaseCommand):
    help = (
        "Rings the workers for every picture that waits to be made smaller for pages, to be described for a space, or"
        " to be compared with possible duplicates; says how many pictures wait, with how many such steps, and how many"
        " steps failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait",
            action="store_true",
            help="return when nothing is waiting any more, spaces that go live by themselves included",
        )
        parser.add_argument("--timeout", type=float, default=None, metavar="S", help="give up waiting after S seconds")

    def handle(self, *, wait: bool, timeout: float | None, **_: Any) -> None:
        derivative_jobs.repair()
        sweeping.repair()
        self.ring()
        deadline = None if timeout is None else time.monotonic() + timeout
        next_ring = time.monotonic() + 5
        while wait and (is_waiting() or not sweeping.is_settled()):
            if deadline and time.monotonic() > deadline:
                raise CommandError(f"After {timeout:g} s: {waiting()} Is a worker running?")
            if time.monotonic() > next_ring:
                self.ring()
                next_ring = time.monotonic() + 5
            time.sleep(POLL_S)
        self.stdout.write(f"{waiting()} {failed()}")

    def ring(self) -> None:
        derivative_jobs.sweep()
        sweeping.sweep()


def is_waiting() -> bool:
    return Step.objects.filter(state__in=job_queue.UNFINISHED).exists()


def waiting() -> str:
    """What waits or is being worked on, in a sentence."""
    unfinished = Step.objects.filter(state__in=job_queue.UNFINISHED)
    by_key = dict(unfinished.order_by().values_list("key").annotate(rows=Count("*")))
    if not by_key:
        return "Nothing is waiting." if sweeping.is_settled() else "No picture is waiting, but a space is to move on."
    pictures = unfinished.aggregate(found=Count("image", distinct=True))["found"]
    smaller, flagging = by_key.get(job_queue.DERIVATIVES, 0), by_key.get(job_queue.FLAG, 0)
    everything = sum(by_key.values())
    parts = {
        "to make smaller sizes": smaller,
        "to describe pictures for a space": everything - smaller - flagging,
        "to look for duplicates": flagging,
    }
    told = ", ".join(f"{count:,} {what}" for what, count in parts.items() if count)
    is_or_are = "is" if pictures == 1 else "are"
    return f"{counted(pictures, 'picture')} {is_or_are} waiting for {counted(everything, 'step')}: {told}."


def failed() -> str:
    rows = Step.objects.filter(state=StepState.FAILED)
    found = rows.aggregate(steps=Count("*"), pictures=Count("image", distinct=True))
    if not found["steps"]:
        return "Nothing failed."
    return f"{counted(found['steps'], 'step')} failed, on {counted(found['pictures'], 'picture')}."


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
