"""What may stand in an address of this room."""

from django.urls import converters

DIGITS = 18  # of a number that the database can hold


class SearchToken(converters.StringConverter):
    """As secrets.token_urlsafe makes them; anything else was never given out and is not looked up."""

    regex = "[A-Za-z0-9_-]{1,64}"


def is_id(text: str) -> bool:
    """Whether a row may be looked up by it."""
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS
