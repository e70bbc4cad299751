"""The parts of a job of any kind: a plan, steps that are measured one by one, and their results."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from similarity.evaluation.jobs.candidates import Group
from similarity.models import Evaluation

Arrays = Mapping[str, NDArray[Any]]
Plan = dict[str, Any]  # the sampled pictures and what is measured on them, as JSON


class CannotMeasureError(ValueError):
    """Nothing can be measured on this site's pictures. The text is one sentence that says why."""


@dataclass(frozen=True)
class Step:
    """About a second of work. Its result is stored as a whole or not at all."""

    name: str  # unique within its job
    pictures: int = 0  # number of pictures that it measures; 0 for steps that compute results


@dataclass(frozen=True)
class StepResult:
    """The result of one step, to be stored in one transaction."""

    arrays: Arrays = field(default_factory=dict)  # for later steps
    evaluations: Sequence[Evaluation] = ()  # for the Models page; not saved yet


class StoredResults(Protocol):
    """The stored arrays of earlier steps of a job."""

    def read(self, names: Sequence[str]) -> Mapping[str, Arrays]:
        """Return the arrays by name of the step. Steps that are not done are left out."""
        ...


class JobKind(Protocol):
    """A kind of job: a module with these three functions."""

    def sample(self, groups: Sequence[Group]) -> Plan:
        """Sample the pictures to measure. Raise CannotMeasureError."""
        ...

    def steps(self, plan: Plan, groups: Sequence[Group]) -> list[Step]:
        """Return the steps in order. Equal arguments give equal steps, so that a worker can resume a job."""
        ...

    def measure_step(self, step: Step, plan: Plan, groups: Sequence[Group], results: StoredResults) -> StepResult:
        """Measure one step. Raise CannotMeasureError."""
        ...


def pack(arrays: Arrays) -> bytes:
    """Return the arrays in npz format."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def unpack(data: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays that `pack` packed."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
