"""What may stand in an address of this room."""

from django.urls import converters


class SearchToken(converters.StringConverter):
    """As secrets.token_urlsafe makes them; anything else was never given out and is not looked up."""

    regex = "[A-Za-z0-9_-]{1,64}"
