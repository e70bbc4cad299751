"""Template tags for the panel of similar works: the lens in the page's address, and the marks of nearness."""

from collections.abc import Sequence

from django import template

from similarity.neighbours import lens_forms, nearness
from similarity.neighbours.nearness import Mark
from similarity.neighbours.similar_works import SimilarWork

register = template.Library()


@register.simple_tag(takes_context=True)
def asked_lens(context: template.Context) -> str:
    """Return the valid part of the page's query string, such as "?lens=colour&view=7"."""
    fields = context.get("page_query")
    return "" if fields is None else lens_forms.rewritten(fields)


@register.simple_tag
def marks_of(kin: Sequence[SimilarWork]) -> list[Mark]:
    """Return the marks that these works have, the nearest first."""
    there = {one.mark for one in kin}
    return [mark for mark in nearness.MARKS if mark in there]
