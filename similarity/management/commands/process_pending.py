"""Wake workers for all waiting jobs. With --wait, return when no job waits any more.

A job is one piece of work on one picture: making its smaller sizes or tiles, describing it for a space, computing its
twin value, or looking for duplicates of it.
"""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from collection.jobs import derivative_jobs, job_queue
from collection.models import Job, JobState
from similarity import sweeping
from similarity.vision.twin import weights_file

POLL_S = 0.5
WAKE_S = 5
KNOWN = (
    job_queue.DERIVATIVES, job_queue.PYRAMID, job_queue.PALETTE, job_queue.AVIF, job_queue.TWIN, job_queue.FLAG,
)  # fmt: skip


class Command(BaseCommand):
    help = (
        "Wakes the workers for every picture that waits for its smaller sizes, for its description for a space, or for"
        " the comparison with possible duplicates. Prints how many pictures wait, with how many such jobs, and how"
        " many jobs failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait",
            action="store_true",
            help="return when nothing waits any more and no space is about to go live automatically",
        )
        parser.add_argument("--timeout", type=float, default=None, metavar="S", help="give up waiting after S seconds")

    def handle(self, *, wait: bool, timeout: float | None, **_: Any) -> None:
        derivative_jobs.repair()
        sweeping.repair()
        self.wake_workers()
        deadline = None if timeout is None else time.monotonic() + timeout
        next_wake = time.monotonic() + WAKE_S
        while wait and (is_waiting() or not sweeping.is_settled()):
            if deadline and time.monotonic() > deadline:
                raise CommandError(f"After {timeout:g} s: {waiting()} Is a worker running?")
            if time.monotonic() > next_wake:
                self.wake_workers()
                next_wake = time.monotonic() + WAKE_S
            time.sleep(POLL_S)
        self.stdout.write(f"{waiting()} {failed()}")

    def wake_workers(self) -> None:
        derivative_jobs.sweep()
        sweeping.sweep()


def is_waiting() -> bool:
    """Return True if a job waits that workers can do: twin values need the file of their network."""
    unfinished = Job.objects.filter(state__in=job_queue.UNFINISHED)
    return (unfinished if weights_file.state() else unfinished.exclude(key=job_queue.TWIN)).exists()


def waiting() -> str:
    """Return a sentence on the jobs that wait or are being worked on."""
    unfinished = Job.objects.filter(state__in=job_queue.UNFINISHED)
    by_key = dict(unfinished.order_by().values_list("key").annotate(rows=Count("*")))
    if not by_key:
        return (
            "Nothing is waiting."
            if sweeping.is_settled()
            else "No picture is waiting, but a space is about to change its state."
        )
    pictures = unfinished.aggregate(found=Count("image", distinct=True))["found"]
    known = {key: by_key.get(key, 0) for key in KNOWN}
    everything = sum(by_key.values())
    parts = {
        "to make smaller sizes": known[job_queue.DERIVATIVES],
        "to describe pictures for a space": everything - sum(known.values()),
        "to be cut into tiles": known[job_queue.PYRAMID],
        "to read their colours": known[job_queue.PALETTE],
        "to be made as AVIF": known[job_queue.AVIF],
        "to compute twin values": known[job_queue.TWIN],
        "to look for duplicates": known[job_queue.FLAG],
    }
    by_kind = ", ".join(f"{count:,} {what}" for what, count in parts.items() if count)
    is_or_are = "is" if pictures == 1 else "are"
    return f"{counted(pictures, 'picture')} {is_or_are} waiting for {counted(everything, 'job')}: {by_kind}."


def failed() -> str:
    """Return a sentence on the jobs that failed."""
    rows = Job.objects.filter(state=JobState.FAILED)
    found = rows.aggregate(jobs=Count("*"), pictures=Count("image", distinct=True))
    if not found["jobs"]:
        return "Nothing failed."
    return f"{counted(found['jobs'], 'job')} failed, on {counted(found['pictures'], 'picture')}."


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
