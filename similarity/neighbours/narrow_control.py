"""The control that narrows a list of similar works: values to choose from, with their numbers of works, and chips."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from collection import permissions
from collection.browsing import counting, facets, kept_counts
from collection.browsing.counting import FACET_LIMIT, Counts
from collection.browsing.facet_table import BY_NAME, FacetField
from collection.models import Collection
from collection.views.fragments import Request, target_of
from similarity.neighbours import narrowing
from similarity.neighbours.lens_forms import Choice
from similarity.neighbours.narrowing import Narrow

FORM = "narrow"  # the id of the form
VALUES = "similarity/_narrow_values.html"  # the values of one facet


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
    has_more: bool  # whether there are values beside these
    find: str  # the text that all labels contain, except that of the chosen value
    is_lower_bound: bool  # True if more works may have a value than its option says

    @property
    def element_id(self) -> str:
        return element_id(self.name)

    @property
    def is_shown(self) -> bool:
        return bool(self.options or self.find)

    @property
    def can_be_searched(self) -> bool:
        return self.has_more or bool(self.find)


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
    is_open: bool

    @property
    def is_shown(self) -> bool:
        return bool(self.selects or self.chips)

    def values(self, target: str) -> dict[str, object]:
        """Return the context of VALUES for the facet that `is_values` recognised."""
        select = next((one for one in self.selects if one.element_id == target), None)
        return {"select": select, "narrow": self}


def element_id(facet_name: str) -> str:
    return f"narrow-{facet_name}"


def is_values(target: str) -> bool:
    """Return True if the target of a request is the list of values of a facet, which is filled while somebody types."""
    return target in {element_id(facet.name) for facet in narrowing.FACETS}


def control(request: Request, choice: Choice, own: str, scope: Collection | None) -> Control:
    """Return the control of the list at the address `own`.

    One query counts the works of all facets. Its result is cached until a work changes, unless values are searched for.
    """
    finds = narrowing.read_finds(request.GET)
    counts = counts_for(request.user, choice.narrow, scope, finds, target_of(request))
    selects = [select_of(facet, counts, choice.narrow, finds.get(facet.name, "")) for facet in narrowing.FACETS]
    wide = choice.with_narrow({})
    return Control(
        selects=[one for one in selects if one.is_shown],
        chips=[chip_of(name, choice, own) for name in choice.narrow],
        all_url=own + wide.query,
        kept={**wide.how, **wide.where},
        has_maker=narrowing.MAKER in choice.narrow,
        is_open=bool(finds) or request.htmx.trigger == FORM,
    )


def counts_for(
    user: permissions.User, narrow: Narrow, scope: Collection | None, finds: Mapping[str, str], target: str
) -> Counts:
    works, filters = permissions.visible_works(user), narrowing.filters_of(narrow, scope)
    if not finds:
        return kept_counts.count(works, filters, audience_of(user))
    return counting.count(works, filters, finds, only=target.removeprefix(element_id("")) if is_values(target) else "")


def audience_of(user: permissions.User) -> str:
    """Return a text that is equal only for people who may see the same works; "" for what everybody may see."""
    if permissions.sees_everything(user):
        return "everything"
    return ",".join(str(pk) for pk in sorted(one.pk for one in permissions.own_collections(user)))


def select_of(facet: FacetField, counts: Counts, narrow: Narrow, find: str) -> Select:
    chosen = narrow.get(facet.name, "")
    rows = facets.rows_of(facet, counts, (chosen,) if chosen else ())
    has_more = not facet.is_histogram and len(counts.values.get(facet.name, [])) > FACET_LIMIT
    options = [Option(*row, is_chosen=row[0] == chosen) for row in rows]
    is_lower_bound = facets.has_lower_bounds(counts, facet.name)
    return Select(facet.name, facet.title, options, has_more, find, is_lower_bound)


def chip_of(name: str, choice: Choice, own: str) -> Chip:
    value = choice.narrow[name]
    shown = BY_NAME[name].shown_label(value, value) if name in BY_NAME else value
    label = gettext("Maker known") if name == narrowing.MAKER else shown
    return Chip(label, own + choice.with_narrow(narrowing.without(choice.narrow, name)).query)
