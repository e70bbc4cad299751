"""Name the best of several measurements, its lead over the others, and whether chance could explain the difference."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from similarity.evaluation.charts.intervals import Reading
from similarity.evaluation.charts.lengths import number
from similarity.evaluation.reports.space_scores import AT_95_PERCENT, certainty, percent, points

NAMED = 3  # of those as good; the table has them all


def lead(shares: Sequence["Share"]) -> "Lead | None":
    """Return the best of the comparable shares, or None if nothing was measured."""
    if not shares:
        return None
    best, *others = sorted(on_one_data(shares), key=lambda share: -share.value)
    behind = [other for other in others if is_behind(other, best)]
    level = [other for other in others if other not in behind]
    return Lead(
        best=best.label,
        share=percent(best.value),
        certainty=certainty(best.value, best.interval, best.works) or "measured without an interval",
        as_good=as_good(level),
        beaten=beaten(best, behind),
        elsewhere=elsewhere([one for one in shares if one.data != best.data]),
        has_rivals=bool(others),
    )


def on_one_data(shares: Sequence["Share"]) -> Sequence["Share"]:
    """Return the largest group that was measured on the same data; of equally large groups, the one with most works.

    Otherwise a network that was right on a handful of works would lead those that were tested on hundreds.
    """
    alike: dict[Hashable, list[Share]] = {}
    for one in shares:
        alike.setdefault(one.data, []).append(one)
    return max(alike.values(), key=lambda group: (len(group), group[0].works))


def is_behind(other: "Share", best: "Share") -> bool:
    """Return whether the two intervals are disjoint. This is conservative, as both were measured on the same pictures.

    An interval of zero width, of a share of 0 or 1, is widened to what that number of works can prove.
    """
    if not (other.interval and best.interval and other.works and best.works):
        return False
    high = max(other.interval[1], min(AT_95_PERCENT / other.works, 1.0))
    return high < min(best.interval[0], 1 - AT_95_PERCENT / best.works)


def as_good(level: Sequence[Reading]) -> str:
    """Name those whose intervals overlap with the interval of the best."""
    return f"Not clearly worse, because the intervals overlap: {named(level)}." if level else ""


def elsewhere(others: Sequence[Reading]) -> str:
    return f"Measured on other data and therefore not compared: {named(others)}." if others else ""


def named(some: Sequence[Reading]) -> str:
    """Name the first few, and say how many more there are."""
    told = ", ".join(f"{one.label} ({percent(one.value)})" for one in some[:NAMED])
    return f"{told} and {len(some) - NAMED} more" if len(some) > NAMED else told


def beaten(best: Reading, behind: Sequence[Reading]) -> str:
    if not behind:
        return ""
    nearest = behind[0]
    apart = points(best.value) - points(nearest.value)
    told = f"{nearest.label} with {percent(nearest.value)}, {apart} point{'' if apart == 1 else 's'} behind"
    return (
        f"Clearly worse: {told}." if len(behind) == 1 else f"Clearly worse: {len(behind)} others, the best is {told}."
    )


def hardest(named: Sequence[tuple[str, float]], most: int = 3) -> str:
    """Name the lowest shares, the lowest first; empty if none is below 1."""
    lowest = [pair for pair in sorted(named, key=lambda pair: pair[1])[:most] if number(pair[1]) != "1.00"]
    return ", ".join(f"{name[:1].lower()}{name[1:]} ({percent(share)})" for name, share in lowest)


@dataclass(frozen=True)
class Share(Reading):
    """A reading and the data it was measured on. Only shares with equal `data` can be compared."""

    works: int = 0
    data: Hashable = None


@dataclass(frozen=True)
class Lead:
    """Sentences and parts of sentences about the best share; empty if there is nothing to say."""

    best: str
    share: str  # per cent
    certainty: str
    as_good: str
    beaten: str
    elsewhere: str
    has_rivals: bool
