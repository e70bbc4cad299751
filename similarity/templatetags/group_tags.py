"""Template tags for links to the groups."""

from django import template

from similarity.models import Group, OverviewState

register = template.Library()


@register.simple_tag(takes_context=True)
def has_groups(context: template.Context) -> bool:
    """Return True if the live overview has groups. One small query for a page, none for a page without a request."""
    request = context.get("request")
    if request is None or not hasattr(request, "user"):
        return False
    if not hasattr(request, "has_groups"):
        request.has_groups = Group.objects.filter(overview__state=OverviewState.LIVE).exists()
    found: bool = request.has_groups
    return found
