"""The facets of works. A new facet is one entry in FACETS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext, gettext_noop

from collection.browsing import centuries, rights
from collection.models import UNKNOWN_MAKER, Artwork, maker_name

FacetName = str
NOTHING = Q(pk=-1)  # matches no work


@dataclass(frozen=True)
class FacetField:
    """A field of works, with the expressions that count works by its values and find works with a value."""

    name: FacetName  # its parameter in addresses
    heading: str  # its title in English, marked for translation
    value: Combinable  # the value of a work; NULL or "" if the work has none
    bears: Callable[[Sequence[str]], Q]  # the condition of works with any of these values
    label: Callable[[str], str] | None = None  # the label of a value, if it differs from the value and is made here
    shown: Callable[[str], str] = str  # the label as people read it, from the one that the database has
    label_sql: str = ""  # the label as an SQL expression of row.value
    is_list: bool = False  # True if a work has an array of values
    stands_for: Callable[[str], Sequence[str]] | None = None  # the values that a counted value combines
    is_histogram: bool = False  # True if its values are shown as bars, in their order

    @property
    def title(self) -> str:
        return gettext(self.heading)

    def shown_label(self, value: str, counted: str) -> str:
        """Return the label of a value in the language of the request. Kept counts may have another one: `counted`."""
        return self.label(value) if self.label else self.shown(counted)


def column(name: str, heading: str) -> FacetField:
    """Return the facet of a text column."""
    return FacetField(name, heading, F(name), lambda values: Q(**{f"{name}__in": list(values)}))


def listed_makers() -> Combinable:
    """Return an expression: the makers of a work, or the unknown maker."""
    unknown = Value([UNKNOWN_MAKER], output_field=Artwork.creators.field)
    return Case(When(creators=[], then=unknown), default=F("creators"))


def bears_makers(values: Sequence[str]) -> Q:
    """Return works by any of these makers. A work without makers counts as a work by an unknown maker."""
    found = Q(creators__overlap=list(values))
    return found | Q(creators=[]) if UNKNOWN_MAKER in values else found


def stated_rights() -> Combinable:
    """Return an expression: the rights statement of a work or of its collection."""
    return Coalesce(NullIf("rights_uri", Value("")), "collection__rights_uri")


def bears_rights(values: Sequence[str]) -> Q:
    """Return the condition of works with any of these statements, in any spelling of their addresses."""
    return Q(stated_rights__in=[spelt for value in values for spelt in rights.spellings(value)])


def has_picture(values: Sequence[str]) -> Q:
    found = NOTHING
    for value in {*values} & {"yes", "no"}:
        found |= Q(is_ready=value == "yes")
    return found


FACETS = (
    FacetField(
        "collection", gettext_noop("Collection"), F("collection__slug"),
        lambda values: Q(collection__slug__in=list(values)),
        label_sql="(SELECT one.title FROM collection_collection AS one WHERE one.slug = row.value)",
    ),
    FacetField(
        "creator", gettext_noop("Artist or maker"), listed_makers(), bears_makers, shown=maker_name, is_list=True
    ),
    column("classification", gettext_noop("Classification")),
    column("department", gettext_noop("Department")),
    column("culture", gettext_noop("Culture")),
    column("medium", gettext_noop("Medium")),
    FacetField(
        "century", gettext_noop("Century"), centuries.span(), centuries.touched,
        label=centuries.name_of, stands_for=centuries.within, is_histogram=True,
    ),
    FacetField(
        "rights", gettext_noop("Rights"), stated_rights(), bears_rights,
        label=lambda value: rights.rights_name(f"https://{value}/"), stands_for=lambda value: [rights.key(value)],
    ),
    FacetField(
        "picture", gettext_noop("Picture"), Case(When(is_ready=True, then=Value("yes")), default=Value("no")),
        has_picture,
        label=lambda value: {"yes": gettext("With a picture"), "no": gettext("Without a picture")}.get(value, value),
    ),
)  # fmt: skip
BY_NAME = {facet.name: facet for facet in FACETS}
