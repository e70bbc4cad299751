"""Which of several did best, by how much, and whether chance alone could have made that difference."""

from collections.abc import Sequence
from dataclasses import dataclass

from similarity.charts.intervals import Reading
from similarity.charts.lengths import number
from similarity.scoreboards.spaces import AT_95_PERCENT, certainty, percent, points

NAMED = 3  # of those as good; the table has them all


def lead(readings: Sequence[Reading], works: int) -> "Lead | None":
    """Of shares measured on so many works each; None where nothing was measured."""
    if not readings:
        return None
    best, *others = sorted(readings, key=lambda reading: -reading.value)
    behind = [other for other in others if is_behind(other, best, works)]
    level = [other for other in others if other not in behind]
    how_sure = certainty(best.value, best.interval, works) or "measured without an interval"
    return Lead(best.label, percent(best.value), how_sure, as_good(level), beaten(best, behind), bool(others))


def is_behind(other: Reading, best: Reading, works: int) -> bool:
    """Whether the two intervals lie apart: stricter than need be, as both saw the same pictures. An interval without
    width, of one that never failed or always did, is taken to be as wide as so many works leave it."""
    if not (other.interval and best.interval and works):
        return False
    slack = AT_95_PERCENT / works
    return max(other.interval[1], min(slack, 1.0)) < min(best.interval[0], 1 - slack)


def as_good(level: Sequence[Reading]) -> str:
    """Those whose intervals overlap with that of the best."""
    if not level:
        return ""
    named = ", ".join(f"{one.label} ({percent(one.value)})" for one in level[:NAMED])
    more = f" and {len(level) - NAMED} more" if len(level) > NAMED else ""
    return f"Not shown to be worse, as the intervals overlap: {named}{more}."


def beaten(best: Reading, behind: Sequence[Reading]) -> str:
    if not behind:
        return ""
    nearest = behind[0]
    apart = points(best.value) - points(nearest.value)
    told = f"{nearest.label} with {percent(nearest.value)}, {apart} point{'' if apart == 1 else 's'} behind"
    return f"Surely worse: {told}." if len(behind) == 1 else f"Surely worse: {len(behind)} others, the best {told}."


def hardest(named: Sequence[tuple[str, float]], most: int = 3) -> str:
    """The lowest of shares with their names, the lowest first; empty where none is below 1."""
    lowest = [pair for pair in sorted(named, key=lambda pair: pair[1])[:most] if number(pair[1]) != "1.00"]
    return ", ".join(f"{name[:1].lower()}{name[1:]} ({percent(share)})" for name, share in lowest)


@dataclass(frozen=True)
class Lead:
    """In words, each a sentence or a part of one; empty where there is nothing to say."""

    best: str
    share: str  # per cent
    certainty: str
    as_good: str
    beaten: str
    has_rivals: bool
