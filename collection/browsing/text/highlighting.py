"""Mark the words of a record that a text search found. All text is escaped."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Left
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop

from collection.browsing.text import folding, text_search
from collection.browsing.text.query_text import TextQuery
from collection.models import Artwork

ENDING_CHARS = 3  # forms of one word differ in at most this many letters at their ends
STEM_CHARS = 4
TELLING_CHARS = 3
SNIPPET_CHARS = 60  # letters before and after the word that was found
READ_CHARS = 5_000  # of a field in which a snippet is looked for
PAGE_CHARS = 960_000  # read for all works of a page, 0.3 s of Python at most: 2,000 of each of 480 works
FIELDS = {
    "medium": gettext_noop("Medium"),
    "classification": gettext_noop("Classification"),
    "culture": gettext_noop("Culture"),
    "department": gettext_noop("Department"),
    "date_display": gettext_noop("Date"),
    "description": gettext_noop("Description"),
    "credit_line": gettext_noop("Credit line"),
}


@dataclass(frozen=True)
class Hit:
    """The marked title and makers of a work, and another marked field if the words occur only there."""

    title: SafeString
    makers: SafeString
    field: str = ""
    text: str = ""  # with marks


def with_beginnings(works: QuerySet[Artwork]) -> QuerySet[Artwork]:
    """Fetch the beginning of each description, as `description_start`, instead of the whole."""
    return works.defer("description").annotate(description_start=Left("description", READ_CHARS + 1))


def mark_hits(works: list[Artwork], query: TextQuery) -> None:
    """Set `hit` of each work. The works must come from `with_beginnings`."""
    read_chars = min(READ_CHARS, PAGE_CHARS // max(len(works), 1))
    for work in works:
        work.hit = hit_of(work, query, read_chars)


def hit_of(work: Artwork, query: TextQuery, read_chars: int) -> Hit:
    title, makers = work.shown_title, work.shown_creators
    sought = telling_words(query)
    marked = marked_text(title, sought), marked_text(makers, sought)
    left = lacking(makers, lacking(title, sought))
    number = text_search.number_of(query)
    if number and folding.fold(work.accession_number).replace(" ", "").startswith(number):
        return Hit(*marked, gettext("Number"), marked_start(work.accession_number, number))
    if has_any(work.accession_number, left):
        return Hit(*marked, gettext("Number"), marked_text(work.accession_number, left))
    for name, label in FIELDS.items():
        text = getattr(work, "description_start" if name == "description" else name)
        if part := snippet(beginning(text, read_chars), left):
            return Hit(*marked, gettext(label), marked_text(part, left))
    return Hit(*marked)


def telling_words(query: TextQuery) -> list[str]:
    """Return the words to mark. Omit words of one or two letters, such as "of a", if there are longer ones."""
    words = [folding.unmark(word) for term in query.sought for word in term.words]
    return [word for word in words if len(word) >= TELLING_CHARS or word.isdecimal()] or words


def lacking(text: str, sought: list[str]) -> list[str]:
    """Return those of the sought words that a text does not have in any form."""
    words = {word.folded for word in folding.words(text)} if sought else set()
    return [one for one in sought if not any(is_form_of(word, one) for word in words)]


def has_any(text: str, sought: list[str]) -> bool:
    return len(lacking(text, sought)) < len(sought)


def marked_text(text: str, sought: list[str], is_hit: Callable[[str, str], bool] | None = None) -> SafeString:
    """Return a text in HTML with <mark> around each word that was sought, or that `is_hit` accepts."""
    return mark_safe("".join(marked_parts(text, sought, is_hit or is_form_of)))  # noqa: S308 - each part is escaped


def marked_parts(text: str, sought: list[str], is_hit: Callable[[str, str], bool]) -> Iterator[str]:
    end = 0
    hits = (word for word in folding.words(text) if any(is_hit(word.folded, one) for one in sought))
    for start, stop in joined(text, hits):
        yield conditional_escape(text[end:start])
        yield format_html("<mark>{}</mark>", text[start:stop])
        end = stop
    yield conditional_escape(text[end:])


def joined(text: str, hits: Iterable[folding.Word]) -> list[tuple[int, int]]:
    """Return the places of the hits. Join the places of words that only a space separates."""
    places: list[tuple[int, int]] = []
    for word in hits:
        if places and text[places[-1][1] : word.start] == " ":
            places[-1] = places[-1][0], word.end
        else:
            places.append((word.start, word.end))
    return places


def marked_start(number: str, typed: str) -> SafeString:
    """Return an accession number with a mark around its beginning. typed: without punctuation."""
    end = len(number)
    for place in range(len(number), 0, -1):
        if folding.fold(number[:place]).replace(" ", "") == typed:
            end = place
    return format_html("<mark>{}</mark>{}", number[:end], number[end:])


def begins_with(word: str, sought: str) -> bool:
    return word.startswith(sought)


def is_form_of(word: str, sought: str) -> bool:
    """Return True if a word is the one sought, begins with it, or differs from it in its ending.

    Stems exist only in PostgreSQL. Comparing the endings is accurate enough for marks.
    """
    if word == sought or (len(sought) >= text_search.PREFIX_CHARS and word.startswith(sought)):
        return True
    if word[:STEM_CHARS] != sought[:STEM_CHARS]:
        return False
    common = 0
    while common < min(len(word), len(sought)) and word[common] == sought[common]:
        common += 1
    return common >= STEM_CHARS and max(len(word), len(sought)) - common <= ENDING_CHARS


def snippet(text: str, sought: list[str]) -> str:
    """Return the part of a text around the first word that was sought, or "" if it has none."""
    starts = tuple(word[:STEM_CHARS] for word in sought)  # every form of a word begins with them
    likely = (word for word in folding.words(text) if word.folded.startswith(starts))
    hits = (word for word in likely if any(is_form_of(word.folded, one) for one in sought))
    first = next(hits, None) if sought else None
    if first is None:
        return ""
    start, end = max(first.start - SNIPPET_CHARS, 0), first.end + SNIPPET_CHARS
    start = text.find(" ", start, first.start) + 1 if start else 0
    last = text.rfind(" ", first.end, end)
    end = last if last > 0 and end < len(text) else end
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")


def beginning(text: str, chars: int) -> str:
    """Return the first `chars` of a long text, up to a space if there is one."""
    if len(text) <= chars:
        return text
    end = text.rfind(" ", 0, chars)
    return text[: end if end > 0 else chars] + " …"
