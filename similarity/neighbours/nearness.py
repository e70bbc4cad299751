"""State nearness in words: three marks, by thresholds on the distances between random pairs.

The thresholds apply to `percentiles.neg_log_p`, so they mean the same for every lens, space and collection. They were
chosen by eye on pairs of 1,775 paintings by the look (decision 42).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Mark:
    """A mark for pairs whose neg_log_p is `least` or more. dots: how many of three dots are filled."""

    name: str
    title: str | Promise
    means: str | Promise
    least: float
    dots: int


# One random pair in 13,000, in 400 and in 55 is at least as near.
MARKS = (
    Mark("twin", pgettext_lazy("nearness", "Near twin"), _("almost the same picture, or two of one series"), 9.5, 3),
    Mark("close", pgettext_lazy("nearness", "Close"), _("the same kind of subject, made in a similar manner"), 6.0, 2),
    Mark(
        "related",
        pgettext_lazy("nearness", "Related"),
        _("something in common: a subject, a palette or a technique"),
        4.0,
        1,
    ),
)


def mark_of(neg_log_p: float | None) -> Mark | None:
    """Return the mark of a pair, or None if it is farther apart than related works or its nearness is unknown."""
    if neg_log_p is None:
        return None
    return next((mark for mark in MARKS if neg_log_p >= mark.least), None)
