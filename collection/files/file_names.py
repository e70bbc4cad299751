"""What a file's name says of a work that comes without any other word: an accession number and a title."""

import re
import unicodedata

from collection.models import Artwork

NUMBER_LIMIT_CHARS = Artwork.accession_number.field.max_length or 0
TITLE_LIMIT_CHARS = Artwork.title.field.max_length or 0
NAMELESS = "unnamed"
CAMERA_NAME = re.compile(r"(?:img|image|dsc[fn]?|pict?|photo|scan|p)?[\W_]*\d[\d\W_]*", re.IGNORECASE)


def accession_number(stem: str) -> str:
    """A file name without its extension -> an accession number, never empty."""
    kept = (sign if unicodedata.category(sign)[0] not in "CZ" else " " for sign in stem)
    text = " ".join(unicodedata.normalize("NFC", "".join(kept)).split())
    return text.strip(".-_ ")[:NUMBER_LIMIT_CHARS].strip() or NAMELESS


def title(stem: str) -> str:
    """`sunflowers_in-a-vase` -> Sunflowers in a vase; empty where the name is a number, as IMG_1234 is."""
    text = accession_number(stem)
    if text == NAMELESS or CAMERA_NAME.fullmatch(text):
        return ""
    words = " ".join(re.split(r"[\s_-]+", text))
    return (words[0].upper() + words[1:])[:TITLE_LIMIT_CHARS]


def numbered(number: str, count: int) -> str:
    """The count-th try at a number that is taken: 1923.4, 1923.4-2, 1923.4-3 ..."""
    suffix = f"-{count}" if count > 1 else ""
    return number[: NUMBER_LIMIT_CHARS - len(suffix)] + suffix
