"""Convert cells into values of a work. An unusable cell raises ValueError with a sentence for the report."""

import datetime as dt
import html
import json
import re
import unicodedata

TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--[^<>]*-->")
BREAKING_TAG = re.compile(r"<(?:br|/p|/div|/li|/h[1-6])\b[^<>]*>", re.IGNORECASE)
YEAR = re.compile(r"([+-]?\d{1,6})(?:\.0+)?")  # 1866 or -500; a spreadsheet writes 1866.0
ISO_DATE = re.compile(r"([+-]?\d{4,6})-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:[T ][\d:.+Z-]*)?)?")
DATE_WITH_YEARS = re.compile(r"(?P<year>-?\d{3,4})|(?P<iso>\d{4}-\d\d-\d\d)|(?P<start>\d{3,4}) ?[-–/] ?(?P<end>\d{4})")
EARLIEST_YEAR = -100_000  # before any known picture
YEARS_AHEAD = 10
URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
YES = frozenset({"yes", "y", "true", "t", "1", "published", "public", "x"})
NO = frozenset({"no", "n", "false", "f", "0", "draft", "unpublished", "private"})
NAME_KEYS = ("description", "display_name", "full_name", "name", "title")

Years = tuple[int | None, int | None]


def plain(text: str) -> str:
    """Remove tags, entities and control characters from a text. Line breaks stay."""
    text = BREAKING_TAG.sub("\n", text)
    text = html.unescape(TAG.sub("", text)).replace("\r\n", "\n").replace("\r", "\n")
    kept = (sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def one_line(text: str) -> str:
    return " ".join(plain(text).split())


def cut(text: str, limit_chars: int) -> str:
    """Shorten a text to at most `limit_chars` characters. If it is shortened, the last one is an ellipsis."""
    return text if len(text) <= limit_chars else text[: limit_chars - 1].rstrip() + "…"


def names(text: str) -> list[str]:
    """Return the names in `A|B`, or in a JSON list of texts or of objects with a name, each once."""
    parts = listed(text) if text.lstrip().startswith("[") else None
    found = (one_line(part) for part in (parts if parts is not None else text.split("|")))
    return list(dict.fromkeys(name for name in found if name))


def listed(text: str) -> list[str] | None:
    """Return the texts of a JSON list, or None if the text is not JSON, such as `[title not known]`."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list):
        return None
    return [named(each) if isinstance(each, dict) else str(each) for each in found]


def named(found: dict[str, object]) -> str:
    return next((str(found[key]) for key in NAME_KEYS if found.get(key)), "")


def year(text: str) -> int | None:
    """Return a year, or the year of an ISO date. Raise ValueError for anything else that is not empty."""
    text = text.strip().replace("−", "-")
    if not text:
        return None
    if not (match := YEAR.fullmatch(text) or ISO_DATE.fullmatch(text)):
        raise ValueError(f"{cut(text, 40)} is no year")
    found = int(match[1])
    if not EARLIEST_YEAR <= found <= dt.datetime.now(dt.UTC).year + YEARS_AHEAD:
        raise ValueError(f"{found} is no likely year")
    return found


def years(start: str, end: str) -> Years:
    """Return the first and the last year. Raise ValueError if one is not a year, or if they are reversed."""
    first, last = year(start), year(end)
    if first == 0 == last:  # several museums write 0 for an unknown year
        return None, None
    if first is not None and last is not None and first > last:
        raise ValueError(f"{first} is later than {last}")
    return first, last


def years_of_date(text: str) -> Years:
    """Return the years of a displayed date such as 1866, 1866-05-01 or 1850-1860; no years for any other text."""
    if not (match := DATE_WITH_YEARS.fullmatch(text)):
        return None, None
    whole = match["year"] or match["iso"]
    try:
        return years(whole or match["start"], whole or match["end"])
    except ValueError:
        return None, None


def is_web_address(text: str, limit_chars: int) -> bool:
    return len(text) <= limit_chars and URL.fullmatch(text) is not None


def truth(text: str) -> bool | None:
    """Return a bool for "yes", "no" and synonyms, or None for an empty text. Raise ValueError for other words."""
    word = text.strip().casefold()
    if word in YES or word in NO:
        return word in YES
    if word:
        raise ValueError(f"{cut(text.strip(), 40)} is neither yes nor no")
    return None
