"""Measure how well altered copies of pictures are distinguished from all other pictures."""

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
FITTED_ON = 1_000  # pictures; several times the dimensions of a projection
SHOWN = ("recall", "recall_alone", "recall_normalised")  # the columns of an alteration
HEAD = (
    ("", "one threshold", "a threshold", "scores", "review queue suggests:", "and other pictures:"),
    ("alteration", "for all", "of its own", "normalised", "as duplicate", "at all", "as duplicate", "as similar"),
)


class Command(BaseCommand):
    stealth_options = ("embedders",)  # a Python caller may pass its own embedders
    help = (
        "Measures the share of altered copies that are recognised while at most one in a thousand accepted pairs is"
        " wrong (recall at 99.9 % precision), for each alteration; the average precision of all pairs (micro-AP), with"
        " and without score normalisation by reference pictures; and what the review queue of the site would suggest."
        " With 95 % intervals."
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
        suggested = results.get("suggested", {})
        self.stdout.write("\nRecognised at 99.9 % precision, with")
        for line in HEAD:
            self.stdout.write(heading(*line) if suggested else heading(*line[:4]))
        for name, one in results["alterations"].items():
            cells = [cell(one, measure) for measure in SHOWN]
            self.stdout.write(row(alteration_names.alteration(name), cells, suggested.get(name)))
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
    """Return the results for JSON. Candidates of the review queue come from the look, so only it has `suggested`."""
    results = asdict(copy_detection.measure(comparison, recipe))
    if recipe.lens == LOOK:
        suggested = review_replay.replay(originals, comparison, recipe)
        results["suggested_overall"] = asdict(suggested.overall)
        results["suggested"] = {name: asdict(one) for name, one in suggested.alterations.items()}
    near = copy_detection.look_alikes(originals, recipe)
    results["look_alikes"] = [(originals.paths[i].name, originals.paths[j].name, cosine) for i, j, cosine in near]
    return results


def cell(scores: dict[str, Any], measure: str) -> str:
    """Return a share with its 95 % interval."""
    return written(scores[measure], *scores[f"{measure}_interval"])


def written(value: float, low: float, high: float) -> str:
    return f"{value:.3f} ({low:.3f}-{high:.3f})"


def row(name: str, shares: Sequence[str], suggested: Mapping[str, Any] | None) -> str:
    """Return the line of an alteration, with the suggestions of the review queue if they were measured."""
    line = f"{name:<32} " + " ".join(f"{share:>19}" for share in shares)
    if suggested is None:
        return line
    right = " ".join(f"{suggested[kind]:>12.3f}" for kind in ("duplicate", "any"))
    return f"{line} {right} " + " ".join(f"{suggested[kind]:>12}" for kind in ("false_duplicates", "false_similar"))


def heading(name: str, one: str, other: str, third: str, *queue: str) -> str:
    """Return a line of titles. If the review queue has two, each is as wide as two columns."""
    wide = 25 if len(queue) == 2 else 12
    return f"{name:<32} {one:>19} {other:>19} {third:>19} ".rstrip() + "".join(f" {title:>{wide}}" for title in queue)
