"""A template tag for the panel of similar works: the lens in the page's address."""

from django import template

from similarity.neighbours import lens_forms

register = template.Library()


@register.simple_tag(takes_context=True)
def asked_lens(context: template.Context) -> str:
    """Return the valid part of the page's query string, such as "?lens=colour&view=7"."""
    fields = context.get("page_query")
    return "" if fields is None else lens_forms.rewritten(fields)
