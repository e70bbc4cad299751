"""Build database queries that find works by their words and numbers."""

from functools import reduce
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, Case, F, FloatField, Func, Q, TextField, Value, When
from django.db.models.expressions import Combinable

from collection.browsing.text import folding
from collection.browsing.text.query_text import Term, TextQuery

PREFIX_CHARS = 2  # a single letter matches only itself, because too many words begin with it
# Far more than ts_rank of any text, so numbers come first.
SAME_NUMBER, SAME_BEGINNING = 2_000.0, 1_000.0


class Matches(Func):
    """The condition that a search vector matches a query."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


class Joined(Func):
    """Two queries joined by an operator of PostgreSQL. An empty query does not narrow the other."""

    output_field = SearchQueryField()

    def __init__(self, left: Any, operator: str, right: Any) -> None:
        super().__init__(left, right, template="(%(expressions)s)", arg_joiner=f" {operator} ")


def languages() -> Func:
    return Func(
        *(Value(language) for language in settings.KINDRED_SEARCH_LANGUAGES),
        template="ARRAY[%(expressions)s]::text[]", output_field=TextField(),
    )  # fmt: skip


def term_query(term: Term, *, is_exact: bool = False) -> Combinable:
    """Return a query for a term. A word also matches words that begin with it, unless is_exact."""
    if term.is_phrase:
        found: Combinable = Func(
            languages(), Value(" ".join(term.words)), function="kindred_phrase", output_field=SearchQueryField()
        )
    else:
        (word,) = term.words
        is_beginning = Value(len(word) >= PREFIX_CHARS and not term.is_excluded and not is_exact)
        found = Func(languages(), Value(word), is_beginning, function="kindred_term", output_field=SearchQueryField())
    return Func(found, template="(!! %(expressions)s)", output_field=SearchQueryField()) if term.is_excluded else found


def words_query(query: TextQuery, *, is_exact: bool = False) -> Combinable:
    each = [
        reduce(lambda left, right: Joined(left, "&&", right), [term_query(term, is_exact=is_exact) for term in terms])
        for terms in query.alternatives
    ]
    return reduce(lambda left, right: Joined(left, "||", right), each)


def number_of(query: TextQuery) -> str:
    """Return the text as an accession number without its punctuation."""
    return folding.fold(query.text).replace(" ", "")


def found_by(query: TextQuery, kept: tuple[int, ...] = ()) -> Q:
    """Return the condition of works with these words or a number that begins with this text. kept: further works."""
    if not query:
        return Q(pk=-1)  # matches no work
    found = Q(Matches(F("search"), words_query(query)))
    if may_be_number(query):
        found |= Q(number_key__startswith=number_of(query))
    return found | Q(pk__in=kept) if kept else found


def may_be_number(query: TextQuery) -> bool:
    """Return True if the text can be the beginning of a number: it has a digit, and at most the usual length."""
    number = number_of(query)
    return len(number) >= PREFIX_CHARS and any(letter.isdigit() for letter in number)


def rank(query: TextQuery, kept: tuple[int, ...]) -> Combinable:
    """Return the rank of a work: an equal number first, then one that begins with the text, then matches of words.

    Whole words count twice, as themselves and as beginnings.
    """
    number = number_of(query)
    bonus = Case(
        When(Q(number_key=number) | Q(pk__in=kept), then=Value(SAME_NUMBER)),
        *([When(number_key__startswith=number, then=Value(SAME_BEGINNING))] if may_be_number(query) else []),
        default=Value(0.0),
    )
    return word_rank(words_query(query)) + word_rank(words_query(query, is_exact=True)) + bonus


def word_rank(query: Combinable) -> Func:
    return Func(F("search"), query, function="ts_rank", output_field=FloatField())
