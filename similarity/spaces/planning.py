"""Open the spaces of the network that the settings name, and plan those that a person asks for."""

import logging
from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from collection.audit.recording import Verb, record
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

LARGEST = 4_000  # dimensions, the most that a halfvec index takes; longer raw vectors need a projection first


def open_all(embedder: Embedder) -> list[Space]:
    """Open the default space of each lens that a network offers. Set-up and the start of a worker call this.

    A space that exists already stays as it is, retired or not, so that a worker's start does not undo a person's
    decision. A lens without a live space gets one all the same. If another worker opens the same space at this moment,
    this one leaves it to the other. A lens whose shipped projection is damaged is logged and left out.
    """
    opened = []
    for recipe in missing(embedder):
        try:
            opened += open_one(embedder, recipe)
        except IntegrityError:
            logger.info("Another worker opens the space of %s for %s", embedder.identity.backbone, recipe)
        except lifecycle.SpaceError as error:
            logger.error("The lens %s of %s is not opened: %s", recipe.lens, embedder.identity.backbone, error)
    return opened


def missing(embedder: Embedder) -> list[Recipe]:
    """Return the default recipes whose space should exist and does not."""
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
    """Return the first recipe of each lens, with the number of its raw dimensions."""
    first: dict[str, Recipe] = {}
    for recipe in embedder.recipes:
        first.setdefault(recipe.lens, recipe)
    return {recipe: embedder.recipes[recipe] for recipe in first.values()}


def open_one(embedder: Embedder, recipe: Recipe) -> list[Space]:
    """Open the space of a recipe with the projection that ships for it.

    If none ships, plan a space that is fitted on the collection. Beside it open one of raw vectors if the lens has no
    live space or the collection is too small for a fit.
    Raise SpaceError, or IntegrityError if another worker opens the same space.
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
    """Return True if another space may take the live one's place without a person: it is untrained or has a problem."""
    return live is None or not live.is_trained or live.problem != ""


def too_few() -> bool:
    """Return True if there are too few pictures to fit a projection on."""
    return ArtworkImage.objects.all()[: lifecycle.ENOUGH].count() < lifecycle.ENOUGH


def open_shipped(
    identity: Identity, recipe: Recipe, found: Fitted, raw_dimensions: int, *, auto_activate: bool
) -> Space:
    """Open a space with a shipped projection. It needs no fit, so its vectors are final from the first picture on."""
    space = Space(**asdict(identity), **asdict(recipe), dimensions=raw_dimensions, auto_activate=auto_activate)
    space.is_shipped, space.quantiles, space.fitted_on = True, list(found.quantiles), found.pictures
    if found.projection is not None:
        space.projection, space.dimensions = found.projection.label, found.projection.dimensions
    return begin(space, found.projection)


def open_plain(identity: Identity, recipe: Recipe, raw_dimensions: int, *, auto_activate: bool = True) -> Space:
    """Open a space of raw vectors. `raw_dimensions` counts the numbers of all parts of a picture."""
    dimensions = raw_dimensions // ALL[recipe.lens].parts
    return begin(Space(**asdict(identity), **asdict(recipe), dimensions=dimensions, auto_activate=auto_activate), None)


def begin(space: Space, fitted: Projection | None) -> Space:
    """Save a space that can be built now: live at once if its lens has no live space, else built beside that one."""
    with transaction.atomic():
        space.state = SpaceState.BUILDING if lifecycle.live(space.lens) else SpaceState.LIVE
        space.live_from = timezone.now() if space.state == SpaceState.LIVE else None
        space.save()
        if fitted is not None:
            projections.store(space, fitted, fitted_on=space.fitted_on)
    if space.state == SpaceState.LIVE:
        hnsw.create(space)
    lifecycle.add_missing_jobs(space)
    logger.info("Open now: %s", space)
    return space


def plan(identity: Identity, recipe: Recipe, *, auto_activate: bool = False, metric: str = Metric.COSINE) -> Space:
    """Plan a space that is fitted on a sample of the collection, and then built.

    Raise SpaceError for an unknown lens, or if the same space is being built already.
    """
    if recipe.lens not in ALL:
        refusal = gettext("There is no lens '%(lens)s'; there are %(lenses)s.")
        raise lifecycle.SpaceError(refusal % {"lens": recipe.lens, "lenses": ", ".join(ALL)})
    same = Space.objects.filter(**asdict(identity), **asdict(recipe), metric=metric)
    plain = same.filter(supervision__isnull=True)
    rival = plain.filter(Q(state=SpaceState.FITTING) | Q(state=SpaceState.BUILDING, fitted_on__gt=0)).first()
    if rival is not None:
        refusal = (
            gettext("Space %(number)s is identical and is already being built: %(problem)s")
            if rival.problem
            else gettext("Space %(number)s is identical and is already being built.")
        )
        raise lifecycle.SpaceError(refusal % {"number": rival.pk, "problem": rival.problem})
    planned = Space(**asdict(identity), **asdict(recipe), metric=metric, state=SpaceState.FITTING)
    planned.auto_activate = auto_activate
    try:
        with transaction.atomic():
            planned.save()
            record(Verb.ASKED, planned)
    except IntegrityError:
        raise lifecycle.SpaceError(gettext("The same space is already being planned.")) from None
    lifecycle.add_missing_jobs(planned)
    logger.info("Planned: %s", planned)
    return planned


def plan_for(
    embedder: Embedder, lens: str, pooling: str | None, *, metric: str = Metric.COSINE, auto_activate: bool = False
) -> Space:
    """Plan a space for a lens of an embedder, with the default pooling or another that the embedder offers.

    It has the shipped projection if there is one that is not in use. Raise SpaceError if no such space can be planned.
    """
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
    if auto_activate and (known := likely_duplicate(embedder.identity, chosen[0], metric)):
        is_live = known.state == SpaceState.LIVE
        advice = "It is already live" if is_live else f"Make it live (manage.py spaces activate {known.pk})"
        raise lifecycle.SpaceError(
            f"Space {known.pk} has the same network and was fitted on as many pictures as a new one would be. {advice}."
            " To fit a new one anyway, plan a space that does not go live automatically (without --activate)."
        )
    planned = plan(embedder.identity, chosen[0], auto_activate=auto_activate, metric=metric)
    raw_dimensions = embedder.recipes[chosen[0]]
    is_storable = raw_dimensions <= LARGEST
    if is_storable and too_few() and not is_in_use_unfitted(embedder.identity, chosen[0]):
        return open_plain(embedder.identity, chosen[0], raw_dimensions, auto_activate=auto_activate)
    return planned


def shipped_for(embedder: Embedder, recipe: Recipe) -> Fitted | None:
    """Return the shipped projection for a recipe of an embedder, or None. Raise SpaceError for a damaged file."""
    try:
        return shipped.fitted(recipe, embedder.source_of(recipe).weights_digest)
    except ShippedFileError as error:
        raise lifecycle.SpaceError(str(error)) from None


def is_in_use(identity: Identity, recipe: Recipe, found: Fitted) -> bool:
    """Return True if a space with this shipped projection is being built, live or the previous one."""
    label = found.projection.label if found.projection else ""
    same = Space.objects.filter(**asdict(identity), **asdict(recipe), metric=Metric.COSINE, projection=label)
    return same.exclude(state__in=[SpaceState.FITTING, SpaceState.RETIRED]).exists()


def is_in_use_unfitted(identity: Identity, recipe: Recipe) -> bool:
    """Return True if a space of raw vectors with this network and recipe is in use."""
    plain = Space.objects.filter(**asdict(identity), **asdict(recipe), metric=Metric.COSINE, fitted_on=0)
    return plain.exclude(state__in=[SpaceState.FITTING, SpaceState.RETIRED]).exists()


def likely_duplicate(identity: Identity, recipe: Recipe, metric: str) -> Space | None:
    """Return the space in use that a new fit would most likely repeat: it was fitted on as many pictures."""
    pictures = ArtworkImage.objects.all()[: lifecycle.SAMPLE].count()
    plain = Space.objects.filter(supervision__isnull=True, fitted_on__gt=0, metric=metric)
    same = plain.filter(**asdict(identity), **asdict(recipe))
    in_use = same.filter(state__in=[SpaceState.LIVE, SpaceState.PREVIOUS])
    return in_use.filter(fitted_on=pictures).order_by("-pk").first()
