"""Translate refusals, and other sentences that are stored in English: why jobs failed, and what is wrong with files."""

import re
from collections.abc import Mapping
from functools import cache

from django.utils import formats
from django.utils.translation import gettext

from collection.imaging.refusals import TEXTS, Refused

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
BETWEEN_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")
VALUE = r"(?:(?![.!?] [A-Z0-9]).)+"  # within a sentence
NUMBER = re.compile(r"\d[\d,]*(\.\d+)?")  # as English writes it
NAMES = {"work", "kept"}  # placeholders for accession numbers, which are the same in every language


def translated(refusal: Refused) -> str:
    """Return the sentence of a refusal in the language of the request."""
    return sentence(refusal.text, refusal.values)


def stored(english: str) -> str:
    """Translate what was stored in English, sentence by sentence. A sentence that no marked text fits stays as it is.

    The text that it was made from is found again, the longest first, because a short one may fit by chance.
    """
    for text in sorted(TEXTS, key=len, reverse=True):
        if found := pattern(text).fullmatch(english):
            return sentence(text, found.groupdict())
    sentences = BETWEEN_SENTENCES.split(english)
    return " ".join(map(stored, sentences)) if len(sentences) > 1 else english


def sentence(text: str, values: Mapping[str, str]) -> str:
    if not values:
        return gettext(text)
    return gettext(text) % {name: value if name in NAMES else in_language(value) for name, value in values.items()}


def in_language(value: str) -> str:
    """Return a number with the separators of the language, or the translation of marked texts with commas between."""
    if not NUMBER.fullmatch(value):
        return gettext(value) if value in TEXTS else ", ".join(map(stored, value.split(", ")))
    thousands, decimals = (formats.get_format(f"{kind}_SEPARATOR") for kind in ("THOUSAND", "DECIMAL"))
    return value.translate({ord(","): thousands, ord("."): decimals})


@cache
def pattern(text: str) -> re.Pattern[str]:
    """Return the pattern of the sentences that a text makes. A placeholder has the same value wherever it occurs."""
    parts, seen = [], set()
    for place, part in enumerate(PLACEHOLDER.split(text)):
        if place % 2 == 0:
            parts.append(re.escape(part.replace("%%", "%")))
        else:
            parts.append(f"(?P={part})" if part in seen else f"(?P<{part}>{VALUE})")
            seen.add(part)
    return re.compile("".join(parts))
