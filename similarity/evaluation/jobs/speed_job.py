"""Measure how long each network takes for a picture, stage by stage, a batch at a time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from similarity.evaluation import measured_networks, speed, stored_evaluations
from similarity.evaluation.jobs import site_pictures
from similarity.evaluation.jobs.candidates import Group
from similarity.evaluation.jobs.sizes import TIMED
from similarity.evaluation.jobs.work import CannotMeasureError, Kept, Outcome, Plan, Step
from similarity.models import Evaluation
from similarity.spaces import planning
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.lenses import COLOUR
from similarity.vision.networks.ensemble import EnsembleEmbedder
from similarity.vision.pixels import decoding

WARM_UP = 2  # pictures that go through first, and are not counted
DATASET = "collection"  # as evaluate_speed calls the site's own pictures


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
        """As evaluate_speed keeps it."""
        return self.recipes[0] if len(self.recipes) == 1 else Recipe(measured_networks.EVERY, "")


def draw(groups: Sequence[Group]) -> Plan:
    """Raise CannotMeasureError."""
    chosen = site_pictures.different_pictures(TIMED)
    if not chosen:
        raise CannotMeasureError("There are no pictures to measure with.")
    return {"pictures": chosen}


def timed(groups: Sequence[Group]) -> list[Timed]:
    """Return each embedder with its live lenses, and each network of a joint one with all that it offers.

    A network that is also live by itself is timed once, with its live lenses.
    """
    found = []
    members = []
    for group in groups:
        live = [one.recipe for one in group.candidates if one.space is not None]
        if {recipe.lens for recipe in live} == {COLOUR}:  # no network
            continue
        found.append(Timed(group.embedder, live))
        if isinstance(group.embedder, EnsembleEmbedder):
            members += [Timed(member, list(planning.defaults(member))) for member in group.embedder.members]
    return list({one.key: one for one in [*members, *found]}.values())


def steps(plan: Plan, groups: Sequence[Group]) -> list[Step]:
    return [step for one in timed(groups) for step in [*batches(one, plan), Step(f"result:{one.key}")]]


def batches(one: Timed, plan: Plan) -> list[Step]:
    starts = range(0, len(plan["pictures"]), one.embedder.batch_size)
    return [Step(f"batch:{one.key}:{start}", len(batch(one, plan, start))) for start in starts]


def batch(one: Timed, plan: Plan, start: int) -> list[int]:
    found: list[int] = plan["pictures"][start : start + one.embedder.batch_size]
    return found


def do(step: Step, plan: Plan, groups: Sequence[Group], kept: Kept) -> Outcome:
    kind, _, what = step.name.partition(":")
    if kind == "result":
        (one,) = (one for one in timed(groups) if one.key == what)
        return Outcome(evaluations=[evaluation(one, plan, kept)])
    key, _, start = what.rpartition(":")
    (one,) = (one for one in timed(groups) if one.key == key)
    return time_batch(one, batch(one, plan, int(start)))


def time_batch(one: Timed, pks: Sequence[int]) -> Outcome:
    """Keep the seconds of each stage, (3,), and the number of pictures. A batch that can't be read is left out."""
    try:
        paths = site_pictures.paths_of(pks)
        speed.one_batch(paths[:WARM_UP], one.embedder, one.recipes)
        spent_s = speed.one_batch(paths, one.embedder, one.recipes)
    except (site_pictures.GoneError, decoding.UnreadableError, FileNotFoundError):
        return Outcome()
    return Outcome({"spent_s": np.array([spent_s[name] for name in speed.STAGES]), "pictures": np.array(len(paths))})


def evaluation(one: Timed, plan: Plan, kept: Kept) -> Evaluation:
    """Raise CannotMeasureError."""
    found = [each for each in kept.read([step.name for step in batches(one, plan)]).values() if each]
    if not found:
        raise CannotMeasureError("None of the pictures of the sample can be read.")
    spent_s = [dict(zip(speed.STAGES, each["spent_s"].tolist(), strict=True)) for each in found]
    pictures = sum(int(each["pictures"]) for each in found)
    return Evaluation(
        kind=Evaluation.Kind.SPEED, dataset=DATASET, projection="",
        results=asdict(speed.summarise(spent_s, pictures, one.embedder, one.recipes)),
        **stored_evaluations.model_fields(one.embedder.identity, one.recipe),
    )  # fmt: skip
