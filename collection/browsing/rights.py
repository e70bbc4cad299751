"""Readable names of rights statements, for pages and facets."""

import re
from urllib.parse import urlsplit

from django.utils.translation import gettext, gettext_noop

# The names of the statements of RightsStatements.org 1.0.
STATEMENTS = {
    "InC": gettext_noop("In copyright"),
    "InC-EDU": gettext_noop("In copyright, educational use permitted"),
    "InC-NC": gettext_noop("In copyright, non-commercial use permitted"),
    "InC-OW-EU": gettext_noop("In copyright, EU orphan work"),
    "InC-RUU": gettext_noop("In copyright, rights-holder not found"),
    "NoC-CR": gettext_noop("No copyright, contractual restrictions"),
    "NoC-NC": gettext_noop("No copyright, non-commercial use only"),
    "NoC-OKLR": gettext_noop("No copyright, other legal restrictions"),
    "NoC-US": gettext_noop("No copyright in the United States"),
    "CNE": gettext_noop("Copyright not evaluated"),
    "NKC": gettext_noop("No known copyright"),
    "UND": gettext_noop("Copyright undetermined"),
}
CREATIVE_COMMONS = re.compile(r"creativecommons\.org/(licenses|publicdomain)/([a-z+-]+)/(\d\.\d)")
SCHEME = re.compile("^https?://(www[.])?")
RIGHTS_STATEMENT = re.compile(r"rightsstatements\.org/(?:vocab|page)/([A-Za-z-]+)/")


def key(uri: str) -> str:
    """Return the address of a statement without its scheme and its last slash, as both vary."""
    return SCHEME.sub("", uri).rstrip("/")


def spellings(key: str) -> list[str]:
    return [
        f"{start}{key}{end}" for start in ("http://", "https://", "http://www.", "https://www.") for end in ("", "/")
    ]


def rights_name(uri: str) -> str:
    """Return the name of a well-known licence or rights statement; for any other, the name of its site."""
    if found := CREATIVE_COMMONS.search(uri):
        kind, name, version = found.groups()
        marks = {"mark": gettext("Public domain"), "zero": f"CC0 {version}"}
        return marks.get(name, name) if kind == "publicdomain" else f"CC {name.upper()} {version}"
    if found := RIGHTS_STATEMENT.search(uri):
        return gettext(STATEMENTS.get(found[1], found[1]))
    return site_name(uri)


def site_name(uri: str) -> str:
    try:
        host = urlsplit(uri).hostname
    except ValueError:  # brackets without an IPv6 address in them
        host = None
    return (host or uri).removeprefix("www.")
