"""How long pictures take, stage by stage, one stage after the other: what the pipeline overlaps is told apart here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from similarity.vision.contract import Embedder, Recipe
from similarity.vision.networks import effort
from similarity.vision.pixels import decoding

STAGES = ("read", "decode", "network")


def measure(paths: Sequence[Path], embedder: Embedder, recipes: Sequence[Recipe]) -> "Speed":
    """Reads, decodes and describes the pictures in batches; the first batch goes through once beforehand, uncounted.

    Raises decoding.UnreadableError.
    """
    one_batch(paths[: embedder.batch_size], embedder, recipes)
    batches = [paths[start : start + embedder.batch_size] for start in range(0, len(paths), embedder.batch_size)]
    timed = [one_batch(batch, embedder, recipes) for batch in batches]
    return summarise(timed, len(paths), embedder, recipes)


def summarise(
    timed: Sequence[Mapping[str, float]], pictures: int, embedder: Embedder, recipes: Sequence[Recipe]
) -> "Speed":
    """Add up the seconds that batches took stage by stage, of so many pictures in all."""
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
    """Seconds of each stage."""
    started = perf_counter()
    files = [path.read_bytes() for path in paths]
    read = perf_counter()
    squares = [decoding.read(data, embedder.canvases).canvas for data in files]
    decoded = perf_counter()
    embedder.describe(squares, recipes)
    return {"read": read - started, "decode": decoded - read, "network": perf_counter() - decoded}


@dataclass(frozen=True)
class Speed:
    """Of one process with one thread around the network; `gmac_per_s` is that of the network's stage alone."""

    pictures: int
    lenses: list[str]
    device: str
    pictures_per_s: float
    ms_by_stage: dict[str, float]
    gmac: float | None  # a picture
    gmac_per_s: float | None
