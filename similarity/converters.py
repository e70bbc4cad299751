"""Converters and checks for parts of addresses."""

from django.urls import converters

DIGITS = 18  # of an id; any such number fits into the database's bigint


class SearchToken(converters.StringConverter):
    """A token as secrets.token_urlsafe makes it. Anything else was never handed out, so it is not found (404)."""

    regex = "[A-Za-z0-9_-]{1,64}"


def is_id(text: str) -> bool:
    """Return True if the text can be looked up as the id of a row."""
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS
