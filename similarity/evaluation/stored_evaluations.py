"""What was measured, kept for the Models page."""

from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError
from django.db.models import F, Window
from django.db.models.expressions import BaseExpression
from django.db.models.fields.json import KT
from django.db.models.functions import RowNumber

from similarity.models import Evaluation, Space
from similarity.vision.contract import Identity, Recipe
from similarity.vision.descriptors.projection import Projection
from similarity.vision.lenses import ALL


class NotSavedError(RuntimeError):
    """The database could not be reached; the text says why."""


def save(
    kind: Evaluation.Kind,
    dataset: str,
    identity: Identity,
    recipe: Recipe,
    projection: Projection | None,
    results: Mapping[str, Any],
) -> Evaluation:
    """Raises NotSavedError."""
    return create(kind, dataset, identity, recipe, projection.label if projection else "", results)


def save_of_space(kind: Evaluation.Kind, dataset: str, space: Space, results: Mapping[str, Any]) -> Evaluation:
    """Keep what was measured on a space's stored vectors; its id is under "space" in the results.

    Raises NotSavedError.
    """
    return create(kind, dataset, space.identity, space.recipe, space.projection, {**results, "space": space.pk})


def create(
    kind: Evaluation.Kind, dataset: str, identity: Identity, recipe: Recipe, projection: str, results: Mapping[str, Any]
) -> Evaluation:
    """Raises NotSavedError."""
    try:
        return Evaluation.objects.create(
            kind=kind, dataset=dataset[:80], projection=projection, results=results, **made_by(identity, recipe)
        )
    except DatabaseError as error:
        raise NotSavedError(f"Not saved, as the database can't be used: {str(error).strip()}") from error


def made_by(identity: Identity, recipe: Recipe) -> dict[str, Any]:
    """Return the fields of an Evaluation that say what was measured."""
    return {
        "lens": recipe.lens,
        "backbone": identity.backbone,
        "weights_digest": identity.weights_digest,
        "is_trained": identity.is_trained,
        "pooling": recipe.pooling,
    }


def latest(kind: Evaluation.Kind) -> list[Evaluation]:
    """The newest of each network, lens, pooling, way of looking, space and data set, in the order they are shown."""
    same: list[BaseExpression | F | str] = ["dataset", "backbone", "weights_digest", "lens", "pooling"]
    same += [KT("results__views"), KT("results__space")]
    age = Window(RowNumber(), partition_by=same, order_by=F("created_at").desc())
    return sorted(Evaluation.objects.filter(kind=kind).annotate(age=age).filter(age=1), key=order)


def order(one: Evaluation) -> tuple[object, ...]:
    place = {name: place for place, name in enumerate(ALL)}
    return one.dataset, place.get(one.lens, len(place)), one.backbone, not one.is_trained, one.pooling
