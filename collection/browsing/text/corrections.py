"""Correct typing errors: replace unknown words by similar words of works that the visitor may see."""

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQueryField
from django.db.models import F, Func, Q, QuerySet, TextField, Value

from collection.browsing.text import query_text, text_search
from collection.browsing.text.query_text import Term, TextQuery
from collection.browsing.text.text_search import Matches
from collection.models import Artwork, SearchWord

SHORTEST_CHARS = 4  # a shorter word has too many similar words
LONG_CHARS = 8  # two errors are accepted in a word of this length
WORDS_LIMIT = 3  # most words of a text that are corrected
SIMILAR_LIMIT = 1_000  # most words of the collection that are compared
CANDIDATES_LIMIT = 8  # most candidates for each word whose works are counted
WORKS_LIMIT = 50  # most works that are counted for each candidate


class Candidate(NamedTuple):
    """A word of the collection that may replace a word of the text."""

    typed: str
    word: str
    errors: int


def corrected(works: QuerySet[Artwork], query: TextQuery) -> str:
    """Return the text with its unknown words replaced, or "" if nothing can be replaced. This takes two queries.

    works: those that the visitor may see. A word that only other works have counts as unknown.
    """
    typed = [word for word in query.single_words if len(word) >= SHORTEST_CHARS and word.isalpha()][:WORDS_LIMIT]
    candidates = candidates_for(typed) if typed else []
    if not candidates:
        return ""
    known, counts = found_in(works.order_by(), typed, candidates)
    chosen: dict[str, str] = {}
    for candidate in sorted(candidates, key=lambda one: (one.errors, -counts.get(one.word, 0), one.word)):
        if candidate.typed not in known and counts[candidate.word]:
            chosen.setdefault(candidate.typed, candidate.word)
    return query_text.replaced(query, chosen) if chosen else ""


def candidates_for(typed: Sequence[str]) -> list[Candidate]:
    """Return the words of the collection that are most similar to these words."""
    similar = reduce(or_, (Q(deletions__overlap=deletions(word)) for word in typed))
    known = sorted(set(SearchWord.objects.filter(similar).values_list("word", flat=True)[:SIMILAR_LIMIT]))
    found: list[Candidate] = []
    for word in typed:
        limit = 2 if len(word) >= LONG_CHARS else 1
        near = (Candidate(word, other, distance(word, other, limit)) for other in known)
        accepted = [one for one in near if 0 < one.errors <= limit]
        found += sorted(accepted, key=lambda one: (one.errors, one.word[0] != word[0], one.word))[:CANDIDATES_LIMIT]
    return found


def deletions(word: str) -> Func:
    return Func(Value(word), function="kindred_deletions", output_field=ArrayField(TextField()))


def found_in(
    works: QuerySet[Artwork], typed: Sequence[str], candidates: Sequence[Candidate]
) -> tuple[set[str], Counter[str]]:
    """Return the typed words that these works have, and how many works each candidate has, up to WORKS_LIMIT."""
    each = [
        works.filter(Matches(F("search"), text_search.term_query(Term((word,))))).values_list(Value(word))[:1]
        for word in typed
    ]
    each += [
        works.filter(Matches(F("search"), lexeme(word))).values_list(Value(f"+{word}"))[:WORKS_LIMIT]
        for word in sorted({candidate.word for candidate in candidates})
    ]
    found = [value for (value,) in each[0].union(*each[1:], all=True)]
    counts = Counter(value[1:] for value in found if value.startswith("+"))
    return {value for value in found if not value.startswith("+")}, counts


def lexeme(word: str) -> Func:
    """Return a query for a word as it is written in the index."""
    return Func(Value(f"'{word}'"), template="(%(expressions)s)::tsquery", output_field=SearchQueryField())


def distance(one: str, other: str, limit: int) -> int:
    """Return the number of letters inserted, deleted, replaced or swapped with the next one, at most limit + 1."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, partner in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != partner))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == partner:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, last = last, current
    return min(last[-1], limit + 1)
