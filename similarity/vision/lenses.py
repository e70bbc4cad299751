"""The lenses: the ways in which pictures are compared. Every lens has its own spaces.

Imports no torch, because the web process imports it too. The texts are English; pages translate them.
"""

from dataclasses import dataclass
from typing import Literal

Fit = Literal["whitened", "root-pca", "none"]


def gettext_noop(text: str) -> str:
    """Return the text. `makemessages` collects the arguments of functions with this name."""
    return text


@dataclass(frozen=True)
class Lens:
    """One way to compare pictures: its name, its texts for visitors, and how its projection is fitted.

    word: the title as it is within a sentence. sees: a sentence about it.
    parts: number of vectors of a picture, the first that of the whole picture. Each has at most `dimensions` numbers.
    """

    name: str
    title: str
    word: str
    sees: str
    fit: Fit = "root-pca"
    dimensions: int = 256
    parts: int = 1


LOOK = "look"
SUBJECT = "subject"
COMPOSITION = "composition"
TEXTURE = "texture"
COLOUR = "colour"
MATCH = "match"
REGIONS = "regions"

LENSES = {
    lens.name: lens
    for lens in (
        Lens(
            LOOK, gettext_noop("Look"), gettext_noop("look"),
            gettext_noop("The whole impression: style, subject and handling together."), dimensions=512,
        ),
        Lens(
            SUBJECT, gettext_noop("Subject"), gettext_noop("subject"),
            gettext_noop("What is shown, as the network names things: a face, a boat, a tree."),
        ),
        Lens(
            COMPOSITION, gettext_noop("Composition"), gettext_noop("composition"),
            gettext_noop("Where things stand in the picture, whatever they are."),
        ),
        Lens(
            TEXTURE, gettext_noop("Texture"), gettext_noop("texture"),
            gettext_noop("Brushwork, weave and grain, wherever they occur."),
        ),
        Lens(
            COLOUR, gettext_noop("Colour"), gettext_noop("colour"),
            gettext_noop("The palette alone, without any form."), fit="none",
        ),
    )
}  # fmt: skip
DEFAULT_LENS = LOOK
# Visitors never choose these lenses. They find the same picture, or a part of it, in search by picture and for
# duplicates.
INTERNAL = {
    MATCH: Lens(
        MATCH, gettext_noop("Match"), gettext_noop("match"),
        gettext_noop("The same picture, or a part of it."), fit="whitened",
    ),
    REGIONS: Lens(
        REGIONS, gettext_noop("Regions"), gettext_noop("regions"),
        gettext_noop("A picture within another."), fit="whitened", dimensions=192, parts=10,
    ),
}  # fmt: skip
ALL = LENSES | INTERNAL
# Those that compare whole pictures by one vector each, and can be measured alone.
WHOLE = {name: lens for name, lens in ALL.items() if lens.parts == 1}
OTHER_LOOKS = ("gem-3", "rmac-3")  # further poolings of the look, which every network supports
