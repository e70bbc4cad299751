"""A template filter that formats shares for people."""

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """Return a share of 0 to 1 in whole per cent."""
    return gettext("%(number)s %%") % {"number": f"{100 * share:.0f}"}
