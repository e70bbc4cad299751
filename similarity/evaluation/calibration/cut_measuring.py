"""Measure precision and recall at each cut, on verdicts and on altered copies, and store the result for the page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from similarity.duplicates import cuts, detection
from similarity.evaluation.calibration import labelled_pairs
from similarity.evaluation.calibration.labelled_pairs import Row, Skipped
from similarity.evaluation.duplicate_detection.duplicate_trial import NAMES
from similarity.measures import certainty_cuts
from similarity.measures.certainty_cuts import Pairs
from similarity.models import CalibrationMeasurement
from similarity.spaces import lifecycle

VERDICTS, ALTERED = "verdicts", "altered"
LEAST_SUGGESTED = 30  # pairs that a source must suggest at its cut before the recommendation follows it
ALTERATIONS = NAMES
Results = dict[str, Any]
Progress = Callable[[int, int], None]  # pictures done, and all


class NothingToMeasureError(ValueError):
    """There is no picture and no verdict. The text can be shown."""


def measure(count: int, seed: int, names: Sequence[str], progress: Progress) -> CalibrationMeasurement:
    """Measure with the verdicts and at most `count` altered pictures, and store the result.

    Raise NothingToMeasureError.
    """
    skipped = Skipped()
    chosen = labelled_pairs.choose(count, seed)
    of_altered = source(altered(chosen, names, skipped, progress))
    of_verdicts = source(labelled_pairs.of_verdicts())
    if not of_altered["pairs"] and not of_verdicts["pairs"]:
        raise NothingToMeasureError(
            "There is no verdict and no picture to alter yet. Wait until the pictures are compared."
        )
    sources = {VERDICTS: of_verdicts, ALTERED: of_altered}
    results: Results = {
        "sources": sources,
        "recommended": recommend(sources),
        "alterations": list(names),
        "skipped": asdict(skipped),
    }
    return CalibrationMeasurement.objects.create(pictures=len(chosen), seed=seed, results=results)


def altered(chosen: Sequence[int], names: Sequence[str], skipped: Skipped, progress: Progress) -> Iterable[Row]:
    """Yield the pairs of altered copies of these pictures. There are none before a space can find copies."""
    space = lifecycle.for_copies()
    if space is None:
        return
    near = detection.very_near(space)
    for done, image_id in enumerate(chosen):
        progress(done, len(chosen))
        yield from labelled_pairs.of_altered(space, image_id, names, near, skipped)
    progress(len(chosen), len(chosen))


def source(rows: Iterable[Row]) -> Results:
    """Return the scores of one source of labelled pairs, as values for JSON."""
    pairs = Pairs.of(list(rows))
    scored = certainty_cuts.score(pairs)
    copies = int(pairs.is_copy.sum())
    return {
        "pairs": len(pairs.is_copy),
        "copies": copies,
        "scores": [asdict(each) for each in scored],
        "recommendation": asdict(certainty_cuts.recommend(pairs, scored, cuts.valid().suggest_from)),
    }


def recommend(sources: dict[str, Results]) -> Results:
    """Return the higher of the cuts that the sources recommend, leaving out sources with too few pairs."""
    chosen = [(name, each["recommendation"]) for name, each in sources.items() if is_enough(each)]
    if not chosen:
        return {"cut": None, "source": "", "is_proved": False, "reason": "There are too few labelled pairs."}
    name, best = max(chosen, key=lambda each: each[1]["cut"])
    return {**best, "source": name}


def is_enough(each: Results) -> bool:
    """Return True if a source recommends a cut at which it suggests LEAST_SUGGESTED pairs or more."""
    cut = each["recommendation"]["cut"]
    return any(score["cut"] == cut and score["suggested"] >= LEAST_SUGGESTED for score in each["scores"])
