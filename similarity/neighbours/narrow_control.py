"""The control that narrows a list of similar works: values to choose from, with their numbers of works, and chips."""

from collections.abc import Mapping
from dataclasses import dataclass

from collection import permissions
from collection.browsing import facets, kept_counts
from collection.browsing.counting import Counts
from collection.browsing.facet_table import BY_NAME, FacetField
from collection.models import Collection
from similarity.neighbours import narrowing
from similarity.neighbours.lens_forms import Choice
from similarity.neighbours.narrowing import Narrow

FORM = "narrow"  # the id of the form


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Select:
    """A facet, and its values to choose one from."""

    name: str
    title: str
    options: list[Option]


@dataclass(frozen=True)
class Chip:
    """A chosen value, and the address of the list without it."""

    label: str
    without_url: str


@dataclass(frozen=True)
class Control:
    selects: list[Select]
    chips: list[Chip]
    all_url: str  # of the list without any facet
    kept: Mapping[str, str]  # the other fields of the address: lenses, scope, view
    has_maker: bool
    is_capped: bool  # whether the numbers of works are lower bounds
    is_open: bool

    @property
    def is_shown(self) -> bool:
        return bool(self.selects or self.chips)


def control(user: permissions.User, choice: Choice, own: str, scope: Collection | None, trigger: str | None) -> Control:
    """Return the control of the list at the address `own`. trigger: the id of the element that asked for the list.

    One query counts the works of all facets. Its answer is kept until a work changes.
    """
    counts = counts_for(user, choice.narrow, scope)
    wide = choice.with_narrow({})
    return Control(
        selects=[one for facet in narrowing.FACETS if (one := select_of(facet, counts, choice.narrow)).options],
        chips=[chip_of(name, choice, own) for name in choice.narrow],
        all_url=own + wide.query,
        kept={**wide.how, **wide.where},
        has_maker=narrowing.MAKER in choice.narrow,
        is_capped=counts.is_capped,
        is_open=trigger == FORM,
    )


def counts_for(user: permissions.User, narrow: Narrow, scope: Collection | None) -> Counts:
    works = permissions.visible_works(user)
    return kept_counts.count(works, narrowing.filters_of(narrow, scope), audience_of(user))


def audience_of(user: permissions.User) -> str:
    """Return a text that is equal only for people who may see the same works; "" for what everybody may see."""
    if permissions.sees_everything(user):
        return "everything"
    return ",".join(str(pk) for pk in sorted(one.pk for one in permissions.own_collections(user)))


def select_of(facet: FacetField, counts: Counts, narrow: Narrow) -> Select:
    chosen = narrow.get(facet.name, "")
    rows = facets.rows_of(facet, counts, (chosen,) if chosen else ())
    return Select(facet.name, facet.title, [Option(*row, is_chosen=row[0] == chosen) for row in rows])


def chip_of(name: str, choice: Choice, own: str) -> Chip:
    value = choice.narrow[name]
    label_of = BY_NAME[name].label if name in BY_NAME else None
    label = "Maker known" if name == narrowing.MAKER else label_of(value) if label_of else value
    return Chip(label, own + choice.with_narrow(narrowing.without(choice.narrow, name)).query)
