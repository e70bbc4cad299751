"""Measure the time that pictures take in each stage. Unlike in the pipeline, stages run one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from similarity.embedding import originals
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.networks import effort

STAGES = ("read", "decode", "network")


def measure(paths: Sequence[Path], embedder: Embedder, recipes: Sequence[Recipe]) -> "Speed":
    """Read, decode and describe the pictures in batches. The first batch runs once before the measurement.

    Raise imaging.Busy or decoding.UnreadableError.
    """
    one_batch(paths[: embedder.batch_size], embedder, recipes)
    batches = [paths[start : start + embedder.batch_size] for start in range(0, len(paths), embedder.batch_size)]
    timed = [one_batch(batch, embedder, recipes) for batch in batches]
    return summarise(timed, len(paths), embedder, recipes)


def summarise(
    timed: Sequence[Mapping[str, float]], pictures: int, embedder: Embedder, recipes: Sequence[Recipe]
) -> "Speed":
    """Add up the seconds of batches by stage. `pictures` is the number of pictures in all batches."""
    spent_s = {stage: sum(one[stage] for one in timed) for stage in STAGES}
    gmac = effort.gmac(embedder, recipes)
    return Speed(
        pictures=pictures,
        lenses=[recipe.lens for recipe in recipes],
        device=effort.device(embedder),
        pictures_per_s=pictures / sum(spent_s.values()),
        ms_by_stage={stage: 1_000 * spent / pictures for stage, spent in spent_s.items()},
        gmac=gmac or None,
        gmac_per_s=gmac * pictures / spent_s["network"] if gmac else None,
    )


def one_batch(paths: Sequence[Path], embedder: Embedder, recipes: Sequence[Recipe]) -> dict[str, float]:
    """Return the seconds that one batch takes in each stage."""
    started = perf_counter()
    files = [path.read_bytes() for path in paths]
    read = perf_counter()
    canvases = [originals.read(data, embedder.canvases).canvas for data in files]
    decoded = perf_counter()
    embedder.describe(canvases, recipes)
    return {"read": read - started, "decode": decoded - read, "network": perf_counter() - decoded}


@dataclass(frozen=True)
class Speed:
    """The speed of one process that runs the stages in one thread. GMAC: 10^9 multiplications with additions."""

    pictures: int
    lenses: list[str]
    device: str
    pictures_per_s: float
    ms_by_stage: dict[str, float]
    gmac: float | None  # for one picture
    gmac_per_s: float | None  # in the network stage alone
