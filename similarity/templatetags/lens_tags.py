"""What a page of the collection hands on to the panel in it."""

from django import template

from similarity.neighbours import lens_forms

register = template.Library()


@register.simple_tag(takes_context=True)
def asked_lens(context: template.Context) -> str:
    """Lens or blend, and view, as in the page's own address: "?lens=colour&view=7"; nothing that makes no sense."""
    asked = context.get("page_query")
    return "" if asked is None else lens_forms.rewritten(asked)
