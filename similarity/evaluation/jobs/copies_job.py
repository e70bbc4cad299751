"""Measure how surely altered copies of the site's pictures are recognised, step by step.

A picture and its altered copies are one step. The last steps compare all of them, one network and lens each.
"""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from similarity.evaluation import altering, copy_detection, stored_evaluations
from similarity.evaluation.jobs import candidates, site_pictures
from similarity.evaluation.jobs.candidates import Candidate, Group
from similarity.evaluation.jobs.sizes import ALTERATIONS, ALTERED, BACKGROUND
from similarity.evaluation.jobs.work import CannotMeasureError, Kept, Outcome, Plan, Step
from similarity.models import Evaluation
from similarity.vision.copies import copy_alterations
from similarity.vision.pixels import decoding

Floats = NDArray[np.float32]

LEAST_ALTERED = 6
DATASET = "collection"  # as evaluate_copies calls the site's own pictures


def draw(groups: Sequence[Group]) -> Plan:
    """Pictures at random, no two with the same pixels. A quarter of them is the background."""
    chosen = site_pictures.different_pictures(ALTERED + BACKGROUND)
    altered = chosen[: len(chosen) - len(chosen) * BACKGROUND // (ALTERED + BACKGROUND)]
    if len(altered) < LEAST_ALTERED:
        raise CannotMeasureError(
            f"At least {LEAST_ALTERED} different pictures are needed to distinguish copies from other pictures."
            f" There are {len(altered)}."
        )
    return {"altered": altered, "background": chosen[len(altered) :], "alterations": list(ALTERATIONS)}


def steps(plan: Plan, groups: Sequence[Group]) -> list[Step]:
    pictures = [Step(picture(pk), 1) for pk in [*plan["altered"], *plan["background"]]]
    return [*pictures, *(Step(f"result:{one.key}") for one in candidates.in_all(groups))]


def picture(pk: int) -> str:
    return f"picture:{pk}"


def do(step: Step, plan: Plan, groups: Sequence[Group], kept: Kept) -> Outcome:
    kind, _, what = step.name.partition(":")
    if kind == "picture":
        return describe(int(what), plan["alterations"] if int(what) in plan["altered"] else [], groups)
    return Outcome(evaluations=[evaluation(candidates.by_key(groups)[what], plan, kept)])


def describe(pk: int, names: Sequence[str], groups: Sequence[Group]) -> Outcome:
    """Keep for each candidate (1 + T, D) float16: the picture and its T copies. An unreadable picture is left out."""
    try:
        original = altering.open_reduced(site_pictures.path_of(pk))
    except (site_pictures.GoneError, decoding.UnreadableError):
        return Outcome()
    altered = [copy_alterations.alter(original, name, pk) for name in names]
    vectors = candidates.describe(groups, [original, *altered])
    return Outcome({key: rows.astype(np.float16) for key, rows in vectors.items()})


def evaluation(one: Candidate, plan: Plan, kept: Kept) -> Evaluation:
    """Compare every copy with every original. Raise CannotMeasureError."""
    names = [picture(pk) for pk in [*plan["altered"], *plan["background"]]]
    found = kept.read(names)
    rows = {name: found[name][one.key].astype(np.float32) for name in names if one.key in found.get(name, {})}
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
    """(N, 1 + T, D) and B times (D,) -> (T, N, N) to the originals, and (T, N, B) to the background."""
    originals, queries = altered[:, 0], altered[:, 1:].swapaxes(0, 1)  # (N, D), (T, N, D)
    others = np.array(background, np.float32).reshape(len(background), altered.shape[2])
    return queries @ originals.T, queries @ others.T
