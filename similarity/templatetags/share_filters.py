"""Shares as people read them."""

from django import template

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """0..1 -> whole per cent."""
    return f"{100 * share:.0f} %"
