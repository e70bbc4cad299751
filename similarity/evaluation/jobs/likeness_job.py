"""Measure how often neighbours have the same class, maker, culture or department, for all networks on the same works.

Live spaces have stored vectors of these works. Networks without a space describe the works first.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from similarity.evaluation import altering, stored_evaluations
from similarity.evaluation.jobs import candidates, site_pictures
from similarity.evaluation.jobs.candidates import Candidate, Group
from similarity.evaluation.jobs.job_kind import Plan, Step, StepResult, StoredResults
from similarity.evaluation.jobs.sizes import WORKS
from similarity.index import store
from similarity.learning import work_records
from similarity.measures import likeness
from similarity.measures.record_fields import FIELDS
from similarity.models import Evaluation
from similarity.vision.lenses import LENSES
from similarity.vision.pixels import decoding

Floats = NDArray[np.float32]

BATCH = 4  # pictures in one step


def sample(groups: Sequence[Group]) -> Plan:
    """Sample works that have any of the fields. Pictures are described only if a field can be measured."""
    ids = site_pictures.leading_pictures(WORKS, reduce(or_, (work_records.has_label(field) for field in FIELDS)))
    return {"works": ids, "batch": BATCH, "describes": is_measurable(ids) and bool(without_space(groups))}


def is_measurable(ids: Sequence[int]) -> bool:
    """Return whether any field can be measured on the works of these pictures."""
    none = dict.fromkeys(ids, np.empty(0, np.float32))
    for field in FIELDS:
        works = work_records.with_labels(none, field)
        try:
            likeness.check(likeness.groups_of(works.collections, works.labels), field)
        except likeness.MeaninglessError:
            continue
        return True
    return False


def steps(plan: Plan, groups: Sequence[Group]) -> list[Step]:
    live = [one for one in candidates.list_all(groups) if one.space is not None and one.recipe.lens in LENSES]
    results = [Step(f"result:{one.key}") for one in live]  # first, because they are fastest
    if not plan["describes"]:
        return results
    pictures = [Step(name, len(batch)) for name, batch in batches(plan).items()]
    return [*results, *pictures, *(Step(f"result:{one.key}") for one in without_space(groups))]


def batches(plan: Plan) -> dict[str, list[int]]:
    """Return the pictures by name of the step. The plan states the batch size, so a release with another can resume."""
    works, size = plan["works"], plan["batch"]
    return {f"pictures:{start}": works[start : start + size] for start in range(0, len(works), size)}


def without_space(groups: Sequence[Group]) -> list[Candidate]:
    return [one for one in candidates.list_all(groups) if one.space is None]


def measure_step(step: Step, plan: Plan, groups: Sequence[Group], results: StoredResults) -> StepResult:
    kind, _, value = step.name.partition(":")
    if kind == "pictures":
        return describe(batches(plan)[step.name], groups)
    one = candidates.by_key(groups)[value]
    return StepResult(evaluations=[evaluation(one, measure(one, plan, results))])


def measure(one: Candidate, plan: Plan, results: StoredResults) -> work_records.Results:
    if one.space is None:
        return work_records.measure_vectors(described(one, plan, results))
    if one.space.supervision:
        return work_records.omit_learned()
    return work_records.measure_vectors(store.vectors_of(one.space, plan["works"]))


def describe(ids: Sequence[int], groups: Sequence[Group]) -> StepResult:
    """Return (N, D) float16 vectors for each candidate without a space, and the ids of the N readable pictures."""
    pictures = {pk: picture for pk in ids if (picture := read(pk)) is not None}
    if not pictures:
        return StepResult()
    needed = [Group(group.embedder, [one for one in group.candidates if one.space is None]) for group in groups]
    vectors = candidates.describe([group for group in needed if group.candidates], list(pictures.values()))
    return StepResult(
        {"ids": np.array(list(pictures)), **{key: rows.astype(np.float16) for key, rows in vectors.items()}}
    )


def read(pk: int) -> Image.Image | None:
    """Return the picture in mode RGB, or None if it was deleted or is unreadable."""
    try:
        return altering.open_reduced(site_pictures.path_of(pk))
    except (site_pictures.GoneError, decoding.UnreadableError):
        return None


def described(one: Candidate, plan: Plan, results: StoredResults) -> dict[int, Floats]:
    """Return the stored vectors (D,) of a candidate without a space, by image id."""
    stored = results.read(list(batches(plan)))
    return {
        int(pk): row
        for arrays in stored.values()
        if one.key in arrays
        for pk, row in zip(arrays["ids"], arrays[one.key].astype(np.float32), strict=True)
    }


def evaluation(one: Candidate, measured: Mapping[str, object]) -> Evaluation:
    """Return the measures as an Evaluation. If the candidate is a space, add its id, as evaluate_likeness does."""
    space = {"space": one.space.pk} if one.space is not None else {}
    return Evaluation(
        kind=Evaluation.Kind.LIKENESS, dataset=work_records.EVERYWHERE, projection=one.label,
        results={**measured, **space}, **stored_evaluations.model_fields(one.identity, one.recipe),
    )  # fmt: skip
