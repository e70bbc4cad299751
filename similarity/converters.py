"""URL path converters and checks."""

from django.urls import converters

DIGITS = 18  # of an id; any such number fits into the database's bigint


class SearchToken(converters.StringConverter):
    """A token in the format of secrets.token_urlsafe. Any other text was never issued, so it is not found (404)."""

    regex = "[A-Za-z0-9_-]{1,64}"


def is_id(text: str) -> bool:
    """Return True if the text can be looked up as the id of a row."""
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS
