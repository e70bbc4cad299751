"""Read and write the query string that holds a visitor's choice: one lens, or several with their shares, and facets.

An address may be older than the spaces. Unknown lenses, lenses that are not offered now, and shares that are not
numbers from 0 to 100 are ignored. If nothing is left, the default lens is used.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.utils.translation import gettext

from similarity.converters import is_id
from similarity.neighbours import narrowing
from similarity.vision.lenses import DEFAULT_LENS, LENSES, Lens

MOST = 100.0  # the largest share of a lens; the shares need not add up to it
WITHIN = "collection"
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,50}")


@dataclass(frozen=True)
class Choice:
    """The chosen lenses, scope and facets of a list. `shares` (> 0) are by lens; empty if no lens is offered."""

    shares: Mapping[str, float]
    is_within: bool = False  # only in the work's own collection
    view: str = ""  # id of the picture of the work that is shown beside the list, in digits
    collection: str = ""  # slug of the one collection that a search by picture is limited to
    narrow: Mapping[str, str] = field(default_factory=dict)  # one value for each facet that narrows the list
    is_zero: bool = False  # the visitor asked for a blend with all shares 0; the default lens replaces it

    @property
    def is_blend(self) -> bool:
        return len(self.shares) > 1

    @property
    def lens(self) -> Lens | None:
        """Return the chosen lens, or the one with the largest share of a blend."""
        return LENSES[max(self.shares, key=lambda name: self.shares[name])] if self.shares else None

    @property
    def in_words(self) -> str:
        """Return for example "look 70 %, colour 30 %". The percentages add up to 100, whatever the shares add up to."""
        whole = sum(self.shares.values())
        percents = {gettext(LENSES[name].title.lower()): 100 * share / whole for name, share in self.shares.items()}
        return ", ".join(f"{title} {percent:.0f}\N{NO-BREAK SPACE}%" for title, percent in percents.items())

    @property
    def how(self) -> dict[str, str]:
        """Return the fields of the query string that name the lenses; none for the default lens."""
        if self.is_blend:
            return {name: f"{share:g}" for name, share in self.shares.items()}
        return {"lens": self.lens.name} if self.lens and self.lens.name != DEFAULT_LENS else {}

    @property
    def where(self) -> dict[str, str]:
        """Return the fields that name scope, view and facets; none for a work's first picture among all works."""
        fields = {"within": WITHIN if self.is_within else "", "collection": self.collection, "view": self.view}
        return {name: value for name, value in fields.items() if value} | {**self.narrow}

    @property
    def query(self) -> str:
        """Return the query string with its "?", or "" for the default lens among all works."""
        return self.query_with({})

    @property
    def query_on(self) -> str:
        """Return the query string, ending so that one more field can be appended."""
        return f"{self.query}&" if self.query else "?"

    def query_with(self, more: Mapping[str, object]) -> str:
        fields = {**self.how, **self.where, **more}
        return f"?{urlencode(fields)}" if fields else ""

    def with_lens(self, lens: str) -> "Choice":
        return replace(self, shares={lens: MOST})

    def with_scope(self, is_within: bool) -> "Choice":
        return replace(self, is_within=is_within)

    def with_narrow(self, narrow: Mapping[str, str]) -> "Choice":
        return replace(self, narrow=narrow)

    def with_view(self, view: str) -> "Choice":
        """Compare by the picture with this id, or by the work's first picture if the text is no id."""
        return replace(self, view=view if is_id(view) else "")

    def with_collection(self, collection: str) -> "Choice":
        """Search the collection with this slug, or all collections if the text is no slug."""
        return replace(self, collection=collection if SLUG.fullmatch(collection) else "")


def read(fields: Mapping[str, str], offered: Sequence[str]) -> Choice:
    """Read the query of a work's page: ?lens=colour or ?look=70&colour=30, with &within=collection, &view=7, facets."""
    choice = read_lenses(fields, offered)
    choice = choice.with_scope(fields.get("within") == WITHIN).with_view(fields.get("view", ""))
    return choice.with_narrow(narrowing.read(fields))


def read_search(fields: Mapping[str, str], offered: Sequence[str]) -> Choice:
    """Read the query of a search by picture: ?lens=colour or ?look=70&colour=30, with &collection=prints, facets."""
    choice = read_lenses(fields, offered).with_collection(fields.get("collection", ""))
    return choice.with_narrow(narrowing.read(fields))


def read_lenses(fields: Mapping[str, str], offered: Sequence[str]) -> Choice:
    lens = fields.get("lens", "")
    if lens in offered:
        return Choice({lens: MOST})
    named = [] if lens else [name for name in LENSES if name in offered and name in fields]
    shares = {name: share(fields[name]) for name in named if share(fields[name]) > 0}
    return Choice(shares or default(offered), is_zero=bool(named) and not shares)


def rewritten(fields: Mapping[str, str]) -> str:
    """Return the valid part of a work page's query string. Every known lens counts as offered."""
    return read(fields, list(LENSES)).query


def share(text: str) -> float:
    """Return a share of 0 to 100; 0 for any other text."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and 0 <= number <= MOST else 0.0


def default(offered: Sequence[str]) -> dict[str, float]:
    """Return a full share of the default lens, or of the first that is offered; {} if none is."""
    name = DEFAULT_LENS if DEFAULT_LENS in offered else next(iter(offered), None)
    return {} if name is None else {name: MOST}
