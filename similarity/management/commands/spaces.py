"""List, build, compare, activate, roll back and retire the spaces of this site."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from collection import permissions
from collection.jobs import workers
from similarity.learning import supervision
from similarity.models import Metric, Space
from similarity.space_pages import comparison, overview
from similarity.spaces import lifecycle, planning
from similarity.vision.lenses import DEFAULT_LENS, LENSES
from similarity.workers import task_names


class Command(BaseCommand):
    help = "Lists, builds, compares, activates, rolls back and retires spaces."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        words.add_parser("list", help="every space with its state and progress").add_argument(
            "--json", action="store_true", dest="as_json"
        )
        build = words.add_parser("build", help="plan a space, which the workers build beside the live one")
        build.add_argument("--lens", default=DEFAULT_LENS, choices=list(LENSES))
        build.add_argument("--backbone", help="a supported network (default: that of the settings)")
        build.add_argument("--weights", type=Path, metavar="FILE", help="its state dict (default: the settings' file)")
        build.add_argument("--pooling", help="pooling of the feature maps (default: that of the lens)")
        build.add_argument("--metric", default=Metric.COSINE, choices=Metric.values)
        build.add_argument(
            "--supervised", choices=list(supervision.BY_KEY), metavar="FIELD",
            help="learn from the museum's records: classification, maker, culture or department",
        )  # fmt: skip
        build.add_argument("--activate", action="store_true", help="let it go live automatically once it is complete")
        compare = words.add_parser("compare", help="measure how far two spaces agree on nearest neighbours")
        compare.add_argument("space", type=int)
        compare.add_argument("other", type=int, nargs="?", help="default: the live space of the same lens")
        for verb, what in (
            ("activate", "make a built or a previous space live"),
            ("retire", "delete its index and vectors"),
        ):
            words.add_parser(verb, help=what).add_argument("space", type=int)
        words.add_parser("rollback", help="make the space live that was live before").add_argument(
            "lens", nargs="?", default=DEFAULT_LENS, choices=list(LENSES)
        )

    def handle(self, *, verb: str, **options: Any) -> None:
        try:
            getattr(self, verb)(**options)
        except lifecycle.SpaceError as error:
            raise CommandError(str(error)) from None

    def list(self, *, as_json: bool, **_: Any) -> None:
        rows = overview.rows()
        if as_json:
            self.stdout.write(json.dumps([row.as_dict() for row in rows], indent=2))
            return
        if not rows:
            self.stdout.write("No spaces yet.")
        for row in rows:
            self.stdout.write(f"{row.space.pk:>4}  {row.space.state:<8}  {row.space.lens:<11}  {row.title}")
            self.stdout.write(f"{'':16}{row.status}")

    def build(
        self, *, lens: str, backbone: str | None, weights: Path | None, pooling: str | None, metric: str,
        activate: bool, supervised: str | None, **_: Any,
    ) -> None:  # fmt: skip
        if supervised is not None:
            self.learn(supervised, is_plain=not (backbone or weights or pooling or activate) and lens == DEFAULT_LENS)
            return
        from similarity.embedding import embedders
        from similarity.vision.networks.backbones import UnknownBackboneError
        from similarity.vision.networks.weights import WeightsError

        try:
            embedder = embedders.for_new_space(lens, backbone or settings.KINDRED_BACKBONE, weights)
        except (WeightsError, UnknownBackboneError) as error:
            raise CommandError(str(error)) from None
        space = planning.plan_for(embedder, lens, pooling, metric=metric, auto_activate=activate)
        workers.wake(task_names.EMBED)
        untrained = "" if space.is_trained else ", untrained: no weights file was given"
        self.stdout.write(f"Planned: {space}{untrained}. {overview.row_of(space).status}")

    def learn(self, field: str, *, is_plain: bool) -> None:
        if not is_plain:
            raise CommandError("--supervised learns from the live look. It takes no other option.")
        space = supervision.plan(field)
        workers.wake(task_names.SWEEP)
        self.stdout.write(f"Built: {space}. {supervision.in_words(space.supervision or {})}")

    def compare(self, *, space: int, other: int | None, **_: Any) -> None:
        one = self.find(space)
        second = self.find(other) if other is not None else lifecycle.live(one.lens)
        if second is None or second == one:
            raise CommandError("There is no other space to compare it with.")
        found = comparison.compare(one, second, permissions.Operator())
        self.stdout.write(
            f"Of the {comparison.K} nearest works of {found.works} works, {found.overlap:.1%} are the same"
            f" in space {one.pk} and space {second.pk}. The nearest work is the same for {found.same_first:.1%}."
        )

    def activate(self, *, space: int, **_: Any) -> None:
        found = self.find(space)
        lifecycle.activate(found)
        workers.wake(task_names.SWEEP)
        self.stdout.write(f"Live now: {found}. {overview.row_of(found).what_follows}".rstrip())

    def rollback(self, *, lens: str, **_: Any) -> None:
        previous = lifecycle.roll_back(lens)
        workers.wake(task_names.SWEEP)
        self.stdout.write(f"Live again: {previous}. {overview.row_of(previous).what_follows}".rstrip())

    def retire(self, *, space: int, **_: Any) -> None:
        lifecycle.retire(self.find(space))
        workers.wake(task_names.SWEEP)
        self.stdout.write(f"Space {space} is retired. Its index and vectors are being deleted.")

    def find(self, pk: int) -> Space:
        try:
            return Space.objects.get(pk=pk)
        except Space.DoesNotExist:
            raise CommandError(f"There is no space {pk}; manage.py spaces list shows what there is.") from None
