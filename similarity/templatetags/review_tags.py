"""A template tag for the navigation: whether to show the review queue."""

from django import template

from similarity.duplicates import verdicts

register = template.Library()


@register.simple_tag(takes_context=True)
def may_review(context: template.Context) -> bool:
    """Return True if the user of this page may review. A page without a request has no user."""
    user = context.get("user")
    return user is not None and verdicts.may_review(user)
