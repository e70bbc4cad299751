"""What is known of a search by picture, and how it lies in Redis: plain JSON, so that nothing there runs code here."""

import base64
import json
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  # (V, D): one row a view of the picture, the whole picture first


@dataclass(frozen=True)
class Answer:
    """Waiting, gone (unknown or too old), refused (with a reason) or ready, with vectors by the id of their space."""

    state: Literal["waiting", "gone", "refused", "ready"]
    reason: str = ""
    vectors: dict[int, Vectors] = field(default_factory=dict)


def to_json(answer: Answer) -> str:
    """Vectors as the base64 of their numbers, float32, little-endian, row by row."""
    vectors = {
        str(space_id): {"views": len(rows), "numbers": packed(rows)} for space_id, rows in answer.vectors.items()
    }
    return json.dumps({"state": answer.state, "reason": answer.reason, "vectors": vectors})


def from_json(text: bytes) -> Answer:
    """The answer that `to_json` wrote. Raises ValueError for anything that is not JSON."""
    fields = json.loads(text)
    vectors = {
        int(space_id): unpacked(rows["numbers"]).reshape(rows["views"], -1)
        for space_id, rows in fields.get("vectors", {}).items()  # none: of a worker before the last upgrade
    }
    return Answer(fields["state"], fields["reason"], vectors)


def packed(numbers: Vectors) -> str:
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode("ascii")


def unpacked(text: str) -> Vectors:
    """(N,) float32."""
    return np.frombuffer(base64.b64decode(text), "<f4").astype(np.float32)
