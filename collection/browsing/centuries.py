"""Count and find works by the centuries that their years touch."""

from collections.abc import Sequence

from django.db.models import Func, IntegerField, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, gettext_noop

FIRST, LAST = -100, 30  # works of earlier or later centuries count in the first or the last of these
# By the last digit of the number, because English writes 1st, 2nd, 3rd and 4th.
OF_OUR_ERA = {
    0: gettext_noop("%(number)sth century"),
    1: gettext_noop("%(number)sst century"),
    2: gettext_noop("%(number)snd century"),
    3: gettext_noop("%(number)srd century"),
}
BEFORE_OUR_ERA = {
    0: gettext_noop("%(number)sth century BCE"),
    1: gettext_noop("%(number)sst century BCE"),
    2: gettext_noop("%(number)snd century BCE"),
    3: gettext_noop("%(number)srd century BCE"),
}
BASE = 1_000  # packs a span of centuries into one number, so that the database can group by it


def span() -> Func:
    """Return an expression: the first and the last century of a work as one number. NULL if it has no year."""
    return Func(
        century_of(Coalesce("year_start", "year_end")), century_of(Coalesce("year_end", "year_start")),
        template=f"((%(expressions)s + {BASE // 2})", arg_joiner=f" + {BASE // 2}) * {BASE} + ",
        output_field=IntegerField(),
    )  # fmt: skip


def century_of(year: Coalesce) -> Func:
    """Return an expression: 19 for 1801 to 1900, -3 for 300 to 201 before our era. There is no century 0."""
    century = (
        "CASE WHEN %(expressions)s > 0 THEN (%(expressions)s::bigint + 99) / 100"
        " WHEN %(expressions)s < 0 THEN (%(expressions)s::bigint - 99) / 100 ELSE 1 END"
    )  # PostgreSQL rounds the quotient of integers towards zero
    bounded = f"least(greatest({century}, {FIRST}), {LAST})"
    return Func(year, template=f"CASE WHEN %(expressions)s IS NOT NULL THEN {bounded} END", output_field=IntegerField())


def within(value: str) -> Sequence[str]:
    """Return the centuries of a number from `span`."""
    start, end = (part - BASE // 2 for part in divmod(int(value), BASE))
    return [str(century) for century in range(start, end + 1) if century]


def touched(values: Sequence[str]) -> Q:
    """Return works whose years touch any of these centuries. A value that is not a century matches no work."""
    found = Q(pk=-1)  # matches no work
    for value in values:
        if bounds := years_of(value):
            start, end = bounds
            one = Q(earliest__isnull=False)
            one &= Q(latest__gte=start) if int(value) > FIRST else Q()
            one &= Q(earliest__lte=end) if int(value) < LAST else Q()
            found |= one
    return found


def years_of(value: str) -> tuple[int, int] | None:
    """Return the first and the last year of a century."""
    if not value.removeprefix("-").isdecimal() or not value.isascii() or len(value) > 4:
        return None
    century = int(value)
    if century == 0 or not FIRST <= century <= LAST:
        return None
    return (century * 100 - 99, century * 100) if century > 0 else (century * 100, century * 100 + 99)


def value_of(year: int) -> str:
    """Return the century of a year, as `span` counts it: "19" for 1801 to 1900, "-3" for 300 to 201 before our era."""
    century = (year + 99) // 100 if year > 0 else -((-year + 99) // 100) or 1
    return str(min(max(century, FIRST), LAST))


def name_of(value: str) -> str:
    """Return "19th century", or "3rd century BCE"."""
    if years_of(value) is None:
        return value
    number = abs(int(value))
    ending = 0 if number % 100 in (11, 12, 13) else number % 10
    names = BEFORE_OUR_ERA if int(value) < 0 else OF_OUR_ERA
    return gettext(names.get(ending, names[0])) % {"number": number}
