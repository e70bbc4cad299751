"""What is known of why two pictures are alike, and how it lies in Redis: plain JSON, at most 3 KB."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from similarity.vision.correspondence.regions import Correspondence

Heat = NDArray[np.float32]  # (H, W), 0..1
Place = tuple[float, float]  # of a mark: x and y from the upper left corner, as shares of the picture's sides

STEPS = 20  # of brightness that are kept
BARELY = 0.35  # heat under which nothing in particular is alike


@dataclass(frozen=True)
class Explanation:
    """Waiting, refused (with a reason) or ready: the heat of the first and the second picture, and paired marks."""

    state: Literal["waiting", "refused", "ready"]
    reason: str = ""
    heats: tuple[Heat, ...] = ()
    marks: tuple[tuple[Place, Place], ...] = ()

    @property
    def turned(self) -> "Explanation":
        """The same, told from the other picture."""
        return replace(self, heats=self.heats[::-1], marks=tuple((second, first) for first, second in self.marks))

    @property
    def is_of_the_whole(self) -> bool:
        """True where no region stands out: only the whole impression is alike."""
        return not self.marks and all(heat.max(initial=0) < BARELY for heat in self.heats)


def ready(found: Correspondence) -> Explanation:
    side = found.heat_a.shape
    marks = tuple((middle(match.a, side), middle(match.b, side)) for match in found.matches)
    return Explanation("ready", heats=(found.heat_a, found.heat_b), marks=marks)


def middle(cell: tuple[int, int], side: Sequence[int]) -> Place:
    row, column = cell
    return round((column + 0.5) / side[1], 3), round((row + 0.5) / side[0], 3)


def to_json(explanation: Explanation) -> str:
    """Heat as whole numbers 0..STEPS, row by row."""
    heats = [np.rint(heat * STEPS).astype(int).tolist() for heat in explanation.heats]
    fields = {"state": explanation.state, "reason": explanation.reason, "heats": heats, "marks": explanation.marks}
    return json.dumps(fields, separators=(",", ":"))


def from_json(text: bytes) -> Explanation:
    """The explanation that `to_json` wrote, its heat in STEPS. Raises ValueError for anything that is not JSON."""
    fields = json.loads(text)
    heats = tuple((np.asarray(rows) / STEPS).astype(np.float32) for rows in fields["heats"])
    marks = tuple((tuple(first), tuple(second)) for first, second in fields["marks"])
    return Explanation(fields["state"], fields["reason"], heats, marks)
