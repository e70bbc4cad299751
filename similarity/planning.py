"""Which spaces there should be: those of the network that the settings name, and those that a person asks for."""

import logging
from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from collection.models import ArtworkImage
from similarity import hnsw, projections, spaces
from similarity.models import Metric, Space, SpaceState
from similarity.vision import projection
from similarity.vision.contract import Embedder, Identity, Recipe
from similarity.vision.lenses import LENSES

logger = logging.getLogger(__name__)

LARGEST = 512  # dimensions that are stored; longer raw vectors are projected
DRAWN = 256  # dimensions of a projection that is not fitted yet


def open_all(embedder: Embedder) -> list[Space]:
    """Opens the default space of each lens that a network offers, if it was never met; for set-up and a worker's start.

    It is meant to take the place of what is live: what is built beside that goes live by itself once complete. A
    space that was met before stays as it is, retired or not, so that a worker's start undoes nobody's decision; but
    a lens without a live space gets one. Another worker that opens the same at this moment is as good.
    """
    opened = []
    for recipe, raw_dimensions in defaults(embedder).items():
        known = Space.objects.filter(**asdict(embedder.identity), **asdict(recipe))
        if known.exclude(state=SpaceState.RETIRED).exists() or (known.exists() and spaces.live(recipe.lens)):
            continue
        try:
            opened += open_one(embedder.identity, recipe, raw_dimensions)
        except (IntegrityError, spaces.SpaceError):
            logger.info("Another worker opens %s by %s", recipe, embedder.identity.backbone)
    return opened


def defaults(embedder: Embedder) -> dict[Recipe, int]:
    """The first recipe of each lens, with its raw dimensions."""
    first: dict[str, Recipe] = {}
    for recipe in embedder.recipes:
        first.setdefault(recipe.lens, recipe)
    return {recipe: embedder.recipes[recipe] for recipe in first.values()}


def open_one(identity: Identity, recipe: Recipe, raw_dimensions: int) -> list[Space]:
    """A space without whitening where there is nothing to search or to fit on, and one that waits to be fitted."""
    whitens = LENSES[recipe.lens].whitens
    opened = []
    if not whitens or spaces.live(recipe.lens) is None or too_few():
        opened.append(open_plain(identity, recipe, raw_dimensions))
    if whitens:
        opened.append(plan(identity, recipe, switches_itself=True))
    return opened


def too_few() -> bool:
    """True where there are too few pictures to fit a projection on."""
    return ArtworkImage.objects.all()[: spaces.ENOUGH].count() < spaces.ENOUGH


def open_plain(identity: Identity, recipe: Recipe, raw_dimensions: int, *, switches_itself: bool = True) -> Space:
    """A space of raw vectors, or of shadows of theirs (a drawn projection) where they are too long to be stored."""
    with transaction.atomic():
        state = SpaceState.BUILDING if spaces.live(recipe.lens) else SpaceState.LIVE
        space = Space(**asdict(identity), **asdict(recipe), state=state, dimensions=raw_dimensions)
        space.switches_itself = switches_itself
        space.live_from = timezone.now() if state == SpaceState.LIVE else None
        if raw_dimensions > LARGEST:
            drawn = projection.drawn(raw_dimensions, DRAWN)
            space.projection, space.dimensions = drawn.label, drawn.dimensions
        space.save()
        if raw_dimensions > LARGEST:
            projections.store(space, drawn, fitted_on=0)
    if state == SpaceState.LIVE:
        hnsw.create(space)
    spaces.note_missing(space)
    logger.info("Open now: %s", space)
    return space


def plan(identity: Identity, recipe: Recipe, *, switches_itself: bool = False, metric: str = Metric.COSINE) -> Space:
    """A space that will be fitted on a sample of the collection, then built. Raises spaces.SpaceError for an unknown
    lens, and where the same is being built already."""
    if recipe.lens not in LENSES:
        raise spaces.SpaceError(f"There is no lens {recipe.lens!r}; there are {', '.join(LENSES)}.")
    same = Space.objects.filter(**asdict(identity), **asdict(recipe), metric=metric)
    rival = same.filter(Q(state=SpaceState.FITTING) | Q(state=SpaceState.BUILDING, fitted_on__gt=0)).first()
    if rival is not None:
        stuck = f": {rival.problem}" if rival.problem else "."
        raise spaces.SpaceError(f"Space {rival.pk} is the same, and is being built already{stuck}")
    planned = Space(**asdict(identity), **asdict(recipe), metric=metric, state=SpaceState.FITTING)
    planned.switches_itself = switches_itself
    try:
        with transaction.atomic():
            planned.save()
    except IntegrityError:
        raise spaces.SpaceError("The same is being planned at this moment.") from None
    spaces.note_missing(planned)
    logger.info("Planned: %s", planned)
    return planned


def plan_for(
    embedder: Embedder, lens: str, pooling: str | None, *, metric: str = Metric.COSINE, switches_itself: bool = False
) -> Space:
    """The same for a lens of an embedder, with its default pooling or another that it offers. Raises SpaceError."""
    offered = [recipe for recipe in embedder.recipes if recipe.lens == lens]
    chosen = [recipe for recipe in offered if pooling in (None, recipe.pooling)]
    if not chosen:
        backbone, names = embedder.identity.backbone, ", ".join(recipe.pooling for recipe in offered)
        if not offered:
            raise spaces.SpaceError(f"{backbone} does not offer the lens {lens!r}.")
        raise spaces.SpaceError(f"{backbone} has no pooling {pooling!r} for the lens {lens!r}; it offers: {names}.")
    if not LENSES[lens].whitens:
        raise spaces.SpaceError(f"The lens {lens!r} is computed without a network; there is one space of it.")
    if switches_itself and (known := repeated(embedder.identity, chosen[0], metric)):
        is_live = known.state == SpaceState.LIVE
        advice = "it is live already" if is_live else f"make that one live (manage.py spaces activate {known.pk})"
        raise spaces.SpaceError(
            f"Space {known.pk} is of the same network, fitted on as many pictures as a new one would be: {advice}."
            " To fit it anew all the same, ask for one that does not go live by itself (without --activate)."
        )
    planned = plan(embedder.identity, chosen[0], switches_itself=switches_itself, metric=metric)
    if too_few() and not is_tried_plain(embedder.identity, chosen[0]):  # until it can be fitted
        raw_dimensions = embedder.recipes[chosen[0]]
        return open_plain(embedder.identity, chosen[0], raw_dimensions, switches_itself=switches_itself)
    return planned


def is_tried_plain(identity: Identity, recipe: Recipe) -> bool:
    """True where a space without whitening of this network is in use."""
    plain = Space.objects.filter(**asdict(identity), **asdict(recipe), metric=Metric.COSINE, fitted_on=0)
    return plain.exclude(state__in=[SpaceState.FITTING, SpaceState.RETIRED]).exists()


def repeated(identity: Identity, recipe: Recipe, metric: str) -> Space | None:
    """The space in use that a new one would most likely come out the same as, as far as can be told before."""
    pictures = ArtworkImage.objects.all()[: spaces.SAMPLE].count()
    same = Space.objects.filter(**asdict(identity), **asdict(recipe), metric=metric, fitted_on__gt=0)
    in_use = same.filter(state__in=[SpaceState.LIVE, SpaceState.KEPT])
    return in_use.filter(fitted_on=pictures).order_by("-pk").first()
