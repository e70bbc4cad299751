"""What a job of any kind consists of: a plan, steps that are measured one by one, and what they result in."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from similarity.evaluation.jobs.candidates import Group
from similarity.models import Evaluation

Arrays = Mapping[str, NDArray[Any]]
Plan = dict[str, Any]  # fit for JSON


class CannotMeasureError(ValueError):
    """Nothing can be measured on this site's pictures; the text is one sentence that says why."""


@dataclass(frozen=True)
class Step:
    """A second or so of work. It is done as a whole or not at all."""

    name: str  # unique within its job
    pictures: int = 0  # that it measures; 0 for steps that sum up


@dataclass(frozen=True)
class Outcome:
    """What one step measured, to be kept in one transaction."""

    arrays: Arrays = field(default_factory=dict)  # for later steps
    evaluations: Sequence[Evaluation] = ()  # for the Models page; not saved yet


class Kept(Protocol):
    """What earlier steps of this job measured."""

    def read(self, names: Sequence[str]) -> Mapping[str, Arrays]:
        """Return the arrays of these steps, as far as they are done."""
        ...


class Work(Protocol):
    """A kind of job; a module with these three functions."""

    def draw(self, groups: Sequence[Group]) -> Plan:
        """Choose the pictures. The same plan gives the same steps. Raise CannotMeasureError."""
        ...

    def steps(self, plan: Plan, groups: Sequence[Group]) -> list[Step]: ...

    def do(self, step: Step, plan: Plan, groups: Sequence[Group], kept: Kept) -> Outcome:
        """Measure one step. Raise CannotMeasureError."""
        ...


def pack(arrays: Arrays) -> bytes:
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def unpack(data: bytes) -> dict[str, NDArray[Any]]:
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
