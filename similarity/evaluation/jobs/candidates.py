"""The networks and lenses that are measured: the live spaces, and each network of a joint look by itself.

The networks of a joint look run anyway, so their own looks cost no further pass.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from similarity.models import Space
from similarity.spaces import lifecycle, projections
from similarity.vision.contract import Embedder, Identity, Recipe
from similarity.vision.descriptors.projection import Projection
from similarity.vision.lenses import LOOK
from similarity.vision.networks import ensemble, shipped
from similarity.vision.networks.backbones import UnknownBackboneError
from similarity.vision.networks.ensemble import EnsembleEmbedder
from similarity.vision.networks.weights import WeightsError
from similarity.vision.pixels import decoding

logger = logging.getLogger(__name__)

Floats = NDArray[np.float32]
EmbedderOf = Callable[[Space], Embedder]  # raises WeightsError


@dataclass(frozen=True)
class Candidate:
    """One network and lens: a live space, or the look of one network of several with the projection that ships."""

    identity: Identity
    recipe: Recipe
    space: Space | None = None
    place: int = 0  # of the network among those of its embedder, where there is no space
    projection: Projection | None = None  # that ships, where there is no space

    @property
    def key(self) -> str:
        """Different for other vectors."""
        parts = (self.identity.backbone, self.identity.weights_digest[:16], self.recipe.lens, self.recipe.pooling)
        return ":".join([*parts, self.label[:24], str(self.space.pk if self.space else 0)])

    @property
    def label(self) -> str:
        """Of its projection."""
        if self.space is not None:
            return self.space.projection
        return self.projection.label if self.projection else ""

    def project(self, raw: Floats) -> Floats:
        """(N, raw dimensions) -> (N, D), rows of length 1."""
        if self.space is not None:
            return projections.apply(self.space, raw)
        return self.projection.apply(raw) if self.projection else raw


@dataclass(frozen=True)
class Group:
    """Candidates whose vectors come from one embedder."""

    embedder: Embedder
    candidates: Sequence[Candidate]

    def describe(self, pictures: Sequence[Image.Image]) -> dict[str, Floats]:
        """N pictures (mode RGB) -> for each candidate's key (N, D) projected vectors, by one pass of each network."""
        squares = [decoding.canvas_of(picture, self.embedder.canvases) for picture in pictures]
        size = self.embedder.batch_size
        batches = [self.raw(squares[start : start + size]) for start in range(0, len(squares), size)]
        return {one.key: one.project(np.concatenate([batch[one.key] for batch in batches])) for one in self.candidates}

    def raw(self, squares: Sequence[NDArray[np.uint8]]) -> dict[str, Floats]:
        """N arrays (H, W, 3) -> for each candidate's key (N, raw dimensions)."""
        joint = self.embedder
        if not isinstance(joint, EnsembleEmbedder):
            found = joint.describe(squares, [one.recipe for one in self.candidates])
            return {one.key: found[one.recipe] for one in self.candidates}
        wanted = [part for one in self.candidates for part in parts_of(one, joint)]
        blocks = joint.blocks(squares, wanted)
        return {
            one.key: joint.joined(blocks, one.recipe) if one.space else blocks[one.place, one.recipe]
            for one in self.candidates
        }


def parts_of(one: Candidate, joint: EnsembleEmbedder) -> Sequence[ensemble.Member]:
    return joint.sources[one.recipe] if one.space else [(one.place, one.recipe)]


def find(embedder_of: EmbedderOf) -> list[Group]:
    """Return what can be measured here. A live space whose network is not at hand is left out."""
    by_identity: dict[Identity, tuple[Embedder, list[Candidate]]] = {}
    for space in lifecycle.searched_spaces():
        try:
            embedder = embedder_of(space)
        except (WeightsError, UnknownBackboneError) as error:
            logger.warning("%s is not measured: %s", space, error)
            continue
        if space.recipe in embedder.recipes:
            found = by_identity.setdefault(embedder.identity, (embedder, []))
            found[1].append(Candidate(space.identity, space.recipe, space))
    return [Group(embedder, [*live, *alone(embedder, live)]) for embedder, live in by_identity.values()]


def alone(embedder: Embedder, live: Sequence[Candidate]) -> list[Candidate]:
    """Return the looks of the networks that a live joint look consists of, where a projection ships for them."""
    if not isinstance(embedder, EnsembleEmbedder) or not any(one.recipe.lens == LOOK for one in live):
        return []
    looks = [(place, member, ensemble.default_look(member)) for place, member in enumerate(embedder.members)]
    shipping = [(*look, shipped.fitted(look[2], look[1].identity.weights_digest)) for look in looks]
    return [
        Candidate(member.identity, recipe, None, place, found.projection)
        for place, member, recipe, found in shipping
        if found is not None
    ]


def in_all(groups: Sequence[Group]) -> list[Candidate]:
    return [one for group in groups for one in group.candidates]


def by_key(groups: Sequence[Group]) -> Mapping[str, Candidate]:
    return {one.key: one for one in in_all(groups)}


def describe(groups: Sequence[Group], pictures: Sequence[Image.Image]) -> dict[str, Floats]:
    """N pictures (mode RGB) -> for each candidate's key (N, D)."""
    return {key: rows for group in groups for key, rows in group.describe(pictures).items()}
