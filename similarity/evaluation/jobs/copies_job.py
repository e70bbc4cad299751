"""Measure how reliably altered copies of the site's pictures are recognised.

Each of the first steps describes one picture with its altered copies. Each of the last steps compares all of them by
one network and lens.
"""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from similarity.evaluation import altering, copy_detection, stored_evaluations
from similarity.evaluation.jobs import candidates, site_pictures
from similarity.evaluation.jobs.candidates import Candidate, Group
from similarity.evaluation.jobs.job_kind import CannotMeasureError, Plan, Step, StepResult, StoredResults
from similarity.evaluation.jobs.sizes import ALTERATIONS, ALTERED, BACKGROUND
from similarity.models import Evaluation
from similarity.vision.copies import copy_alterations
from similarity.vision.pixels import decoding

Floats = NDArray[np.float32]

LEAST_ALTERED = 6
DATASET = "collection"  # the name that evaluate_copies gives to the site's own pictures


def sample(groups: Sequence[Group]) -> Plan:
    """Sample pictures, no two with the same pixels. A quarter of them is the background set."""
    chosen = site_pictures.distinct_pictures(ALTERED + BACKGROUND)
    altered = chosen[: len(chosen) - len(chosen) * BACKGROUND // (ALTERED + BACKGROUND)]
    if len(altered) < LEAST_ALTERED:
        raise CannotMeasureError(
            f"At least {LEAST_ALTERED} different pictures are needed to distinguish copies from other pictures."
            f" There are {len(altered)}."
        )
    return {"altered": altered, "background": chosen[len(altered) :], "alterations": list(ALTERATIONS)}


def steps(plan: Plan, groups: Sequence[Group]) -> list[Step]:
    pictures = [Step(picture(pk), 1) for pk in [*plan["altered"], *plan["background"]]]
    return [*pictures, *(Step(f"result:{one.key}") for one in candidates.list_all(groups))]


def picture(pk: int) -> str:
    return f"picture:{pk}"


def measure_step(step: Step, plan: Plan, groups: Sequence[Group], results: StoredResults) -> StepResult:
    kind, _, value = step.name.partition(":")
    if kind == "picture":
        return describe(int(value), plan["alterations"] if int(value) in plan["altered"] else [], groups)
    return StepResult(evaluations=[evaluation(candidates.by_key(groups)[value], plan, results)])


def describe(pk: int, names: Sequence[str], groups: Sequence[Group]) -> StepResult:
    """Return (1 + T, D) float16 vectors of a picture and its T copies for each candidate; none if it is unreadable."""
    try:
        original = altering.open_reduced(site_pictures.path_of(pk))
    except (site_pictures.GoneError, decoding.UnreadableError):
        return StepResult()
    altered = [copy_alterations.alter(original, name, pk) for name in names]
    vectors = candidates.describe(groups, [original, *altered])
    return StepResult({key: rows.astype(np.float16) for key, rows in vectors.items()})


def evaluation(one: Candidate, plan: Plan, results: StoredResults) -> Evaluation:
    """Compare every copy with every original and the background set. Raise CannotMeasureError."""
    names = [picture(pk) for pk in [*plan["altered"], *plan["background"]]]
    stored = results.read(names)
    rows = {name: stored[name][one.key].astype(np.float32) for name in names if one.key in stored.get(name, {})}
    altered = [rows[picture(pk)] for pk in plan["altered"] if picture(pk) in rows]
    background = [rows[picture(pk)][0] for pk in plan["background"] if picture(pk) in rows]
    if len(altered) < LEAST_ALTERED:
        raise CannotMeasureError("Too few pictures of the sample can be read.")
    scored = copy_detection.measure_scores(plan["alterations"], *cosines(np.stack(altered), background))
    return Evaluation(
        kind=Evaluation.Kind.COPIES, dataset=DATASET, projection=one.label, results=asdict(scored) | {"views": "whole"},
        **stored_evaluations.model_fields(one.identity, one.recipe),
    )  # fmt: skip


def cosines(altered: Floats, background: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Return (T, N, N) cosines of T copies of N originals with the originals, and (T, N, B) with the background set.

    `altered`: (N, 1 + T, D) float32, each original followed by its copies. `background`: B vectors (D,).
    """
    originals, queries = altered[:, 0], altered[:, 1:].swapaxes(0, 1)  # (N, D), (T, N, D)
    others = np.array(background, np.float32).reshape(len(background), altered.shape[2])
    return queries @ originals.T, queries @ others.T
