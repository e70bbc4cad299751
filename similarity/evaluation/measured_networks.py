"""Choose the networks and lenses that a command measures: the site's own, or others to compare with them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from similarity.embedding import embedders
from similarity.spaces import planning
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.lenses import WHOLE

EVERY = "all"

Chosen = list[tuple[Embedder, list[Recipe]]]


class NothingToMeasureError(ValueError):
    """No network offers this lens or pooling. The text lists those that are offered."""


def choose(options: Mapping[str, Any]) -> Chosen:
    """Return embedders, each with its recipes that a command's options name. "all" names the default of each lens.

    Raise weights.WeightsError, backbones.UnknownBackboneError or NothingToMeasureError.
    """
    return pick(available(options), options["lens"], options["pooling"])


def available(options: Mapping[str, Any]) -> Sequence[Embedder]:
    """Return the embedders to choose from: the networks that the options name, and colour histograms.

    A Python caller of a command, such as a test, may pass its own as `embedders`. Raise the errors of `network`.
    """
    given: Sequence[Embedder] | None = options.get("embedders")
    return given or [network(options["backbone"], options["weights"]), embedders.colour_embedder()]


def network(backbone: str, file: Path | None) -> Embedder:
    """Load the named network, or the configured networks. Without a file, use the best weights available.

    Raise weights.WeightsError or backbones.UnknownBackboneError.
    """
    if not backbone and file is None:
        return embedders.configured()
    name = backbone or settings.KINDRED_BACKBONE
    known = settings.KINDRED_WEIGHTS if name == settings.KINDRED_BACKBONE else None
    return embedders.embedder_for(embedders.resolve(name, file or known))


def first_offered(lenses: Sequence[str], options: Mapping[str, Any]) -> str:
    """Return the first of these lenses that is available, or the last if none is. Raise the errors of `network`."""
    offered = {recipe.lens for embedder in available(options) for recipe in embedder.recipes}
    return next((lens for lens in lenses if lens in offered), lenses[-1])


def pick(choices: Sequence[Embedder], lens: str, pooling: str) -> Chosen:
    """Return embedders with the chosen recipes. A lens is taken from the first embedder that offers it."""
    chosen: Chosen = []
    seen: set[str] = set()
    for embedder in choices:
        offered = list(embedder.recipes if pooling else planning.defaults(embedder))
        wanted = [one for one in offered if lens in (EVERY, one.lens) and pooling in ("", one.pooling)]
        recipes = [one for one in wanted if one.lens in WHOLE and one.lens not in seen]
        seen |= {one.lens for one in recipes}
        if recipes:
            chosen.append((embedder, recipes))
    if not chosen:
        available_recipes = sorted({f"{one.lens} by {one.pooling}" for embedder in choices for one in embedder.recipes})
        requested = f"The lens {lens!r}" + (f" with the pooling {pooling!r}" if pooling else "")
        raise NothingToMeasureError(
            f"{requested} is not offered by this network. It offers {', '.join(available_recipes)}."
        )
    return chosen


def names() -> list[str]:
    return [EVERY, *WHOLE]
