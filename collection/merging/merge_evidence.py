"""Evidence from other apps that two works are one, such as that of their pictures. It is kept with a merge."""

from collections.abc import Callable
from typing import Any

from collection.models import Artwork

Source = Callable[[Artwork, Artwork], dict[str, Any]]
sources: list[Source] = []  # other apps add theirs; each returns values by name, fit to show and to store as JSON


def evidence_of(kept: Artwork, merged: Artwork) -> dict[str, Any]:
    """Return the values of all sources."""
    return {name: value for source in sources for name, value in source(kept, merged).items()}
