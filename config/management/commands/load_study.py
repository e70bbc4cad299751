"""Paints the study collection and imports it. What is there already is kept, so a second start resumes."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from collection import study
from collection.models import Collection
from config.local.console import Console

SLUG = "study"
TITLE = "The Study Collection"
DESCRIPTION = "A small museum painted by code, with a dozen altered copies hidden among its works."


class Command(BaseCommand):
    help = "Paints the study collection under KINDRED_HOME and imports it."

    def handle(self, **_: Any) -> None:
        console = Console()

        def show(done: int, total: int) -> None:
            console.status(f"Painting the study collection: {done} of {total} pictures")

        folder = settings.KINDRED_HOME / "study"
        metadata = study.paint(folder, progress=show)
        console.clear()
        Collection.objects.get_or_create(slug=SLUG, defaults={"title": TITLE, "description": DESCRIPTION})
        call_command("import_collection", folder, collection=SLUG, metadata=metadata)
