"""Looks for pairs among all pictures once more: new evidence or another live space may find others than before."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.template.defaultfilters import pluralize

from similarity import duplicates, spaces
from similarity.models import DuplicatePair, Space, Verdict

BATCH = 64


class Command(BaseCommand):
    help = "Weighs every picture against its nearest again, for the review queue; verdicts stay. Safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--after", type=int, default=0, metavar="ID", help="go on behind the picture of this id")

    def handle(self, *, after: int, **_: Any) -> None:
        weighed = 0
        while ids := following(after):
            with transaction.atomic():
                duplicates.flag_near(live_space(), ids)
            after, weighed = ids[-1], weighed + len(ids)
            self.stdout.write(f"{weighed:,} pictures; to go on from here: --after {after}")
        waiting = DuplicatePair.objects.filter(verdict=Verdict.UNDECIDED).count()
        pictures_in_words = f"{weighed:,} picture{pluralize(weighed)}"
        wait_in_words = f"{waiting:,} pair{pluralize(waiting, ' waits,s wait')}"
        self.stdout.write(f"Weighed {pictures_in_words}; {wait_in_words} for a verdict.")


def following(after: int) -> list[int]:
    """The next pictures of the live space."""
    pictures = live_space().embeddings.order_by("image_id").values_list("image_id", flat=True)
    return list(pictures.filter(image_id__gt=after)[:BATCH])


def live_space() -> Space:
    """As it is now: a switch may come in between. Raises CommandError before the first worker started."""
    live = spaces.live()
    if live is None:
        raise CommandError("No picture was compared yet; the workers begin once there are some.")
    return live
