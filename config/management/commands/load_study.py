"""Paint and import the study collection in parts, so that the site soon shows the first works."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from collection import study
from collection.importing import importer
from collection.models import Collection
from config.local.console import Console

SLUG = "study"
TITLE = "The Study Collection"
DESCRIPTION = "A small museum painted by code, with a dozen altered copies hidden among its works."
SLICES = (24, 60, 100, 140, 180)  # numbers of works; each part includes the one before


class Command(BaseCommand):
    help = "Paint the study collection under KINDRED_HOME and import it. Existing pictures and works stay as they are."

    def handle(self, **_: Any) -> None:
        defaults = {"title": TITLE, "description": DESCRIPTION}
        collection = Collection.objects.get_or_create(slug=SLUG, defaults=defaults)[0]
        for works in SLICES:
            if collection.artworks.count() < works:
                self.add(collection, works)

    def add(self, collection: Collection, works: int) -> None:
        """Add the first `works` works. Works that exist stay as they are."""
        console = Console()

        def show(done: int, total: int) -> None:
            console.status(f"Painting the study collection, part {SLICES.index(works) + 1}: {done} of {total} pictures")

        folder = settings.KINDRED_HOME / "study"
        metadata = study.paint(folder, works=works, progress=show)
        console.clear()
        target = importer.target_for(collection, publishes=True, is_rehearsal=False)
        found = importer.run(folder, importer.entries_of(folder, metadata), target, lambda *_: None)
        if found.refused.count:
            raise CommandError(f"{found.refused.count} pictures of the study collection were refused.")
