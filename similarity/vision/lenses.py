"""The views that Kindred takes of a picture. Each lens has spaces of its own; no torch here, as the web names them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lens:
    """One way to look, and what it sees, for visitors."""

    name: str
    title: str
    sees: str
    whitens: bool = True  # whether its vectors gain by PCA-whitening; a histogram's bins mean what they are


LOOK = "look"
SUBJECT = "subject"
COMPOSITION = "composition"
TEXTURE = "texture"
COLOUR = "colour"

LENSES = {
    lens.name: lens
    for lens in (
        Lens(LOOK, "Look", "The whole impression: forms, their arrangement and their handling."),
        Lens(SUBJECT, "Subject", "What is shown, as the network names things: a face, a boat, a tree."),
        Lens(COMPOSITION, "Composition", "Where things stand in the picture, whatever they are."),
        Lens(TEXTURE, "Texture", "Brushwork, weave and grain, wherever they occur."),
        Lens(COLOUR, "Colour", "The palette alone, without any form.", whitens=False),
    )
}
DEFAULT_LENS = LOOK
OTHER_LOOKS = ("gem-3", "rmac-3")  # poolings that every network offers for the look, besides its default
