"""What a visitor asks to look through: one lens, or several with their shares, as it stands in an address.

An address may be older than the spaces: a lens that is not offered, or that never was, and shares that are no numbers
from 0 to 100, count as if they were not there. Where nothing is left, it is the default lens.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from similarity.converters import is_id
from similarity.vision.lenses import DEFAULT_LENS, LENSES, Lens

MOST = 100.0  # of one share; shares need not add up to it
WITHIN = "collection"
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,50}")


@dataclass(frozen=True)
class Choice:
    """Shares > 0 by the name of their lens, in the order of the lenses; empty where no lens is offered."""

    shares: Mapping[str, float]
    is_within: bool = False  # the work's own collection only
    view: str = ""  # digits: the picture of the work that is shown beside this
    collection: str = ""  # the slug of the only one to search by a visitor's picture
    is_zero: bool = False  # a blend was asked for in which every share is 0: the default stands in for it

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
    def how(self) -> dict[str, str]:
        """What to look through, as fields of a form; nothing for the default lens."""
        if self.is_blend:
            return {name: f"{share:g}" for name, share in self.shares.items()}
        return {"lens": self.lens.name} if self.lens and self.lens.name != DEFAULT_LENS else {}

    @property
    def where(self) -> dict[str, str]:
        """What to look at, likewise; nothing for a work's first picture among all works."""
        asked = {"within": WITHIN if self.is_within else "", "collection": self.collection, "view": self.view}
        return {name: value for name, value in asked.items() if value}

    @property
    def query(self) -> str:
        """As short as can be: nothing for the default lens everywhere, or from "?" on."""
        return self.query_with({})

    @property
    def query_on(self) -> str:
        """The same, for one more field to follow."""
        return f"{self.query}&" if self.query else "?"

    def query_with(self, more: Mapping[str, object]) -> str:
        asked = {**self.how, **self.where, **more}
        return f"?{urlencode(asked)}" if asked else ""

    def through(self, lens: str) -> "Choice":
        return replace(self, shares={lens: MOST})

    def within(self, is_within: bool) -> "Choice":
        return replace(self, is_within=is_within)

    def beside(self, view: str) -> "Choice":
        """Of the picture with this number; of the work's first one where it is none."""
        return replace(self, view=view if is_id(view) else "")

    def among(self, collection: str) -> "Choice":
        """Works of the collection with this slug; of all where it is none."""
        return replace(self, collection=collection if SLUG.fullmatch(collection) else "")


def read(asked: Mapping[str, str], offered: Sequence[str]) -> Choice:
    """Of a work: ?lens=colour, or ?look=70&colour=30; with &within=collection and &view=7."""
    return chosen(asked, offered).within(asked.get("within") == WITHIN).beside(asked.get("view", ""))


def read_search(asked: Mapping[str, str], offered: Sequence[str]) -> Choice:
    """Of a visitor's picture: a lens or shares likewise; with &collection=prints."""
    return chosen(asked, offered).among(asked.get("collection", ""))


def chosen(asked: Mapping[str, str], offered: Sequence[str]) -> Choice:
    lens = asked.get("lens", "")
    if lens in offered:
        return Choice({lens: MOST})
    named = [] if lens else [name for name in LENSES if name in offered and name in asked]
    shares = {name: share(asked[name]) for name in named if share(asked[name]) > 0}
    return Choice(shares or default(offered), is_zero=bool(named) and not shares)


def rewritten(asked: Mapping[str, str]) -> str:
    """The query of a work's address without what makes no sense, whatever is offered now."""
    return read(asked, list(LENSES)).query


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
