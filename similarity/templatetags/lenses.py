"""What a page of the collection hands on to the panel in it."""

from django import template

from similarity import lens_forms
from similarity.vision.lenses import LENSES

register = template.Library()


@register.simple_tag(takes_context=True)
def asked_lens(context: template.Context) -> str:
    """The lens or blend in the page's own address, written anew: "?lens=colour", or nothing where it makes no sense."""
    request = context.get("request")
    if request is None:
        return ""
    try:
        return lens_forms.read(request.GET, list(LENSES)).query
    except lens_forms.UnknownLensError:
        return ""
