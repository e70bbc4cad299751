"""Requests for the panel of similar works."""

import re

from django.test import Client

from collection.models import Artwork


def panel(client: Client, work: Artwork, query: str = "", *, by: str = "lens-colour", page: str = "") -> object:
    """Load the panel as htmx does, from the work's page unless another is given."""
    headers = {
        "HX-Request": "true",
        "HX-Target": "similar",
        "HX-Trigger": by,
        "HX-Current-URL": f"http://testserver{page or work.get_absolute_url()}",
    }
    return client.get(f"/works/{work.pk}/similar/{query}", headers=headers)


def titles(text: str) -> list[str]:
    return re.findall(r'work-card__title">([^<]*)<', text)
