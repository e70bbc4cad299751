"""Dates as museums write them."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from collection.study.records import Maker

UNKNOWN = "Unknown maker"


@dataclass(frozen=True)
class Dating:
    """A date as the label shows it, and its range of years."""

    text: str
    start: int
    end: int


def date_work(maker: Maker, rng: Generator) -> Dating:
    """Date the work of a known maker to about a year, of an unknown one to a part of the century."""
    year = int(rng.integers(maker.first_year, maker.last_year + 1))
    if maker.names == (UNKNOWN,):
        return part_of_century(year)
    manner = rng.random()
    if manner < 0.55:
        return Dating(str(year), year, year)
    if manner < 0.8:
        return Dating(f"c. {year}", year - 2, year + 2)
    later = min(year + int(rng.integers(1, 4)), maker.last_year)
    return Dating(str(year), year, year) if later == year else Dating(between(year, later), year, later)


def between(first: int, last: int) -> str:
    """Write a range of years: 1912–14, but 1898–1901."""
    return f"{first}–{last % 100:02}" if first // 100 == last // 100 else f"{first}–{last}"


def part_of_century(year: int) -> Dating:
    """Return a third of a century: for 1815, early 19th century, 1801 to 1833."""
    century, third = (year - 1) // 100, min((year - 1) % 100 // 33, 2)
    start = century * 100 + 1 + 33 * third
    end = (start + 32, start + 32, century * 100 + 100)[third]
    return Dating(f"{('early', 'mid', 'late')[third]} {century + 1}th century", start, end)
