"""Store measurements for the Models page, and read the newest ones."""

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
    """The database cannot be used. The text says why."""


def save(
    kind: Evaluation.Kind,
    dataset: str,
    identity: Identity,
    recipe: Recipe,
    projection: Projection | None,
    results: Mapping[str, Any],
) -> Evaluation:
    """Store the results of a network and recipe. Raise NotSavedError."""
    return create(kind, dataset, identity, recipe, projection.label if projection else "", results)


def save_of_space(kind: Evaluation.Kind, dataset: str, space: Space, results: Mapping[str, Any]) -> Evaluation:
    """Store the results of a space's stored vectors, with its id under "space". Raise NotSavedError."""
    return create(kind, dataset, space.identity, space.recipe, space.projection, {**results, "space": space.pk})


def create(
    kind: Evaluation.Kind, dataset: str, identity: Identity, recipe: Recipe, projection: str, results: Mapping[str, Any]
) -> Evaluation:
    """Create the Evaluation. Raise NotSavedError."""
    try:
        return Evaluation.objects.create(
            kind=kind, dataset=dataset[:80], projection=projection, results=results, **model_fields(identity, recipe)
        )
    except DatabaseError as error:
        raise NotSavedError(f"Not saved, because the database cannot be used: {str(error).strip()}") from error


def model_fields(identity: Identity, recipe: Recipe) -> dict[str, Any]:
    """Return the fields of an Evaluation that state which network and recipe was measured."""
    return {
        "lens": recipe.lens,
        "backbone": identity.backbone,
        "weights_digest": identity.weights_digest,
        "is_trained": identity.is_trained,
        "pooling": recipe.pooling,
    }


def latest(kind: Evaluation.Kind) -> list[Evaluation]:
    """Return the newest evaluation of each data set, network, lens, pooling, views and space, in the order to show."""
    group: list[BaseExpression | F | str] = ["dataset", "backbone", "weights_digest", "lens", "pooling"]
    group += [KT("results__views"), KT("results__space")]
    age = Window(RowNumber(), partition_by=group, order_by=F("created_at").desc())
    return sorted(Evaluation.objects.filter(kind=kind).annotate(age=age).filter(age=1), key=order)


def order(one: Evaluation) -> tuple[object, ...]:
    """Return the key to sort by: data set, lens in the order of the site, network, trained before untrained."""
    lens_order = {name: index for index, name in enumerate(ALL)}
    return one.dataset, lens_order.get(one.lens, len(ALL)), one.backbone, not one.is_trained, one.pooling
