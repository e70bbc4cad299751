"""The SQL of neighbour queries, written by Django once for each form of filter: that takes longer than the rest.

A form is a filter without the numbers in it. Where it asks for works of collection 3 but not for work 12, the SQL is
that for collection 5 but not work 9, with other parameters. Each number is first written as one that stands for
nothing else, so that its place among the parameters is known and never guessed.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Model, Q, QuerySet

HELD = 512  # statements a process keeps, for whoever caches them
STAND_IN = -(2**61)  # no key is ever that; the next ones count down from it

Write = Callable[[Q], QuerySet[Any]]


class UnknownFormError(TypeError):
    """A filter with more in it than keys, numbers, texts and truths, such as a query of its own."""


@dataclass(frozen=True)
class Written:
    """SQL, and its parameters: constants, and where the filter's numbers go."""

    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]  # (which parameter, which number)

    def filled(self, numbers: list[int]) -> tuple[str, list[Any]]:
        parameters = list(self.parameters)
        for place, number in self.places:
            parameters[place] = numbers[number]
        return self.sql, parameters


def parse(among: Q) -> tuple[Hashable, list[int]]:
    """The form, which is a key, and its numbers in order. Raises UnknownFormError."""
    numbers: list[int] = []
    return form_of(among, numbers), numbers


def form_of(among: Q, numbers: list[int]) -> Hashable:
    """Adds the numbers to the list."""
    children: list[Hashable] = []
    for child in among.children:
        if isinstance(child, Q):
            children.append(form_of(child, numbers))
            continue
        if not isinstance(child, tuple):
            raise UnknownFormError
        lookup, value = child
        if isinstance(value, bool | str):
            children.append((lookup, value))
            continue
        number = value.pk if isinstance(value, Model) else value
        if not isinstance(number, int):
            raise UnknownFormError
        numbers.append(number)
        children.append((lookup, None))
    return among.connector, among.negated, tuple(children)


def rebuild(form: Any, numbers: list[int]) -> Q:
    """The filter of that form with these numbers, which are used up."""
    connector, negated, children = form
    parts: list[Any] = []
    for child in children:
        if len(child) == 3:
            parts.append(rebuild(child, numbers))
        else:
            lookup, value = child
            parts.append((lookup, numbers.pop(0) if value is None else value))
    return Q(*parts, _connector=connector, _negated=negated)


def write(form: Hashable, count: int, query: Write) -> Written:
    """Raises UnknownFormError where a number is no parameter of its own."""
    stand_ins = [STAND_IN - number for number in range(count)]
    try:
        sql, parameters = query(rebuild(form, list(stand_ins))).query.sql_with_params()
    except EmptyResultSet:
        raise UnknownFormError from None
    places = [
        (place, stand_ins.index(value))
        for place, value in enumerate(parameters)
        if isinstance(value, int) and value in stand_ins
    ]
    if {number for _, number in places} != set(range(count)):
        raise UnknownFormError
    return Written(sql, parameters, tuple(places))
