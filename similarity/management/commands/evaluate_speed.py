"""Measure how fast networks describe pictures, and the time of each stage."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from similarity.evaluation import command_options, measured_networks, picture_sources, speed, stored_evaluations
from similarity.evaluation.speed import Speed
from similarity.models import Evaluation
from similarity.vision.contract import Embedder, Recipe


class Command(BaseCommand):
    stealth_options = ("embedders",)  # a Python caller may pass its own embedders
    help = (
        "Measures pictures a second and milliseconds a stage (read, decode, network), one stage after the other."
        " GMAC/s are billions of multiply-adds a second."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--images", type=Path, metavar="DIR", help="pictures (default: the site's own)")
        parser.add_argument("--limit", type=int, default=256, help="maximum number of pictures")
        command_options.add_arguments(parser)

    def handle(self, *, images: Path | None, limit: int, dataset: str, as_json: bool, **options: Any) -> None:
        paths = (picture_sources.pictures_in(images) if images else picture_sources.own_pictures())[:limit]
        if not paths:
            raise CommandError("There are no pictures to describe.")
        name = dataset or (images.resolve().name if images else "collection")
        try:
            chosen = measured_networks.choose(options)
            found = [(embedder, recipes, speed.measure(paths, embedder, recipes)) for embedder, recipes in chosen]
        except command_options.REFUSALS as error:
            raise CommandError(str(error)) from None
        if options["save"]:
            for embedder, recipes, one in found:
                self.save(name, embedder, recipes, one)
        if as_json:
            self.stdout.write(
                json.dumps([{"backbone": e.identity.backbone, **asdict(one)} for e, _, one in found], indent=2)
            )
            return
        for embedder, _, one in found:
            spent = ", ".join(f"{stage} {ms:.1f} ms" for stage, ms in one.ms_by_stage.items())
            work = f"; the network does {one.gmac_per_s:,.0f} GMAC/s" if one.gmac_per_s else ""
            self.stdout.write(
                f"{embedder.identity.backbone} ({', '.join(one.lenses)}) on {one.device}:"
                f" {one.pictures_per_s:.1f} pictures a second; each takes {spent}{work}"
            )

    def save(self, dataset: str, embedder: Embedder, recipes: list[Recipe], one: Speed) -> None:
        recipe = recipes[0] if len(recipes) == 1 else Recipe(measured_networks.EVERY, "")
        try:
            stored_evaluations.save(Evaluation.Kind.SPEED, dataset, embedder.identity, recipe, None, asdict(one))
        except stored_evaluations.NotSavedError as error:
            self.stderr.write(str(error))
