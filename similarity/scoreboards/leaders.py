"""Which of several did best, by how much, and whether chance alone could have made that difference."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from similarity.charts.intervals import Reading
from similarity.charts.lengths import number
from similarity.scoreboards.spaces import AT_95_PERCENT, certainty, percent, points

NAMED = 3  # of those as good; the table has them all


def lead(shares: Sequence["Share"]) -> "Lead | None":
    """The best of those that can be compared; None where nothing was measured."""
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
    """Those measured on what most were measured on; of as many, on the most works. Otherwise one that was tried on a
    handful of works, and right on all of them, would lead those that had hundreds to find."""
    alike: dict[Hashable, list[Share]] = {}
    for one in shares:
        alike.setdefault(one.data, []).append(one)
    return max(alike.values(), key=lambda group: (len(group), group[0].works))


def is_behind(other: "Share", best: "Share") -> bool:
    """Whether the two intervals lie apart: stricter than need be, as both saw the same pictures. An interval without
    width, of one that never failed or always did, is taken to be as wide as so many works leave it."""
    if not (other.interval and best.interval and other.works and best.works):
        return False
    high = max(other.interval[1], min(AT_95_PERCENT / other.works, 1.0))
    return high < min(best.interval[0], 1 - AT_95_PERCENT / best.works)


def as_good(level: Sequence[Reading]) -> str:
    """Those whose intervals overlap with that of the best."""
    return f"Not shown to be worse, as the intervals overlap: {named(level)}." if level else ""


def elsewhere(others: Sequence[Reading]) -> str:
    return f"Measured on other data, so not compared: {named(others)}." if others else ""


def named(some: Sequence[Reading]) -> str:
    """The first few, and how many more there are."""
    told = ", ".join(f"{one.label} ({percent(one.value)})" for one in some[:NAMED])
    return f"{told} and {len(some) - NAMED} more" if len(some) > NAMED else told


def beaten(best: Reading, behind: Sequence[Reading]) -> str:
    if not behind:
        return ""
    nearest = behind[0]
    apart = points(best.value) - points(nearest.value)
    told = f"{nearest.label} with {percent(nearest.value)}, {apart} point{'' if apart == 1 else 's'} behind"
    return f"Clearly worse: {told}." if len(behind) == 1 else f"Clearly worse: {len(behind)} others, the best {told}."


def hardest(named: Sequence[tuple[str, float]], most: int = 3) -> str:
    """The lowest of shares with their names, the lowest first; empty where none is below 1."""
    lowest = [pair for pair in sorted(named, key=lambda pair: pair[1])[:most] if number(pair[1]) != "1.00"]
    return ", ".join(f"{name[:1].lower()}{name[1:]} ({percent(share)})" for name, share in lowest)


@dataclass(frozen=True)
class Share(Reading):
    """A reading, and what it was measured on: only those with equal `data` can be compared."""

    works: int = 0
    data: Hashable = None


@dataclass(frozen=True)
class Lead:
    """In words, each a sentence or a part of one; empty where there is nothing to say."""

    best: str
    share: str  # per cent
    certainty: str
    as_good: str
    beaten: str
    elsewhere: str
    has_rivals: bool
