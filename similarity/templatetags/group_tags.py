"""Template tags for links to the groups."""

from django import template

from similarity.models import Group, OverviewState

register = template.Library()


@register.simple_tag
def has_groups() -> bool:
    """Return True if the live overview has groups. One small query."""
    return Group.objects.filter(overview__state=OverviewState.LIVE).exists()
