"""Template tags for links to the map."""

from django import template

from similarity.models import MapSheet, OverviewState

register = template.Library()


@register.simple_tag(takes_context=True)
def has_map(context: template.Context) -> bool:
    """Return True if the live overview has a map. One small query for each request."""
    request = context.get("request")
    known: bool | None = getattr(request, "has_map", None)
    if known is None:
        known = MapSheet.objects.filter(overview__state=OverviewState.LIVE).exists()
        if request is not None:
            request.has_map = known
    return known
