"""Measure how long each network takes for a picture, by stage. Each step times one batch."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from similarity.evaluation import measured_networks, speed, stored_evaluations
from similarity.evaluation.jobs import site_pictures
from similarity.evaluation.jobs.candidates import Group
from similarity.evaluation.jobs.job_kind import CannotMeasureError, Plan, Step, StepResult, StoredResults
from similarity.evaluation.jobs.sizes import TIMED
from similarity.models import Evaluation
from similarity.spaces import planning
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.lenses import COLOUR
from similarity.vision.networks.ensemble import EnsembleEmbedder
from similarity.vision.pixels import decoding

WARM_UP = 2  # pictures that are processed first without being timed
DATASET = "collection"  # the name that evaluate_speed gives to the site's own pictures


@dataclass(frozen=True)
class Timed:
    """A network with the lenses it computes in one pass."""

    embedder: Embedder
    recipes: Sequence[Recipe]

    @property
    def key(self) -> str:
        return f"{self.embedder.identity.backbone}:{self.embedder.identity.weights_digest[:16]}"

    @property
    def recipe(self) -> Recipe:
        """Return the recipe to store: the only one, or one that represents several lenses, as in evaluate_speed."""
        return self.recipes[0] if len(self.recipes) == 1 else Recipe(measured_networks.EVERY, "")


def sample(groups: Sequence[Group]) -> Plan:
    """Sample pictures, no two with the same pixels. Raise CannotMeasureError."""
    chosen = site_pictures.distinct_pictures(TIMED)
    if not chosen:
        raise CannotMeasureError("There are no pictures to measure with.")
    return {"pictures": chosen}


def timed(groups: Sequence[Group]) -> list[Timed]:
    """Return each embedder with its live lenses, and each network of a joint embedder with all lenses that it offers.

    A network that also has live spaces of its own is timed once, with its live lenses.
    """
    embedders = []
    members = []
    for group in groups:
        live = [one.recipe for one in group.candidates if one.space is not None]
        if {recipe.lens for recipe in live} == {COLOUR}:  # no network
            continue
        embedders.append(Timed(group.embedder, live))
        if isinstance(group.embedder, EnsembleEmbedder):
            members += [Timed(member, list(planning.defaults(member))) for member in group.embedder.members]
    return list({one.key: one for one in [*members, *embedders]}.values())


def steps(plan: Plan, groups: Sequence[Group]) -> list[Step]:
    return [step for one in timed(groups) for step in [*batches(one, plan), Step(f"result:{one.key}")]]


def batches(one: Timed, plan: Plan) -> list[Step]:
    starts = range(0, len(plan["pictures"]), one.embedder.batch_size)
    return [Step(f"batch:{one.key}:{start}", len(batch(one, plan, start))) for start in starts]


def batch(one: Timed, plan: Plan, start: int) -> list[int]:
    pks: list[int] = plan["pictures"][start : start + one.embedder.batch_size]
    return pks


def measure_step(step: Step, plan: Plan, groups: Sequence[Group], results: StoredResults) -> StepResult:
    kind, _, value = step.name.partition(":")
    if kind == "result":
        (one,) = (one for one in timed(groups) if one.key == value)
        return StepResult(evaluations=[evaluation(one, plan, results)])
    key, _, start = value.rpartition(":")
    (one,) = (one for one in timed(groups) if one.key == key)
    return time_batch(one, batch(one, plan, int(start)))


def time_batch(one: Timed, pks: Sequence[int]) -> StepResult:
    """Return the seconds of each stage, (3,), and the number of pictures; nothing if a picture cannot be read."""
    try:
        paths = site_pictures.paths_of(pks)
        speed.one_batch(paths[:WARM_UP], one.embedder, one.recipes)
        spent_s = speed.one_batch(paths, one.embedder, one.recipes)
    except (site_pictures.GoneError, decoding.UnreadableError, FileNotFoundError):
        return StepResult()
    return StepResult({"spent_s": np.array([spent_s[name] for name in speed.STAGES]), "pictures": np.array(len(paths))})


def evaluation(one: Timed, plan: Plan, results: StoredResults) -> Evaluation:
    """Return the speed over all batches. Raise CannotMeasureError."""
    stored = [each for each in results.read([step.name for step in batches(one, plan)]).values() if each]
    if not stored:
        raise CannotMeasureError("None of the pictures of the sample can be read.")
    spent_s = [dict(zip(speed.STAGES, each["spent_s"].tolist(), strict=True)) for each in stored]
    pictures = sum(int(each["pictures"]) for each in stored)
    return Evaluation(
        kind=Evaluation.Kind.SPEED, dataset=DATASET, projection="",
        results=asdict(speed.summarise(spent_s, pictures, one.embedder, one.recipes)),
        **stored_evaluations.model_fields(one.embedder.identity, one.recipe),
    )  # fmt: skip
