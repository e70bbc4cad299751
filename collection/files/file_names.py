"""Derive an accession number and a title from a file name, for a picture without a record."""

import re
import unicodedata

from collection.models import Artwork

NUMBER_LIMIT_CHARS = Artwork.accession_number.field.max_length or 0
TITLE_LIMIT_CHARS = Artwork.title.field.max_length or 0
NAMELESS = "unnamed"
CAMERA_NAME = re.compile(r"(?:img|image|dsc[fn]?|pict?|photo|scan|p)?[\W_]*\d[\d\W_]*", re.IGNORECASE)


def accession_number(stem: str) -> str:
    """Turn a file name without its extension into an accession number, which is never empty."""
    kept = (sign if unicodedata.category(sign)[0] not in "CZ" else " " for sign in stem)
    text = " ".join(unicodedata.normalize("NFC", "".join(kept)).split())
    return text.strip(".-_ ")[:NUMBER_LIMIT_CHARS].strip() or NAMELESS


def title(stem: str) -> str:
    """Return a title: "Sunflowers in a vase" for `sunflowers_in-a-vase`, "" for a camera's name such as IMG_1234."""
    text = accession_number(stem)
    if text == NAMELESS or CAMERA_NAME.fullmatch(text):
        return ""
    words = " ".join(re.split(r"[\s_-]+", text))
    return (words[0].upper() + words[1:])[:TITLE_LIMIT_CHARS]


def numbered(number: str, count: int) -> str:
    """Return the count-th variant of a number: 1923.4, 1923.4-2, 1923.4-3 ..."""
    suffix = f"-{count}" if count > 1 else ""
    return number[: NUMBER_LIMIT_CHARS - len(suffix)] + suffix
