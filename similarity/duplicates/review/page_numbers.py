"""The numbers of a review page that change with a verdict. htmx replaces those that the page has."""

from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from collection.views.fragments import Request
from similarity.duplicates.review import review_views, verdicts
from similarity.duplicates.review.opinions import opinions


def of(request: Request, pairs: verdicts.Pairs) -> dict[str, Any]:
    """Return the context of `_late_numbers.html` for the page from which htmx sent a verdict.

    Some pages have no numbers. pairs: those that this user may review.
    """
    page = page_of(request)
    if page == "review-disagreements":
        return {"disputes": opinions.disputes(verdicts.of_two_works(pairs)).order_by().count()}
    if page in ("review", "review-decided", ""):
        return {"tally": review_views.tally(pairs, request.user), "has_verdict_counts": page == "review-decided"}
    return {}


def page_of(request: Request) -> str:
    """Return the URL name of the page that the browser shows, or "" if it is unknown."""
    try:
        return resolve(urlsplit(request.htmx.current_url_abs_path or "").path).view_name
    except Resolver404:
        return ""
