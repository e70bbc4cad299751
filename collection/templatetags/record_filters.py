"""Template filters that show the URLs of a record as readable names, and its century."""

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
