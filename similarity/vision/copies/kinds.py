"""Name the kind of a pair: in which way one picture is a copy of the other, or that it is none."""

from typing import Literal

from similarity.vision.copies import alignment
from similarity.vision.copies.alignment import Alignment
from similarity.vision.copies.overlap import Overlap

Kind = Literal[
    "same_file", "same_pixels", "reencoded", "recoloured", "overlaid", "bordered", "detail", "turned", "mirrored",
    "other_photograph", "different",
]  # fmt: skip

# The thresholds were chosen on altered copies of 30 paintings; decision 33 has the results on others.
COPY_STRUCTURE = 0.5  # least median correlation of a copy's cells
COPY_ALIKE = 0.5  # least share of a copy's cells that correlate
OBJECT_STRUCTURE = 0.2  # between this and COPY_STRUCTURE, two photographs may show one object
OVERLAID_ALIKE = 0.93  # of the cells of a copy; with fewer, something lies on it
RECOLOURED = 8.0  # CIELAB units
WHOLE = 0.94  # share of a picture from which on it counts as shown whole
TURNED_DEGREES = 0.7
TURNED_SHARE = 0.75  # least share of both pictures in the overlap; a picture turned in the same size loses its corners
BORDER_EDGE = 2.0  # see `Overlap.edge`
PLAIN_SURROUNDING = 6.0  # grey levels


def of(found: Alignment, overlap: Overlap, other_px: tuple[int, int]) -> Kind:
    """Return the kind of two pictures that were laid over one another. `other_px`: width and height of the other."""
    if overlap.structure < OBJECT_STRUCTURE or not overlap.cells:
        return "different"
    if overlap.structure < COPY_STRUCTURE or overlap.alike < COPY_ALIKE:
        return "other_photograph"
    if found.is_mirrored:
        return "mirrored"
    least, most = sorted((overlap.of_one, overlap.of_other))
    if least >= TURNED_SHARE and abs(alignment.angle_of(found, other_px)) >= TURNED_DEGREES:
        return "turned"
    if least < WHOLE:
        return "bordered" if most >= WHOLE and is_border(overlap) else "detail"
    if overlap.colour >= RECOLOURED:
        return "recoloured"
    return "overlaid" if overlap.alike < OVERLAID_ALIKE else "reencoded"


def is_border(overlap: Overlap) -> bool:
    """Return True if what surrounds the smaller picture is no part of it: it is plain, or an edge lies between."""
    return overlap.edge >= BORDER_EDGE or overlap.surrounding <= PLAIN_SURROUNDING
