"""Narrow a list of similar works by facets of the catalogue: read them from an address, and find works that have them.

Each facet has at most one value here. The names of its fields differ from those of lenses.
"""

import re
from collections.abc import Mapping

from django.db.models import QuerySet

from collection.browsing import centuries
from collection.browsing import filters as filtering
from collection.browsing.facet_table import BY_NAME, FacetName
from collection.browsing.filters import Filters
from collection.models import Artwork, Collection

CENTURY = "century"
FACETS = [BY_NAME[name] for name in ("classification", "department", "culture", "medium", CENTURY)]
MAKER, KNOWN = "maker", "known"  # ?maker=known: only works whose maker is known
FIND_LIMIT_CHARS = 100
VALUE_LIMIT_CHARS = 500  # the longest medium
UNUSABLE = re.compile(r"[\0\ud800-\udfff]")  # PostgreSQL stores neither NUL nor halves of characters

Narrow = Mapping[str, str]  # value by the name of its field
EVERYTHING: Narrow = {}


def read(fields: Mapping[str, str]) -> Narrow:
    """Return the facets in an address. Values that no work can have are ignored."""
    typed = {facet.name: clean(facet.name, fields.get(facet.name, "")) for facet in FACETS}
    found = {name: value for name, value in typed.items() if value}
    return found | {MAKER: KNOWN} if fields.get(MAKER) == KNOWN else found


def clean(name: str, text: str) -> str:
    """Return a value without space around it, or "" if no work can have it."""
    value = text.strip()
    if len(value) > VALUE_LIMIT_CHARS or UNUSABLE.search(value):
        return ""
    if name == CENTURY:
        return str(int(value)) if centuries.years_of(value) else ""
    return value


def read_finds(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the text to find in the values of a facet, by facet: ?find_medium=oil."""
    typed = {facet.name: fields.get(f"find_{facet.name}", "").strip()[:FIND_LIMIT_CHARS] for facet in FACETS}
    return {name: text for name, text in typed.items() if text and not UNUSABLE.search(text) and name != CENTURY}


def without(narrow: Narrow, name: str) -> Narrow:
    return {other: value for other, value in narrow.items() if other != name}


def filters_of(narrow: Narrow, collection: Collection | None = None) -> Filters:
    """Return the filters of browse that find the same works, in one collection if it is given."""
    chosen: dict[FacetName, tuple[str, ...]] = {name: (value,) for name, value in narrow.items() if name != MAKER}
    if collection is not None:
        chosen["collection"] = (collection.slug,)
    return Filters(chosen=chosen, has_maker=MAKER in narrow)


def works(narrow: Narrow, collection: Collection | None = None) -> QuerySet[Artwork]:
    """Return the works that have these facets, also those that are not on view."""
    return filtering.apply(Artwork.objects.all(), filters_of(narrow, collection))
