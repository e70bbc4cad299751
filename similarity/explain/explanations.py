"""The explanation of why two pictures are alike, and its format in Redis: plain JSON, at most 3 KB."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from similarity.vision.correspondence.regions import Correspondence

Heat = NDArray[np.float32]  # (H, W), 0 to 1: how well each cell corresponds to the other picture
Place = tuple[float, float]  # x and y of a mark from the upper left corner, 0 to 1 of the picture's sides

STEPS = 20  # levels of heat that are stored
BARELY = 0.35  # heat below which no region stands out


@dataclass(frozen=True)
class Explanation:
    """Waiting, refused with a reason, or ready with the heat maps of both pictures and pairs of marks."""

    state: Literal["waiting", "refused", "ready"]
    reason: str = ""
    heats: tuple[Heat, ...] = ()
    marks: tuple[tuple[Place, Place], ...] = ()

    @property
    def turned(self) -> "Explanation":
        """Return the same explanation with the two pictures exchanged."""
        return replace(self, heats=self.heats[::-1], marks=tuple((second, first) for first, second in self.marks))

    @property
    def is_of_the_whole(self) -> bool:
        """Return True if no region stands out, so that only the pictures as a whole are alike."""
        return not self.marks and all(heat.max(initial=0) < BARELY for heat in self.heats)


def ready(found: Correspondence) -> Explanation:
    """Return the explanation of a correspondence, with its marks in the middle of the matched cells."""
    side = found.heat_a.shape
    marks = tuple((middle(match.a, side), middle(match.b, side)) for match in found.matches)
    return Explanation("ready", heats=(found.heat_a, found.heat_b), marks=marks)


def middle(cell: tuple[int, int], side: Sequence[int]) -> Place:
    """Return the middle of a cell, given as (row, column) in a map of `side` rows and columns."""
    row, column = cell
    return round((column + 0.5) / side[1], 3), round((row + 0.5) / side[0], 3)


def to_json(explanation: Explanation) -> str:
    """Write heat as whole numbers from 0 to STEPS, row by row."""
    heats = [np.rint(heat * STEPS).astype(int).tolist() for heat in explanation.heats]
    fields = {"state": explanation.state, "reason": explanation.reason, "heats": heats, "marks": explanation.marks}
    return json.dumps(fields, separators=(",", ":"))


def from_json(text: bytes) -> Explanation:
    """Read the explanation that `to_json` wrote. Raise ValueError for anything that is not JSON."""
    fields = json.loads(text)
    heats = tuple((np.asarray(rows) / STEPS).astype(np.float32) for rows in fields["heats"])
    marks = tuple((tuple(first), tuple(second)) for first, second in fields["marks"])
    return Explanation(fields["state"], fields["reason"], heats, marks)
