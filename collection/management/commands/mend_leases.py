"""Mend leases of jobs that a wrong clock has put far into the future."""

from typing import Any

from django.core.management.base import BaseCommand

from collection.jobs import leases


class Command(BaseCommand):
    help = "Shorten leases that lie impossibly far in the future, so that their jobs are done. The sweep does the same."

    def handle(self, **_: Any) -> None:
        count = leases.mend()
        self.stdout.write(f"{count} lease{'' if count == 1 else 's'} mended.")
