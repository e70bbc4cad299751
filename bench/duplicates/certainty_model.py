"""Fit the model of `similarity.vision.copies.certainty` on altered copies and hard negatives of a folder of pictures.

    python -m bench.duplicates.certainty_model gather DIR PAIRS.jsonl [--backbone NAME --weights FILE] [--altered 160]
    python -m bench.duplicates.certainty_model gather DIR COMPOSED.jsonl --composed 600
    python -m bench.duplicates.certainty_model fit PAIRS.jsonl COMPOSED.jsonl

`gather` alters some pictures in the ways of `evaluate_duplicates`, compares each copy with its original, and compares
unaltered pictures with their nearest ones in the `match` space. With `--composed` it composes pairs of different
pictures instead. `fit` prints the coefficients of all pairs, and the scores of a model of half of the pictures on the
other half. `--not-negative FILE` lists pairs of file names, a pair a line, of pictures that are copies of one another;
`fit` leaves them out.
"""

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Row = Mapping[str, Any]
Floats = NDArray[np.float64]

SEED = 2_026
SHARES = {"mount": (0.3, 0.7), "state": (0.35, 0.7)}  # of the area in which composed pictures differ
NEIGHBOURS = 6  # of each unaltered picture
RIDGE = 3e-4  # of the mean loss; keeps the coefficients of separable pairs finite
AT = (0.3, 0.5, 0.7, 0.9, 0.99)


def gather(options: argparse.Namespace) -> Iterator[Row]:
    """Yield the measurements of copies with their originals (copy: true) and of hard negatives."""
    from similarity.evaluation import altering, measured_networks, picture_sources, trial_vectors
    from similarity.evaluation.duplicate_detection.collection_in_memory import Collection, picture_of
    from similarity.evaluation.duplicate_detection.duplicate_trial import NAMES
    from similarity.vision.copies import copy_alterations, judging, pair_comparison
    from similarity.vision.lenses import MATCH

    paths, _ = altering.sample(picture_sources.pictures_in(options.folder), options.looked_at)
    network = {"backbone": options.backbone, "weights": options.weights, "lens": MATCH, "pooling": ""}
    candidate = partial(judging.Candidate, distance=0.0, is_near=True)
    ((embedder, (recipe,)),) = measured_networks.choose(network)
    collection = Collection.describe(paths, embedder, recipe)
    for place in range(min(options.altered, len(paths))):
        original = trial_vectors.open_picture(paths[place])
        stored = candidate(print=collection.prints[place], read=partial(picture_of, paths[place]))
        for name in NAMES:
            copy = copy_alterations.alter(original, name, place)
            (print_,) = altering.fingerprints_of([copy])
            upload = candidate(print=print_, read=partial(pair_comparison.read, copy))
            (seen,) = judging.judge(upload, [stored], 1.0)
            yield row_of(seen, True, name, paths[place].name, paths[place].name)
    vectors = collection.vectors[recipe][:, 0]
    for place, one in enumerate(collection.prints):
        near = np.argsort(1 - vectors @ vectors[place], kind="stable")
        others = [int(each) for each in near[: NEIGHBOURS + 1] if each > place]
        found = [candidate(print=collection.prints[other], read=partial(picture_of, paths[other])) for other in others]
        upload = candidate(print=one, read=partial(picture_of, paths[place]))
        for other, seen in zip(others, judging.judge(upload, found, 1.0), strict=True):
            yield row_of(seen, False, "", paths[place].name, paths[other].name)


def gather_composed(options: argparse.Namespace) -> Iterator[Row]:
    """Yield the measurements of pairs of different pictures with much in common, composed of other pictures.

    mount: two pictures on one ground, of which they cover 30 to 70 %. state: a picture, and the same picture with 35 to
    70 % of its area replaced by another one. Pairs that do not align are left out.
    """
    from similarity.evaluation import altering, picture_sources
    from similarity.vision.copies import judging, pair_comparison

    candidate = partial(judging.Candidate, distance=0.0, is_near=True)
    paths, _ = altering.sample(picture_sources.pictures_in(options.folder), options.looked_at)
    rng = np.random.default_rng(SEED)
    for name in ("mount", "state") * (options.composed // 2):
        chosen = [int(each) for each in rng.choice(len(paths), 3, replace=False)]
        ground, one, other = (altering.open_reduced(paths[place]) for place in chosen)
        box = random_box(ground.size, rng.uniform(*SHARES[name]), rng)
        pictures = (
            [placed(one, ground, box), placed(other, ground, box)]
            if name == "mount"
            else [ground, placed(one, ground, box)]
        )
        upload, stored = (
            candidate(print=print_, read=partial(pair_comparison.read, picture))
            for print_, picture in zip(altering.fingerprints_of(pictures), pictures, strict=True)
        )
        (seen,) = judging.judge(upload, [stored], 1.0)
        if seen.comparison and seen.comparison.overlap:
            yield row_of(seen, False, name, paths[chosen[0]].name, paths[chosen[1]].name)


def random_box(size_px: tuple[int, int], share: float, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a box with this share of the area, of the same shape, at a random place."""
    width_px, height_px = (max(1, round(side * share**0.5)) for side in size_px)
    left_px, top_px = (
        int(rng.integers(0, side - own + 1)) for side, own in zip(size_px, (width_px, height_px), strict=True)
    )
    return left_px, top_px, left_px + width_px, top_px + height_px


def placed(picture: Image.Image, ground: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    whole = ground.copy()
    whole.paste(picture.resize((box[2] - box[0], box[3] - box[1])), box)
    return whole


def row_of(seen: Any, is_copy: bool, alteration: str, one: str, other: str) -> Row:
    found = seen.comparison
    return {
        "copy": is_copy, "alteration": alteration, "one": one, "other": other, "kind": seen.kind, "rule": seen.rule,
        "suggestion": seen.suggestion, "likeness": asdict(seen.likeness), "inliers": found.inliers if found else None,
        "overlap": asdict(found.overlap) if found and found.overlap else None,
    }  # fmt: skip


def fit(options: argparse.Namespace) -> None:
    listed = options.not_negative.read_text().splitlines() if options.not_negative else []
    left_out = {frozenset(line.split()) for line in listed}
    rows = [json.loads(line) for file in options.pairs for line in file.read_text().splitlines()]
    rows = [row for row in rows if row["copy"] or frozenset((row["one"], row["other"])) not in left_out]
    for name, (wanted, inputs) in MODELS.items():
        chosen = [row for row in rows if wanted(row)]
        is_copy = np.array([row["copy"] for row in chosen])
        values = np.array([inputs(row) for row in chosen])
        is_first = np.array([crc32(row["one"].encode()) % 2 == 0 for row in chosen])
        weights = solve(values[is_first], is_copy[is_first])
        every = solve(values, is_copy)
        print(f"{name}: {is_copy.sum()} copies, {(~is_copy).sum()} negatives; coefficients {every.round(2).tolist()},")
        print(f"  of the first half {weights.round(2).tolist()}. On the other half:")
        scored = 1 / (1 + np.exp(-(weights[0] + values @ weights[1:])))
        report(scored[~is_first], is_copy[~is_first])
        worst = np.argsort(np.where(is_copy, -1, -scored))[:15]
        for place in worst:
            row = chosen[place]
            print(f"    {scored[place]:.3f} {row['kind']:<17} {row['one']} {row['other']} {values[place].round(2)}")


def solve(values: Floats, is_copy: NDArray[np.bool_]) -> Floats:
    """Return (1 + M,) the constant and the coefficients, all 0 or more, of a logistic model of (N, M) values.

    Copies and negatives have equal total weights.
    """
    from scipy.optimize import minimize

    share = np.where(is_copy, 0.5 / max(is_copy.sum(), 1), 0.5 / max((~is_copy).sum(), 1))
    sign = np.where(is_copy, 1.0, -1.0)

    def loss(weights: Floats) -> float:
        margins = sign * (weights[0] + values @ weights[1:])
        return float(share @ np.logaddexp(0, -margins) + RIDGE * weights[1:] @ weights[1:] / 2)

    bounds = [(None, None), *[(0, None)] * values.shape[1]]
    return np.asarray(minimize(loss, np.zeros(1 + values.shape[1]), bounds=bounds, method="L-BFGS-B").x)


def report(scored: Floats, is_copy: NDArray[np.bool_]) -> None:
    for least in AT:
        kept = scored >= least
        found, wrong = (kept & is_copy).sum(), (kept & ~is_copy).sum()
        print(f"  from {least:.2f}: {found / max(is_copy.sum(), 1):.4f} of the copies, {wrong} of {(~is_copy).sum()}")


def by_features(row: Row) -> list[float]:
    """Return the four values of the model of aligned pairs. Each is greater for more certain pairs."""
    seen = row["overlap"]
    return [np.log(min(row["inliers"], 600)), seen["structure"], seen["alike"], -seen["colour"]]


def by_registration(row: Row) -> list[float]:
    seen = row["likeness"]
    return [seen["correlation"], -max(0.0, (seen["colour_distance"] or 0.0) - 12.0)]


MODELS = {
    "features": (lambda row: row["overlap"] is not None and row["suggestion"] != "none", by_features),
    "registration": (lambda row: row["likeness"]["suggestion"] != "none", by_registration),
    "registration of pairs that do not align": (
        lambda row: row["rule"] == "features" and row["overlap"] is None, by_registration,
    ),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    gathering = verbs.add_parser("gather")
    gathering.add_argument("folder", type=Path)
    gathering.add_argument("pairs", type=Path)
    gathering.add_argument("--backbone", default="")
    gathering.add_argument("--weights", type=Path)
    gathering.add_argument("--altered", type=int, default=160)
    gathering.add_argument("--looked-at", type=int, default=700)
    gathering.add_argument("--composed", type=int, default=0, help="gather that many composed pairs, nothing else")
    fitting = verbs.add_parser("fit")
    fitting.add_argument("pairs", type=Path, nargs="+")
    fitting.add_argument("--not-negative", type=Path)
    options = parser.parse_args()
    if options.verb == "fit":
        fit(options)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    with options.pairs.open("w") as file:
        for row in gather_composed(options) if options.composed else gather(options):
            file.write(json.dumps(row) + "\n")
            file.flush()


if __name__ == "__main__":
    main()
