"""The answer to a search by picture, and its format in Redis: plain JSON, which cannot run code when it is read."""

import base64
import json
from dataclasses import asdict, dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  # (V, D): one row for each view of the picture, the whole picture first


Corners = tuple[tuple[float, float], ...]  # four: north-west, south-west, south-east, north-east; x and y, 0 to 1


@dataclass(frozen=True)
class Found:
    """A work found in a photograph: its corners, and the collection's pictures that may show it, the best first."""

    corners: Corners
    image_ids: tuple[int, ...]
    is_recognised: bool  # the first picture shows it with certainty


@dataclass(frozen=True)
class Answer:
    """Waiting, gone (unknown or too old), refused with a reason, or ready with vectors by the id of their space."""

    state: Literal["waiting", "gone", "refused", "ready"]
    reason: str = ""
    vectors: dict[int, Vectors] = field(default_factory=dict)
    found: tuple[Found, ...] = ()
    size_px: tuple[int, int] = (0, 0)  # width and height of the picture as it was searched


def to_json(answer: Answer) -> str:
    """Write an answer, its vectors by `packed`."""
    vectors = {
        str(space_id): {"views": len(rows), "numbers": packed(rows)} for space_id, rows in answer.vectors.items()
    }
    return json.dumps(
        {
            "state": answer.state,
            "reason": answer.reason,
            "vectors": vectors,
            "found": [asdict(one) for one in answer.found],
            "size_px": answer.size_px,
        }
    )


def from_json(text: bytes) -> Answer:
    """Read the answer that `to_json` wrote. Raise ValueError for anything that is not JSON."""
    fields = json.loads(text)
    vectors = {
        int(space_id): unpacked(rows["numbers"]).reshape(rows["views"], -1)
        for space_id, rows in fields.get("vectors", {}).items()  # absent if written by a worker of an older release
    }
    found = tuple(
        Found(tuple((x, y) for x, y in one["corners"]), tuple(one["image_ids"]), one["is_recognised"])
        for one in fields.get("found", [])
    )
    width_px, height_px = fields.get("size_px", (0, 0))
    return Answer(fields["state"], fields["reason"], vectors, found, (width_px, height_px))


def packed(numbers: Vectors) -> str:
    """Return the base64 of (V, D) float32, little-endian, row by row."""
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode("ascii")


def unpacked(text: str) -> Vectors:
    """Return the numbers that `packed` wrote, (V * D,) float32."""
    return np.frombuffer(base64.b64decode(text), "<f4").astype(np.float32)
