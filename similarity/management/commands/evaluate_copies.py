"""Measure how well altered copies of pictures are distinguished from all other pictures."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
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
    stored_evaluations,
)
from similarity.evaluation.altering import Comparison, Originals
from similarity.models import Evaluation
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.copies.copy_alterations import ALTERATIONS

LEAST_PICTURES = 6
FITTED_ON = 1_000  # pictures; several times the dimensions of a projection
SHOWN = ("recall", "recall_alone", "recall_normalised")  # the columns of an alteration
HEAD = (
    ("", "one threshold", "a threshold", "scores"),
    ("alteration", "for all", "of its own", "normalised"),
)


class Command(BaseCommand):
    stealth_options = ("embedders",)  # a Python caller may pass its own embedders
    help = (
        "Measures the share of altered copies that are recognised while at most one in a thousand accepted pairs is"
        " wrong (recall at 99.9 % precision), for each alteration; and the average precision of all pairs (micro-AP),"
        " with and without score normalisation by reference pictures. With 95 % intervals. What the review queue would"
        " suggest is measured by evaluate_duplicates."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--images", type=Path, metavar="DIR", help="pictures (default: the site's own)")
        parser.add_argument("--limit", type=int, default=200, help="most pictures; a third are the reference")
        parser.add_argument(
            "--fit-on",
            type=int,
            default=FITTED_ON,
            metavar="N",
            help="maximum number of pictures to fit projections on",
        )
        parser.add_argument(
            "--views", default="whole", choices=command_options.VIEWS,
            help="whole: describe copies like uploads; frames: find works on a wall in each copy",
        )  # fmt: skip
        command_options.add_arguments(parser)

    def handle(self, *, images: Path | None, limit: int, dataset: str, as_json: bool, **options: Any) -> None:
        there = picture_sources.pictures_in(images) if images else picture_sources.own_pictures()
        paths, refusals = altering.sample(there, max(limit, options["fit_on"]))
        for refusal in refusals:
            self.stderr.write(refusal)
        if min(limit, len(paths)) < LEAST_PICTURES:
            raise CommandError(
                f"There are {min(limit, len(paths))} pictures to alter. At least {LEAST_PICTURES} are needed."
            )
        name = dataset or (images.resolve().name if images else "collection")
        try:
            by_lens = self.measure(paths[:limit], paths[limit:], name, options)
        except command_options.REFUSALS as error:
            raise CommandError(str(error)) from None
        if as_json:
            self.stdout.write(json.dumps(by_lens, indent=2))
            return
        for lens, results in by_lens.items():
            self.write_table(lens, results)

    def measure(
        self, paths: list[Path], further: list[Path], dataset: str, options: dict[str, Any]
    ) -> dict[str, dict[str, Any]]:
        by_lens = {}
        settings = {"views": options["views"], "fitted_on": len(paths) + len(further)}
        for embedder, recipes in measured_networks.choose(options):
            originals = altering.describe(paths, embedder, recipes, further)
            views = command_options.VIEWS[options["views"]]
            comparison = altering.compare(originals, embedder, list(ALTERATIONS), views)
            for recipe in recipes:
                results = results_of(originals, comparison, recipe) | settings
                by_lens[recipe.lens] = results
                if options["save"]:
                    self.save(dataset, embedder, recipe, originals, results)
        return by_lens

    def save(
        self, dataset: str, embedder: Embedder, recipe: Recipe, originals: Originals, results: dict[str, Any]
    ) -> None:
        projection, stored = originals.projections[recipe], {k: v for k, v in results.items() if k != "look_alikes"}
        try:
            stored_evaluations.save(Evaluation.Kind.COPIES, dataset, embedder.identity, recipe, projection, stored)
        except stored_evaluations.NotSavedError as error:
            self.stderr.write(str(error))

    def write_table(self, lens: str, results: dict[str, Any]) -> None:
        pictures, reference = results["pictures"], results["background"]
        self.stdout.write(f"\n{lens}: {pictures} pictures altered, {reference} more for reference")
        self.stdout.write("Shares of copies, 0 to 1, with their 95 % intervals.")
        self.write_totals(results)
        self.stdout.write("\nRecognised at 99.9 % precision, with")
        for line in HEAD:
            self.stdout.write(heading(*line))
        for name, one in results["alterations"].items():
            cells = [cell(one, measure) for measure in SHOWN]
            self.stdout.write(row(alteration_names.alteration(name), cells))
        self.stdout.write("Different pictures that look most alike, by cosine (copies among them raise the threshold):")
        for one, other, cosine in results["look_alikes"]:
            self.stdout.write(f"  {cosine:.3f}  {one}  {other}")

    def write_totals(self, results: dict[str, Any]) -> None:
        weighed, intervals = results["micro_ap_normalised"], results["micro_ap_normalised_interval"]
        lines = {
            "recognised at 99.9 % precision": cell(results, "recall"),
            "  with normalised scores": cell(results, "recall_normalised"),
            "average precision of all pairs (micro-AP)": cell(results, "micro_ap"),
        } | {
            f"  with scores normalised by weight {weight}": written(weighed[weight], *intervals[weight])
            for weight in weighed
        }
        for title, line in lines.items():
            self.stdout.write(f"{title:<48} {line}")


def results_of(originals: Originals, comparison: Comparison, recipe: Recipe) -> dict[str, Any]:
    """Return the results for JSON."""
    results = asdict(copy_detection.measure(comparison, recipe))
    near = copy_detection.look_alikes(originals, recipe)
    results["look_alikes"] = [(originals.paths[i].name, originals.paths[j].name, cosine) for i, j, cosine in near]
    return results


def cell(scores: dict[str, Any], measure: str) -> str:
    """Return a share with its 95 % interval."""
    return written(scores[measure], *scores[f"{measure}_interval"])


def written(value: float, low: float, high: float) -> str:
    return f"{value:.3f} ({low:.3f}-{high:.3f})"


def row(name: str, shares: Sequence[str]) -> str:
    return f"{name:<32} " + " ".join(f"{share:>19}" for share in shares)


def heading(name: str, one: str, other: str, third: str) -> str:
    """Return a line of titles."""
    return f"{name:<32} {one:>19} {other:>19} {third:>19} ".rstrip()
