"""Suggest makers, titles and accession numbers while a visitor types."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQueryField
from django.db.models import F, Func, QuerySet, Value
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from collection.browsing.text import folding, highlighting, text_search
from collection.browsing.text.query_text import TextQuery
from collection.browsing.text.text_search import Matches
from collection.models import Artwork, maker_name

SHORTEST_CHARS = 2
READ_LIMIT = 400  # most works that are read
NUMBERS, MAKERS, TITLES = 3, 4, 5  # most suggestions of each kind


@dataclass(frozen=True)
class Suggestion:
    kind: str
    text: SafeString  # with marks
    url: str


def suggest(works: QuerySet[Artwork], query: TextQuery) -> list[Suggestion]:
    """Return suggestions for the beginning of a text. At most two queries read at most READ_LIMIT works each."""
    sought = folding.fold(query.text).split()
    if len("".join(sought)) < SHORTEST_CHARS or query.has_more_words:
        return []
    rows = beginning_with(works, sought)
    numbers = works_by_number(works, query) if text_search.may_be_number(query) else []
    return [*numbers, *makers(rows, sought), *titles(rows, sought)]


def beginning_with(works: QuerySet[Artwork], sought: list[str]) -> list[tuple[int, str, list[str]]]:
    """Return works with words in their title or makers that begin with all of these."""
    text = " & ".join(f"'{word}':*A" for word in sought)  # words have only letters and digits
    begins = Func(Value(text), template="(%(expressions)s)::tsquery", output_field=SearchQueryField())
    found = works.filter(Matches(F("search"), begins)).order_by()
    return list(found.values_list("pk", "title", "creators")[:READ_LIMIT])


def works_by_number(works: QuerySet[Artwork], query: TextQuery) -> list[Suggestion]:
    number = text_search.number_of(query)
    found = works.filter(number_key__startswith=number).order_by("number_key", "pk")
    return [
        Suggestion(gettext("Number"), highlighting.marked_start(shown, number), reverse("work", args=[pk]))
        for pk, shown in found.values_list("pk", "accession_number")[:NUMBERS]
    ]


def makers(rows: Iterable[tuple[int, str, list[str]]], sought: list[str]) -> list[Suggestion]:
    """Return the makers with all of these words, the most frequent first, then by name."""
    counts = Counter(maker for _, _, creators in rows for maker in creators)
    names = sorted((name for name in counts if has_all(name, sought)), key=lambda name: (-counts[name], name))
    return [
        Suggestion(
            gettext("Maker"), marked(maker_name(name), sought), f"{reverse('browse')}?{urlencode({'creator': name})}"
        )
        for name in names[:MAKERS]
    ]


def titles(rows: Iterable[tuple[int, str, list[str]]], sought: list[str]) -> list[Suggestion]:
    """Return the titles with all of these words, the shortest first. A title of several works links to a search."""
    works_of: dict[str, list[int]] = {}
    for pk, title, _ in rows:
        works_of.setdefault(title, []).append(pk)
    fitting = (title for title in works_of if title and has_all(title, sought))
    shortest = sorted(fitting, key=lambda title: (len(title), title))
    return [
        Suggestion(gettext("Title"), marked(title, sought), title_url(title, works_of[title]))
        for title in shortest[:TITLES]
    ]


def title_url(title: str, pks: list[int]) -> str:
    if len(pks) == 1:
        return reverse("work", args=pks)
    return f"{reverse('browse')}?{urlencode({'q': title[:200]})}"


def has_all(text: str, sought: list[str]) -> bool:
    words = folding.fold(text).split()
    return all(any(word.startswith(one) for word in words) for one in sought)


def marked(text: str, sought: list[str]) -> SafeString:
    return highlighting.marked_text(text, sought, highlighting.begins_with)
