"""The lenses: the ways in which pictures are compared. Every lens has its own spaces.

Imports no torch, because the web process imports it too.
"""

from dataclasses import dataclass
from typing import Literal

Fit = Literal["whitened", "root-pca", "none"]


@dataclass(frozen=True)
class Lens:
    """One way to compare pictures: its name, its text for visitors, and how its projection is fitted.

    parts: number of vectors of a picture, the first that of the whole picture. Each has at most `dimensions` numbers.
    """

    name: str
    title: str
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
        Lens(LOOK, "Look", "The whole impression: style, subject and handling together.", dimensions=512),
        Lens(SUBJECT, "Subject", "What is shown, as the network names things: a face, a boat, a tree."),
        Lens(COMPOSITION, "Composition", "Where things stand in the picture, whatever they are."),
        Lens(TEXTURE, "Texture", "Brushwork, weave and grain, wherever they occur."),
        Lens(COLOUR, "Colour", "The palette alone, without any form.", fit="none"),
    )
}
DEFAULT_LENS = LOOK
# Visitors never choose these lenses. They find the same picture, or a part of it, in search by picture and for
# duplicates.
INTERNAL = {
    MATCH: Lens(MATCH, "Match", "The same picture, or a part of it.", fit="whitened"),
    REGIONS: Lens(REGIONS, "Regions", "A picture within another.", fit="whitened", dimensions=192, parts=10),
}
ALL = LENSES | INTERNAL
# Those that compare whole pictures by one vector each, and can be measured alone.
WHOLE = {name: lens for name, lens in ALL.items() if lens.parts == 1}
OTHER_LOOKS = ("gem-3", "rmac-3")  # further poolings of the look, which every network supports
