"""The links of the header to the pages for running the site."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.translation import gettext

from collection.models import Collection

register = template.Library()


@dataclass(frozen=True)
class Link:
    address: str
    title: str
    is_current: bool


@register.simple_tag(takes_context=True)
def administration_links(context: template.Context, own: Sequence[Collection]) -> list[Link]:
    """Return links to those pages for running the site that the visitor may open. `own`: their collections."""
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return []
    is_operator = user.is_staff and user.has_perm("similarity.change_space")
    pages = [
        ("models", gettext("Models"), bool(own) or user.is_superuser),
        ("spaces", gettext("Spaces"), is_operator),
        ("files", gettext("Files"), user.is_superuser),
        ("audit", gettext("Audit"), user.is_superuser),
        ("admin:index", gettext("Admin"), user.is_staff),
    ]
    match = getattr(context.get("request"), "resolver_match", None)
    current = match.view_name if match else ""
    return [Link(reverse(name), title, name == current) for name, title, may_open in pages if may_open]


@register.filter
def has_current(links: Sequence[Link]) -> bool:
    """Return True if one of the links leads to the page that is shown."""
    return any(link.is_current for link in links)
