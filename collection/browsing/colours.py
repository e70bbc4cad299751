"""Find works by up to three colours, each within a tolerance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext, gettext_noop

from collection.imaging.palette import colour_cells, lab
from collection.models import ArtworkImage

COLOURS_LIMIT = 3
DEFAULT_TOLERANCE = "medium"
# The colours that the page offers, as six hex digits of sRGB.
NAMED = {
    "1c1b1a": gettext_noop("black"),
    "808080": gettext_noop("grey"),
    "f4f2ee": gettext_noop("white"),
    "efe3c4": gettext_noop("cream"),
    "c8a97e": gettext_noop("tan"),
    "6b4a2f": gettext_noop("brown"),
    "5b1f24": gettext_noop("maroon"),
    "b3261e": gettext_noop("red"),
    "d9772b": gettext_noop("orange"),
    "e2bb3a": gettext_noop("yellow"),
    "7d7a3a": gettext_noop("olive"),
    "3f7a46": gettext_noop("green"),
    "2f7d7a": gettext_noop("teal"),
    "8fb8d8": gettext_noop("sky blue"),
    "2f5aa8": gettext_noop("blue"),
    "1f2b50": gettext_noop("navy"),
    "6d4a8c": gettext_noop("purple"),
    "dfa3b0": gettext_noop("pink"),
}


@dataclass(frozen=True)
class ColourChoice:
    """A colour that can be chosen. digits: six hex digits of sRGB."""

    digits: str
    name: str
    is_chosen: bool = False


def has_colours(chosen: Sequence[str], tolerance: str) -> Q:
    """Return works with a picture in which all these colours (six hex digits each) occur, within the tolerance."""
    pictures = ArtworkImage.objects.filter(artwork=OuterRef("pk"))
    limit = colour_cells.TOLERANCES[tolerance or DEFAULT_TOLERANCE]
    for digits in chosen:
        pictures = pictures.filter(colour_cells__overlap=colour_cells.cells_near(digits, limit))
    return Q(Exists(pictures))


def choices(chosen: Sequence[str]) -> list[ColourChoice]:
    """Return the chosen colours that have no name, then the named colours."""
    others = [ColourChoice(digits, name_of(digits), is_chosen=True) for digits in chosen if digits not in NAMED]
    return [*others, *(ColourChoice(digits, gettext(name), digits in chosen) for digits, name in NAMED.items())]


def name_of(digits: str) -> str:
    """Return the name of a colour, or "like" and the name of the nearest named colour."""
    if digits in NAMED:
        return gettext(NAMED[digits])
    apart = np.linalg.norm(in_lab(list(NAMED)) - in_lab([digits]), axis=1)
    return gettext("like %(colour)s") % {"colour": gettext(list(NAMED.values())[int(apart.argmin())])}


def in_lab(digits: Sequence[str]) -> lab.Floats:
    """Convert N colours to (N, 3) float32 CIELAB."""
    return lab.lab(np.frombuffer(bytes.fromhex("".join(digits)), np.uint8).reshape(-1, 3))
