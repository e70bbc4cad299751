"""Find the two works of a path: by a text, by its beginning, or by the ids in an address."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from collection import aliases, permissions, queries
from collection.browsing import finding, paging
from collection.browsing.filters import Filters
from collection.browsing.text import folding, suggestions
from collection.browsing.text.query_text import TextQuery
from collection.browsing.text.suggestions import Suggestion
from collection.models import Artwork
from collection.views.fragments import ids_in

SHOWN = 24  # works that match a text
SUGGESTED = 8


@dataclass(frozen=True)
class Choice:
    """A work that may become an end of a path, with the address that chooses it."""

    work: Artwork
    address: str


def end(user: permissions.User, text: str) -> Artwork | None:
    """Return the work with this id, or the work that it was merged into; None for no id and for a work not visible."""
    found = ids_in(text, 1)
    if not found:
        return None
    try:
        aliases.follow(user, found[0])
    except aliases.WorkMergedError as error:
        found = [error.kept.pk]
    return next(iter(queries.in_order(user, found)), None)


def address(start: Artwork | None, work_id: int) -> str:
    """Return the address that chooses a work: as the first of the two, or as the second if the first is chosen."""
    if start is None:
        return f"{reverse('paths')}?{urlencode({'from': work_id})}"
    return reverse("path", args=[start.pk, work_id])


def choices(works: list[Artwork], start: Artwork | None) -> list[Choice]:
    """Return these works as choices, without the one that is chosen already."""
    return [Choice(work, address(start, work.pk)) for work in works if start is None or work.pk != start.pk]


def matching(user: permissions.User, text: str) -> list[Artwork]:
    """Return the best of the works that this user may see and that match a text, after correcting typing errors."""
    works = permissions.visible_works(user)
    return paging.page(works, finding.continued(works, Filters(q=text))).works[:SHOWN]


def suggested(user: permissions.User, query: TextQuery, start: Artwork | None) -> list[Suggestion]:
    """Return works whose title and makers have words that begin as those of the text."""
    sought = folding.fold(query.text).split()
    if len("".join(sought)) < suggestions.SHORTEST_CHARS or query.has_more_words:
        return []
    rows = suggestions.beginning_with(permissions.visible_works(user), sought)
    shortest = sorted((row for row in rows if row[1]), key=lambda row: (len(row[1]), row[1], row[0]))
    return [
        Suggestion(", ".join(creators)[:40], title_of(title, sought), address(start, pk))
        for pk, title, creators in shortest[:SUGGESTED]
        if start is None or pk != start.pk
    ]


def title_of(title: str, sought: list[str]) -> SafeString:
    return suggestions.marked(title, sought)
