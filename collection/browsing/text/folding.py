"""Remove case, accents and punctuation from text, as the functions of migration 0014 do for the index."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"  # accents, Hebrew points, Arabic vowels
)
INDIC = "\u0900-\u0eff"  # scripts whose vowel signs are parts of their words
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # soft hyphens, direction marks
MARK = re.compile(f"(?<!и)[{MARKS}]")
LETTERS = str.maketrans("øłđðħıŧŋςƒ", "olddhitnσf") | {
    ord(letter): pair for letter, pair in (("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("þ", "th"))
}
WORD = re.compile(f"(?:[^\\W\\d_]|[0-9{MARKS}{INDIC}])+")
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)


class Word(NamedTuple):
    """A word of a text, and its position in this text."""

    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return the words of a text in lower case, without accents, with one space between them."""
    return " ".join(folded for word in WORD.findall(clean(text)) if (folded := unmark(word)))


def clean(text: str) -> str:
    """Return a text in lower case and compatible forms: "ﬁ" becomes "fi". Keep its accents."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text).lower().translate(DIGITS))


def unmark(text: str) -> str:
    """Return clean text without its accents, and with similar letters in place of those such as ø."""
    return unicodedata.normalize("NFC", MARK.sub("", unicodedata.normalize("NFKD", text).translate(LETTERS)))


@lru_cache(20_000)
def folded_word(word: str) -> str:
    return fold(word).replace(" ", "")


def words(text: str) -> Iterator[Word]:
    """Yield the words of a text with their positions in the text as shown."""
    for found in WORD.finditer(INVISIBLE.sub("\u0300", text)):  # of the same length, and part of its word
        folded = found[0].lower() if found[0].isascii() else folded_word(found[0])
        if folded:
            yield Word(folded, found.start(), found.end())
