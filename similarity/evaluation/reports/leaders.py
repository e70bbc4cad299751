"""Find the best of several measurements, its lead over the others, and whether chance could explain the difference."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext, ngettext

from similarity.evaluation.charts.intervals import Reading
from similarity.evaluation.reports.space_scores import AT_95_PERCENT, certainty, percent, points

NAMED = 3  # measurements named in a sentence; the table lists all of them


def lead(shares: Sequence["Share"]) -> "Lead | None":
    """Return the best of the largest group of comparable shares, or None if nothing was measured."""
    if not shares:
        return None
    best, *others = sorted(on_one_data(shares), key=lambda share: -share.value)
    behind = [other for other in others if is_behind(other, best)]
    not_clearly_worse = [other for other in others if other not in behind]
    return Lead(
        best=best.label,
        share=percent(best.value),
        certainty=certainty(best.value, best.interval, best.works) or gettext("measured without an interval"),
        not_clearly_worse=overlapping(not_clearly_worse),
        clearly_worse=clearly_worse(best, behind),
        not_compared=not_compared([one for one in shares if one.data != best.data]),
        has_rivals=bool(others),
    )


def on_one_data(shares: Sequence["Share"]) -> Sequence["Share"]:
    """Return the largest group that was measured on the same data; of equally large groups, the one with most works.

    Otherwise a network measured on a handful of works could lead networks measured on hundreds.
    """
    by_data: dict[Hashable, list[Share]] = {}
    for one in shares:
        by_data.setdefault(one.data, []).append(one)
    return max(by_data.values(), key=lambda group: (len(group), group[0].works))


def is_behind(other: "Share", best: "Share") -> bool:
    """Return whether the intervals do not overlap. This is conservative, as both were measured on the same pictures.

    An interval of zero width, of a share of 0 or 1, is first widened by the rule of three for its number of works.
    """
    if not (other.interval and best.interval and other.works and best.works):
        return False
    high = max(other.interval[1], min(AT_95_PERCENT / other.works, 1.0))
    return high < min(best.interval[0], 1 - AT_95_PERCENT / best.works)


def overlapping(others: Sequence[Reading]) -> str:
    """Return a sentence about the measurements whose intervals overlap with the interval of the best."""
    text = gettext("Not clearly worse, because the intervals overlap: %(names)s.")
    return text % {"names": listed(others)} if others else ""


def not_compared(others: Sequence[Reading]) -> str:
    text = gettext("Measured on other data and therefore not compared: %(names)s.")
    return text % {"names": listed(others)} if others else ""


def listed(some: Sequence[Reading]) -> str:
    """Return the first few names with their shares, and how many more there are."""
    names = ", ".join(f"{one.label} ({percent(one.value)})" for one in some[:NAMED])
    further = len(some) - NAMED
    return gettext("%(names)s and %(count)s more") % {"names": names, "count": further} if further > 0 else names


def clearly_worse(best: Reading, behind: Sequence[Reading]) -> str:
    """Return a sentence about the measurements whose intervals lie below the interval of the best."""
    if not behind:
        return ""
    nearest = behind[0]
    gap = points(best.value) - points(nearest.value)
    if len(behind) == 1:
        text = ngettext(
            "Clearly worse: %(name)s with %(share)s, %(gap)s point behind.",
            "Clearly worse: %(name)s with %(share)s, %(gap)s points behind.",
            gap,
        )
    else:
        text = ngettext(
            "Clearly worse: %(count)s others, the best is %(name)s with %(share)s, %(gap)s point behind.",
            "Clearly worse: %(count)s others, the best is %(name)s with %(share)s, %(gap)s points behind.",
            gap,
        )
    return text % {"count": len(behind), "name": nearest.label, "share": percent(nearest.value), "gap": gap}


def hardest(shares: Sequence[tuple[str, float]], most: int = 3) -> str:
    """Return the names with the lowest shares, the lowest first. It is empty if no share is below 1."""
    lowest = [pair for pair in sorted(shares, key=lambda pair: pair[1])[:most] if pair[1] < 1]
    return ", ".join(f"{in_sentence(name)} ({percent(share)})" for name, share in lowest)


def in_sentence(name: str) -> str:
    """Return a name as it is within a sentence. German nouns always have a capital letter."""
    is_german = (get_language() or "").startswith("de")
    return name if is_german else f"{name[:1].lower()}{name[1:]}"


@dataclass(frozen=True)
class Share(Reading):
    """A reading and the data it was measured on. Only shares with equal `data` can be compared."""

    works: int = 0
    data: Hashable = None


@dataclass(frozen=True)
class Lead:
    """The best share, in sentences and parts of sentences. Texts that do not apply are empty."""

    best: str
    share: str  # per cent
    certainty: str
    not_clearly_worse: str
    clearly_worse: str
    not_compared: str
    has_rivals: bool
