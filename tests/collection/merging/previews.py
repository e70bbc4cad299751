"""The page on which a curator compares two records before a merge."""

from django.test import Client

from collection.models import Artwork


def address(kept: Artwork, merged: Artwork) -> str:
    return f"/works/{kept.pk}/merge/{merged.pk}/"


def digest_shown(browser: Client, kept: Artwork, merged: Artwork) -> str:
    """Return the digest that the form of the page sends back."""
    return str(browser.get(address(kept, merged)).context["form"]["shown"].value())
