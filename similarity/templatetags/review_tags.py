"""The review queue, as navigation asks for it."""

from django import template

from similarity.duplicates import verdicts

register = template.Library()


@register.simple_tag(takes_context=True)
def may_review(context: template.Context) -> bool:
    """Nobody does on a page that was made without a request."""
    user = context.get("user")
    return user is not None and verdicts.may_review(user)
