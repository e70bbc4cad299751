"""Measure how often neighbours in the spaces of this site agree by the museum's own records."""

import json
from argparse import ArgumentParser, BooleanOptionalAction
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection.models import Collection
from similarity.evaluation import measured_networks, stored_evaluations
from similarity.learning import work_records
from similarity.measures.record_fields import FIELDS, Field
from similarity.models import Evaluation, Space, SpaceState
from similarity.space_pages import overview
from similarity.spaces import lifecycle

WITHOUT_VECTORS = (SpaceState.FITTING, SpaceState.RETIRED)
HEAD = f"{'among the ten nearest works':<44} {'chance':>7} {'works':>7}"


class Command(BaseCommand):
    help = (
        "Measures how many of the ten nearest works are of the same class, culture or department (precision@10), and"
        " how many of a maker's other works are among them (recall@10), with 95 % intervals and the level of chance."
        " Uses the stored vectors of this site; no network is run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--lens", default=measured_networks.EVERY, choices=measured_networks.names(), help="of the live spaces"
        )
        parser.add_argument("--space", type=int, metavar="ID", help="one space instead, live or not")
        parser.add_argument(
            "--collection", metavar="SLUG", help="measure only its works (default: those of all collections)"
        )
        parser.add_argument(
            "--save", action=BooleanOptionalAction, default=True, help="store the results for the Models page"
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(
        self, *, lens: str, space: int | None, collection: str | None, save: bool, as_json: bool, **_: Any
    ) -> None:
        chosen_collection = find_collection(collection) if collection else None
        chosen = [find_space(space)] if space is not None else live_spaces(lens)
        found = [(one, work_records.measure(one, chosen_collection)) for one in chosen]
        if save:
            for one, results in found:
                self.save(collection or work_records.EVERYWHERE, one, results)
        if as_json:
            by_lens = {one.lens: {"space": one.pk, **results} for one, results in found}
            self.stdout.write(json.dumps(by_lens, indent=2))
            return
        for one, results in found:
            self.write_table(one, results["measures"])

    def save(self, dataset: str, space: Space, results: dict[str, Any]) -> None:
        try:
            stored_evaluations.save_of_space(Evaluation.Kind.LIKENESS, dataset, space, results)
        except stored_evaluations.NotSavedError as error:
            self.stderr.write(str(error))

    def write_table(self, space: Space, measures: dict[str, dict[str, Any]]) -> None:
        self.stdout.write(f"\n{space.lens}, space {space.pk}: {overview.title(space)}")
        self.stdout.write("Shares of 0 to 1, with their 95 % intervals.")
        self.stdout.write(HEAD)
        for field in FIELDS:
            self.stdout.write(row(field, measures[field.key]))


def find_collection(slug: str) -> Collection:
    try:
        return Collection.objects.get(slug=slug)
    except Collection.DoesNotExist:
        raise CommandError(f"There is no collection {slug!r}.") from None


def find_space(pk: int) -> Space:
    space = Space.objects.filter(pk=pk).first()
    if space is None:
        raise CommandError(f"There is no space {pk}; manage.py spaces list shows what there is.")
    if space.state in WITHOUT_VECTORS:
        raise CommandError(f"Space {pk} is {space.state}: it has no vectors to measure.")
    return space


def live_spaces(lens: str) -> list[Space]:
    found = [space for space in lifecycle.live_spaces() if lens in (measured_networks.EVERY, space.lens)]
    if not found:
        which = "" if lens == measured_networks.EVERY else f" for the lens {lens!r}"
        raise CommandError(f"There is no live space{which}; has a worker been started?")
    return found


def row(field: Field, measured: dict[str, Any]) -> str:
    title = f"same {field.one}"
    if "omitted" in measured:
        return f"{title:<22} not measured: {measured['omitted']}"
    low, high = measured["interval"]
    share = f"{measured['value']:.3f} ({low:.3f}-{high:.3f})"
    return f"{title:<22} {share:>21} {measured['chance']:>7.3f} {measured['works']:>7,}"
