"""Which spaces there should be: those of the network that the settings name, and those that a person asks for."""

import logging
from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from collection.models import ArtworkImage
from similarity.index import hnsw
from similarity.models import Metric, Space, SpaceState
from similarity.spaces import lifecycle, projections
from similarity.vision.contract import Embedder, Identity, Recipe
from similarity.vision.descriptors.projection import Projection
from similarity.vision.lenses import ALL
from similarity.vision.networks import shipped
from similarity.vision.networks.shipped import Fitted, ShippedFileError

logger = logging.getLogger(__name__)

LARGEST = 4_000  # dimensions that a halfvec index takes; longer raw vectors wait for a projection


def open_all(embedder: Embedder) -> list[Space]:
    """Opens the default space of each lens that a network offers, if it was never met; for set-up and a worker's start.

    It is meant to take the place of what is live: what is built beside that goes live by itself once complete. A
    space that was met before stays as it is, retired or not, so that a worker's start undoes nobody's decision; but
    a lens without a live space gets one. Another worker that opens the same at this moment is as good. A lens whose
    shipped projection is damaged is left out and logged; the others are opened.
    """
    opened = []
    for recipe in missing(embedder):
        try:
            opened += open_one(embedder, recipe)
        except IntegrityError:
            logger.info("Another worker opens %s by %s", recipe, embedder.identity.backbone)
        except lifecycle.SpaceError as error:
            logger.error("The lens %s of %s is not opened: %s", recipe.lens, embedder.identity.backbone, error)
    return opened


def missing(embedder: Embedder) -> list[Recipe]:
    """Return the default recipes whose space is to be opened."""
    found = []
    for recipe in defaults(embedder):
        known = Space.objects.filter(**asdict(embedder.identity), **asdict(recipe))
        if known.exclude(state=SpaceState.RETIRED).exists() or (known.exists() and lifecycle.live(recipe.lens)):
            continue
        found.append(recipe)
    return found


def refuse_damaged(embedder: Embedder) -> None:
    """Raise SpaceError if a lens could not be opened because the projection that ships for it is damaged."""
    for recipe in missing(embedder):
        shipped_for(embedder, recipe)


def defaults(embedder: Embedder) -> dict[Recipe, int]:
    """The first recipe of each lens, with its raw dimensions."""
    first: dict[str, Recipe] = {}
    for recipe in embedder.recipes:
        first.setdefault(recipe.lens, recipe)
    return {recipe: embedder.recipes[recipe] for recipe in first.values()}


def open_one(embedder: Embedder, recipe: Recipe) -> list[Space]:
    """Open the space of a recipe with the projection that ships for it.

    Where none ships, open one of raw vectors while there is nothing to search or too little to fit on, and one that
    waits to be fitted on the collection. Raise SpaceError, and IntegrityError if another worker was faster.
    """
    raw_dimensions = embedder.recipes[recipe]
    takes_over = is_replaceable(lifecycle.live(recipe.lens))
    if found := shipped_for(embedder, recipe):
        return [open_shipped(embedder.identity, recipe, found, raw_dimensions, auto_activate=takes_over)]
    needs_fit = ALL[recipe.lens].fit != "none"
    is_needed = not needs_fit or lifecycle.live(recipe.lens) is None or too_few()
    opened = []
    if is_needed and raw_dimensions <= LARGEST:
        opened.append(open_plain(embedder.identity, recipe, raw_dimensions, auto_activate=takes_over))
    if needs_fit:
        opened.append(plan(embedder.identity, recipe, auto_activate=takes_over))
    return opened


def is_replaceable(live: Space | None) -> bool:
    """Whether another space may take this one's place without a person: nobody chose it, or nothing serves it."""
    return live is None or not live.is_trained or live.problem != ""


def too_few() -> bool:
    """Whether there are too few pictures to fit a projection on."""
    return ArtworkImage.objects.all()[: lifecycle.ENOUGH].count() < lifecycle.ENOUGH


def open_shipped(
    identity: Identity, recipe: Recipe, found: Fitted, raw_dimensions: int, *, auto_activate: bool
) -> Space:
    """Open a space whose vectors are final from the first picture on."""
    space = Space(**asdict(identity), **asdict(recipe), dimensions=raw_dimensions, auto_activate=auto_activate)
    space.is_shipped, space.quantiles, space.fitted_on = True, list(found.quantiles), found.pictures
    if found.projection is not None:
        space.projection, space.dimensions = found.projection.label, found.projection.dimensions
    return begin(space, found.projection)


def open_plain(identity: Identity, recipe: Recipe, raw_dimensions: int, *, auto_activate: bool = True) -> Space:
    """Open a space of raw vectors."""
    return begin(
        Space(**asdict(identity), **asdict(recipe), dimensions=raw_dimensions, auto_activate=auto_activate), None
    )


def begin(space: Space, fitted: Projection | None) -> Space:
    """Save a space that can be built now: it is live at once where its lens has no live space, else built beside it."""
    with transaction.atomic():
        space.state = SpaceState.BUILDING if lifecycle.live(space.lens) else SpaceState.LIVE
        space.live_from = timezone.now() if space.state == SpaceState.LIVE else None
        space.save()
        if fitted is not None:
            projections.store(space, fitted, fitted_on=space.fitted_on)
    if space.state == SpaceState.LIVE:
        hnsw.create(space)
    lifecycle.note_missing(space)
    logger.info("Open now: %s", space)
    return space


def plan(identity: Identity, recipe: Recipe, *, auto_activate: bool = False, metric: str = Metric.COSINE) -> Space:
    """A space that will be fitted on a sample of the collection, then built. Raises spaces.SpaceError for an unknown
    lens, and where the same is being built already."""
    if recipe.lens not in ALL:
        raise lifecycle.SpaceError(f"There is no lens {recipe.lens!r}; there are {', '.join(ALL)}.")
    same = Space.objects.filter(**asdict(identity), **asdict(recipe), metric=metric)
    plain = same.filter(supervision__isnull=True)
    rival = plain.filter(Q(state=SpaceState.FITTING) | Q(state=SpaceState.BUILDING, fitted_on__gt=0)).first()
    if rival is not None:
        stuck = f": {rival.problem}" if rival.problem else "."
        raise lifecycle.SpaceError(f"Space {rival.pk} is identical and is already being built{stuck}")
    planned = Space(**asdict(identity), **asdict(recipe), metric=metric, state=SpaceState.FITTING)
    planned.auto_activate = auto_activate
    try:
        with transaction.atomic():
            planned.save()
    except IntegrityError:
        raise lifecycle.SpaceError("The same space is already being planned.") from None
    lifecycle.note_missing(planned)
    logger.info("Planned: %s", planned)
    return planned


def plan_for(
    embedder: Embedder, lens: str, pooling: str | None, *, metric: str = Metric.COSINE, auto_activate: bool = False
) -> Space:
    """The same for a lens of an embedder, with its default pooling or another that it offers. Raises SpaceError."""
    offered = [recipe for recipe in embedder.recipes if recipe.lens == lens]
    chosen = [recipe for recipe in offered if pooling in (None, recipe.pooling)]
    if not chosen:
        backbone, names = embedder.identity.backbone, ", ".join(recipe.pooling for recipe in offered)
        if not offered:
            raise lifecycle.SpaceError(f"{backbone} does not offer the lens {lens!r}.")
        raise lifecycle.SpaceError(f"{backbone} has no pooling {pooling!r} for the lens {lens!r}; it offers: {names}.")
    if ALL[lens].fit == "none":
        raise lifecycle.SpaceError(f"The lens {lens!r} is computed without a network; it has only one space.")
    found = shipped_for(embedder, chosen[0]) if metric == Metric.COSINE else None
    if found is not None and not is_in_use(embedder.identity, chosen[0], found):
        raw_dimensions = embedder.recipes[chosen[0]]
        return open_shipped(embedder.identity, chosen[0], found, raw_dimensions, auto_activate=auto_activate)
    if auto_activate and (known := repeated(embedder.identity, chosen[0], metric)):
        is_live = known.state == SpaceState.LIVE
        advice = "It is already live" if is_live else f"Make it live (manage.py spaces activate {known.pk})"
        raise lifecycle.SpaceError(
            f"Space {known.pk} has the same network and was fitted on as many pictures as a new one would be. {advice}."
            " To fit a new one anyway, plan a space that does not go live automatically (without --activate)."
        )
    planned = plan(embedder.identity, chosen[0], auto_activate=auto_activate, metric=metric)
    raw_dimensions = embedder.recipes[chosen[0]]
    is_storable = raw_dimensions <= LARGEST
    if is_storable and too_few() and not is_tried_plain(embedder.identity, chosen[0]):  # until it can be fitted
        return open_plain(embedder.identity, chosen[0], raw_dimensions, auto_activate=auto_activate)
    return planned


def shipped_for(embedder: Embedder, recipe: Recipe) -> Fitted | None:
    """Return what ships for a recipe of an embedder, if anything does. Raise SpaceError for a damaged file."""
    try:
        return shipped.fitted(recipe, embedder.source_of(recipe).weights_digest)
    except ShippedFileError as error:
        raise lifecycle.SpaceError(str(error)) from None


def is_in_use(identity: Identity, recipe: Recipe, found: Fitted) -> bool:
    """Whether a space with this shipped projection is built, live or kept already."""
    label = found.projection.label if found.projection else ""
    same = Space.objects.filter(**asdict(identity), **asdict(recipe), metric=Metric.COSINE, projection=label)
    return same.exclude(state__in=[SpaceState.FITTING, SpaceState.RETIRED]).exists()


def is_tried_plain(identity: Identity, recipe: Recipe) -> bool:
    """True where a space without whitening of this network is in use."""
    plain = Space.objects.filter(**asdict(identity), **asdict(recipe), metric=Metric.COSINE, fitted_on=0)
    return plain.exclude(state__in=[SpaceState.FITTING, SpaceState.RETIRED]).exists()


def repeated(identity: Identity, recipe: Recipe, metric: str) -> Space | None:
    """The space in use that a new one would most likely come out the same as, as far as can be told before."""
    pictures = ArtworkImage.objects.all()[: lifecycle.SAMPLE].count()
    plain = Space.objects.filter(supervision__isnull=True, fitted_on__gt=0, metric=metric)
    same = plain.filter(**asdict(identity), **asdict(recipe))
    in_use = same.filter(state__in=[SpaceState.LIVE, SpaceState.PREVIOUS])
    return in_use.filter(fitted_on=pictures).order_by("-pk").first()
