"""Parse the text of a search: quotes join words to a phrase, a minus excludes words, OR separates alternatives."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from collection.browsing.text import folding

TEXT_LIMIT_CHARS = 200
WORDS_LIMIT = 16
# A minus excludes a word only at its beginning. In RF-1998 it is part of a number.
TOKEN = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


@dataclass(frozen=True)
class Term:
    """One word, or the words of a phrase, in lower case with their accents."""

    words: tuple[str, ...]
    is_phrase: bool = False
    is_excluded: bool = False


@dataclass(frozen=True)
class TextQuery:
    """Alternatives, each a list of terms that a work must all have. Empty if the text has no word."""

    text: str = ""
    alternatives: tuple[tuple[Term, ...], ...] = ()
    has_more_words: bool = False  # True if the text has more words than WORDS_LIMIT

    def __bool__(self) -> bool:
        return bool(self.alternatives)

    @property
    def sought(self) -> list[Term]:
        """Return the terms that a work must have to be found."""
        return [term for terms in self.alternatives for term in terms if not term.is_excluded]

    @property
    def single_words(self) -> list[str]:
        """Return the folded words, outside of phrases, that a work must have to be found, each once."""
        words = [folding.unmark(word) for term in self.sought if not term.is_phrase for word in term.words]
        return list(dict.fromkeys(words))


def parse(text: str) -> TextQuery:
    alternatives: list[list[Term]] = [[]]
    left = WORDS_LIMIT
    tokens = list(TOKEN.finditer(text))
    for token in tokens:
        if token["word"] == "OR" and not token["minus"]:
            alternatives.append([])
            continue
        terms = terms_of(token, left)
        alternatives[-1] += terms
        left -= sum(len(term.words) for term in terms)
    kept = tuple(tuple(terms) for terms in alternatives if terms)
    count = len(folding.fold(text).split()) - sum(token["word"] == "OR" for token in tokens)
    return TextQuery(text, kept, has_more_words=count > WORDS_LIMIT)


def terms_of(token: "re.Match[str]", limit: int) -> Sequence[Term]:
    """Return a term for each word, such as two for RF-1998, or one for a phrase. At most `limit` words."""
    words = folding.WORD.findall(folding.clean(token["phrase"] or token["word"] or ""))
    words = [word for word in words if folding.unmark(word)][:limit]
    is_excluded = token["minus"] is not None
    if not words:
        return []
    if token["phrase"] is not None or (is_excluded and len(words) > 1):
        return [Term(tuple(words), is_phrase=len(words) > 1, is_excluded=is_excluded)]
    return [Term((word,), is_excluded=is_excluded) for word in words]


def replaced(query: TextQuery, corrections: dict[str, str]) -> str:
    """Return the text with some words replaced. The words are given by their folded forms."""
    text, end = "", 0
    for word in folding.words(query.text):
        text += query.text[end : word.start] + corrections.get(word.folded, query.text[word.start : word.end])
        end = word.end
    return text + query.text[end:]
