"""Template filters that show the URLs of a record as readable names, and its century."""

from collections.abc import Iterable

from django import template

from collection.browsing import centuries, rights
from collection.models import Artwork

register = template.Library()
register.filter("rights_name", rights.rights_name)
register.filter("site_name", rights.site_name)
register.filter("century_name", centuries.name_of)


@register.filter
def century(work: Artwork) -> str:
    """Return the century in which a work begins, as written in addresses, or "" without a year."""
    year = work.year_end if work.year_start is None else work.year_start
    return "" if year is None else centuries.value_of(year)


@register.filter
def accession_numbers(works: Iterable[Artwork]) -> str:
    """Return the numbers of works in one text: "1923.4, 1923.5"."""
    return ", ".join(work.accession_number for work in works)
