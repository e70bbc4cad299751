"""What a visitor asks to look through: one lens, or several with their shares, as it stands in an address."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from similarity.vision.lenses import DEFAULT_LENS, LENSES, Lens

MOST = 100.0  # of one share; shares need not add up to it
WITHIN = "collection"
DIGITS = 18  # of a number that the database can hold


class UnknownLensError(ValueError):
    """No lens has this name; the text is fit to show."""


@dataclass(frozen=True)
class Choice:
    """Shares > 0 by the name of their lens, in the order of the lenses; empty where no lens is offered."""

    shares: Mapping[str, float]
    is_within: bool = False  # the work's own collection only
    view: str = ""  # digits: the picture of the work that is shown beside this

    @property
    def is_blend(self) -> bool:
        return len(self.shares) > 1

    @property
    def lens(self) -> Lens | None:
        """The one chosen, or the one that weighs most in a blend."""
        return LENSES[max(self.shares, key=lambda name: self.shares[name])] if self.shares else None

    @property
    def in_words(self) -> str:
        """look 70 %, colour 30 %: of the whole, whatever the shares add up to."""
        whole = sum(self.shares.values())
        percents = {LENSES[name].title.lower(): 100 * share / whole for name, share in self.shares.items()}
        return ", ".join(f"{title} {percent:.0f}\N{NO-BREAK SPACE}%" for title, percent in percents.items())

    @property
    def query(self) -> str:
        """As short as can be: nothing for the default lens everywhere, or from "?" on."""
        asked: dict[str, str] = {}
        if self.is_blend:
            asked |= {name: f"{share:g}" for name, share in self.shares.items()}
        elif self.lens and self.lens.name != DEFAULT_LENS:
            asked["lens"] = self.lens.name
        if self.is_within:
            asked["within"] = WITHIN
        if self.view:
            asked["view"] = self.view
        return f"?{urlencode(asked)}" if asked else ""

    def through(self, lens: str) -> "Choice":
        return replace(self, shares={lens: MOST})

    def within(self, is_within: bool) -> "Choice":
        return replace(self, is_within=is_within)

    def beside(self, view: str) -> "Choice":
        """Of the picture with this number; of the work's first one where it is none."""
        return replace(self, view=view if view.isascii() and view.isdecimal() and len(view) <= DIGITS else "")


def read(asked: Mapping[str, str], offered: Sequence[str]) -> Choice:
    """?lens=colour, or ?look=70&colour=30; with &within=collection and &view=7. Raises UnknownLensError.

    An address may be older than the spaces: a lens that is not offered now, and shares that are no numbers from 0 to
    100, count as if they were not there. Where nothing is left, it is the default lens.
    """
    return Choice(read_shares(asked, offered), asked.get("within") == WITHIN).beside(asked.get("view", ""))


def read_shares(asked: Mapping[str, str], offered: Sequence[str]) -> dict[str, float]:
    """Raises UnknownLensError."""
    lens = asked.get("lens", "")
    if lens and lens not in LENSES:
        raise UnknownLensError(f"There is no lens of this name; there are {', '.join(LENSES)}.")
    if lens in offered:
        return {lens: MOST}
    shares = {} if lens else {name: share(asked.get(name, "")) for name in LENSES if name in offered}
    shares = {name: part for name, part in shares.items() if part > 0}
    return shares or default(offered)


def rewritten(asked: Mapping[str, str]) -> str:
    """The query of an address without what makes no sense, whatever is offered now."""
    try:
        return read(asked, list(LENSES)).query
    except UnknownLensError:
        return ""


def share(text: str) -> float:
    """0..100, and 0 for everything else."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and 0 <= number <= MOST else 0.0


def default(offered: Sequence[str]) -> dict[str, float]:
    """The default lens, or the first one that is offered, or none."""
    name = DEFAULT_LENS if DEFAULT_LENS in offered else next(iter(offered), None)
    return {} if name is None else {name: MOST}
