"""Which network and which lenses a command measures: the site's own, or others to compare them with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from similarity.embedding import embedders
from similarity.spaces import planning
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.lenses import ALL

EVERY = "all"

Chosen = list[tuple[Embedder, list[Recipe]]]


class NothingToMeasureError(ValueError):
    """A lens or pooling that no network offers; the text says which there are."""


def choose(lens: str, pooling: str = "", backbone: str = "", file: Path | None = None) -> Chosen:
    """Embedders with the recipes of theirs that were asked for; of "all", the default recipe of each lens.

    Raises weights.WeightsError, backbones.UnknownBackboneError and NothingToMeasureError.
    """
    return pick([network(backbone, file), embedders.colour_embedder()], lens, pooling)


def network(backbone: str, file: Path | None) -> Embedder:
    """Load the configured networks unless others are named. A backbone without a file has whatever is at hand.

    Raise weights.WeightsError or backbones.UnknownBackboneError.
    """
    if not backbone and file is None:
        return embedders.configured()
    name = backbone or settings.KINDRED_BACKBONE
    known = settings.KINDRED_WEIGHTS if name == settings.KINDRED_BACKBONE else None
    return embedders.embedder_for(embedders.resolve(name, file or known))


def first_offered(lenses: Sequence[str], options: Mapping[str, Any]) -> str:
    """Return the first of these lenses that the networks of a command's options offer. Raise as `network` does."""
    offered = {recipe.lens for recipe in network(options["backbone"], options["weights"]).recipes}
    return next((lens for lens in lenses if lens in offered), lenses[-1])


def pick(choices: Sequence[Embedder], lens: str, pooling: str) -> Chosen:
    """In the order of the lenses, each lens by the first embedder that offers it."""
    chosen: Chosen = []
    seen: set[str] = set()
    for embedder in choices:
        offered = list(embedder.recipes if pooling else planning.defaults(embedder))
        wanted = [one for one in offered if lens in (EVERY, one.lens) and pooling in ("", one.pooling)]
        recipes = [one for one in wanted if one.lens not in seen]
        seen |= {one.lens for one in recipes}
        if recipes:
            chosen.append((embedder, recipes))
    if not chosen:
        there = sorted({f"{one.lens} by {one.pooling}" for embedder in choices for one in embedder.recipes})
        asked = f"The lens {lens!r}" + (f" with the pooling {pooling!r}" if pooling else "")
        raise NothingToMeasureError(f"{asked} is not offered by this network; there are {', '.join(there)}.")
    return chosen


def names() -> list[str]:
    return [EVERY, *ALL]
