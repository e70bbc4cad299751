"""Measures how surely altered copies of pictures are told from all other pictures."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from similarity.evaluation import (
    alteration_names,
    altering,
    command_options,
    copy_detection,
    measured_networks,
    picture_sources,
    review_replay,
    stored_evaluations,
)
from similarity.evaluation.altering import Comparison, Originals
from similarity.models import Evaluation
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.copies.copy_alterations import ALTERATIONS
from similarity.vision.lenses import LOOK

LEAST_PICTURES = 6
FITTED_ON = 1_000  # several times the dimensions of a projection
SHOWN = ("recall", "recall_alone", "recall_normalised")  # of each alteration
HEAD = (
    ("", "one threshold", "a threshold", "likeness to the", "review queue suggests:", "and other pictures:"),
    ("alteration", "for all", "of its own", "background off", "as duplicate", "at all", "as duplicate", "as similar"),
)


class Command(BaseCommand):
    stealth_options = ("embedders",)  # a caller in Python may pass embedders of its own
    help = (
        "The share of altered copies that are recognised while at most one in a thousand accepted pairs is wrong"
        " (recall at 99.9 % precision), alteration by alteration; average precision of all pairs (micro-AP), with and"
        " without score normalisation; with 95 % intervals. And what the site's own review queue would suggest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--images", type=Path, metavar="DIR", help="pictures; else those of the site's collections")
        parser.add_argument("--limit", type=int, default=200, help="pictures at most, a third of them as background")
        parser.add_argument(
            "--fit-on",
            type=int,
            default=FITTED_ON,
            metavar="N",
            help="fit projections on so many pictures, if there are",
        )
        parser.add_argument(
            "--views", default="whole", choices=command_options.VIEWS,
            help="whole: as uploads are described; frames: works are looked for in each copy, as in a search",
        )  # fmt: skip
        command_options.add_arguments(parser)

    def handle(self, *, images: Path | None, limit: int, dataset: str, as_json: bool, **options: Any) -> None:
        there = picture_sources.pictures_in(images) if images else picture_sources.own_pictures()
        paths, refusals = altering.sample(there, max(limit, options["fit_on"]))
        for refusal in refusals:
            self.stderr.write(refusal)
        if min(limit, len(paths)) < LEAST_PICTURES:
            raise CommandError(
                f"There are {min(limit, len(paths))} pictures to alter, too few to tell copies from others."
            )
        name = dataset or (images.resolve().name if images else "collection")
        try:
            told = self.measure(paths[:limit], paths[limit:], name, options)
        except command_options.REFUSALS as error:
            raise CommandError(str(error)) from None
        if as_json:
            self.stdout.write(json.dumps(told, indent=2))
            return
        for lens, results in told.items():
            self.write_table(lens, results)

    def measure(
        self, paths: list[Path], further: list[Path], dataset: str, options: dict[str, Any]
    ) -> dict[str, dict[str, Any]]:
        told = {}
        seen = {"views": options["views"], "fitted_on": len(paths) + len(further)}
        for embedder, recipes in measured_networks.choose(options):
            originals = altering.describe(paths, embedder, recipes, further)
            views = command_options.VIEWS[options["views"]]
            comparison = altering.compare(originals, embedder, list(ALTERATIONS), views)
            for recipe in recipes:
                results = results_of(originals, comparison, recipe) | seen
                told[recipe.lens] = results
                if options["save"]:
                    self.save(dataset, embedder, recipe, originals, results)
        return told

    def save(
        self, dataset: str, embedder: Embedder, recipe: Recipe, originals: Originals, results: dict[str, Any]
    ) -> None:
        projection, kept = originals.projections[recipe], {k: v for k, v in results.items() if k != "look_alikes"}
        try:
            stored_evaluations.save(Evaluation.Kind.COPIES, dataset, embedder.identity, recipe, projection, kept)
        except stored_evaluations.NotSavedError as error:
            self.stderr.write(str(error))

    def write_table(self, lens: str, results: dict[str, Any]) -> None:
        pictures, background = results["pictures"], results["background"]
        self.stdout.write(f"\n{lens}: {pictures} pictures altered, {background} more as background")
        self.stdout.write("Shares of copies, 0 to 1, with their 95 % intervals.")
        self.write_totals(results)
        heard = results.get("suggested", {})
        self.stdout.write("\nRecognised at 99.9 % precision, with")
        for line in HEAD:
            self.stdout.write(heading(*line) if heard else heading(*line[:4]))
        for name, one in results["alterations"].items():
            cells = [cell(one, measure) for measure in SHOWN]
            self.stdout.write(row(alteration_names.alteration(name), cells, heard.get(name)))
        self.stdout.write(
            "Different pictures that look most alike, by cosine (copies among them hold the threshold up):"
        )
        for one, other, cosine in results["look_alikes"]:
            self.stdout.write(f"  {cosine:.3f}  {one}  {other}")

    def write_totals(self, results: dict[str, Any]) -> None:
        weighed, intervals = results["micro_ap_normalised"], results["micro_ap_normalised_interval"]
        lines = {
            "recognised at 99.9 % precision": cell(results, "recall"),
            "  likeness to the background taken off": cell(results, "recall_normalised"),
            "average precision of all pairs (micro-AP)": cell(results, "micro_ap"),
        } | {
            f"  likeness to the background taken off {weight} times": written(weighed[weight], *intervals[weight])
            for weight in weighed
        }
        for title, line in lines.items():
            self.stdout.write(f"{title:<48} {line}")


def results_of(originals: Originals, comparison: Comparison, recipe: Recipe) -> dict[str, Any]:
    """As JSON. Candidates of the site's review queue come from the look alone, so only the look is heard on it."""
    results = asdict(copy_detection.measure(comparison, recipe))
    if recipe.lens == LOOK:
        heard = review_replay.replay(originals, comparison, recipe)
        results["suggested_overall"] = asdict(heard.overall)
        results["suggested"] = {name: asdict(one) for name, one in heard.alterations.items()}
    near = copy_detection.look_alikes(originals, recipe)
    results["look_alikes"] = [(originals.paths[i].name, originals.paths[j].name, cosine) for i, j, cosine in near]
    return results


def cell(scores: dict[str, Any], measure: str) -> str:
    """A share with its 95 % interval: what as many other works might have given."""
    return written(scores[measure], *scores[f"{measure}_interval"])


def written(value: float, low: float, high: float) -> str:
    return f"{value:.3f} ({low:.3f}-{high:.3f})"


def row(name: str, shares: Sequence[str], heard: Mapping[str, Any] | None) -> str:
    """Of an alteration; what the review queue would suggest, where that was asked."""
    line = f"{name:<32} " + " ".join(f"{share:>19}" for share in shares)
    if heard is None:
        return line
    right = " ".join(f"{heard[kind]:>12.3f}" for kind in ("duplicate", "any"))
    return f"{line} {right} " + " ".join(f"{heard[kind]:>12}" for kind in ("false_duplicates", "false_similar"))


def heading(name: str, one: str, other: str, third: str, *queue: str) -> str:
    """Two titles of the review queue stand above two columns each, four above one."""
    wide = 25 if len(queue) == 2 else 12
    return f"{name:<32} {one:>19} {other:>19} {third:>19} ".rstrip() + "".join(f" {title:>{wide}}" for title in queue)
