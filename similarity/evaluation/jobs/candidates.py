"""Find the networks and lenses to measure: the live spaces, and each network of a joint look by itself.

A joint look concatenates the vectors of several networks. These networks run anyway, so measuring their own looks needs
no further pass.
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
    """One network and lens: a live space, or the look of one network of a joint look, without a space of its own."""

    identity: Identity
    recipe: Recipe
    space: Space | None = None
    member: int = 0  # without a space: the index of the network in its embedder
    projection: Projection | None = None  # without a space: the shipped projection

    @property
    def key(self) -> str:
        """Return an identifier. Candidates with different vectors have different keys."""
        parts = (self.identity.backbone, self.identity.weights_digest[:16], self.recipe.lens, self.recipe.pooling)
        return ":".join([*parts, self.label[:24], str(self.space.pk if self.space else 0)])

    @property
    def label(self) -> str:
        """Return the label of its projection."""
        if self.space is not None:
            return self.space.projection
        return self.projection.label if self.projection else ""

    def project(self, raw: Floats) -> Floats:
        """Return (N, D) float32 projected rows of length 1 of (N, R) raw vectors."""
        if self.space is not None:
            return projections.apply(self.space, raw)
        return self.projection.apply(raw) if self.projection else raw


@dataclass(frozen=True)
class Group:
    """Candidates whose vectors come from one embedder."""

    embedder: Embedder
    candidates: Sequence[Candidate]

    def describe(self, pictures: Sequence[Image.Image]) -> dict[str, Floats]:
        """Return (N, D) projected vectors of N pictures (mode RGB), by key of the candidate. Each network runs once."""
        canvases = [decoding.canvas_of(picture, self.embedder.canvases) for picture in pictures]
        size = self.embedder.batch_size
        batches = [self.raw(canvases[start : start + size]) for start in range(0, len(canvases), size)]
        return {one.key: one.project(np.concatenate([batch[one.key] for batch in batches])) for one in self.candidates}

    def raw(self, canvases: Sequence[NDArray[np.uint8]]) -> dict[str, Floats]:
        """Return (N, R) raw vectors of N arrays (H, W, 3), by key of the candidate."""
        joint = self.embedder
        if not isinstance(joint, EnsembleEmbedder):
            vectors = joint.describe(canvases, [one.recipe for one in self.candidates])
            return {one.key: vectors[one.recipe] for one in self.candidates}
        wanted = [source for one in self.candidates for source in sources_of(one, joint)]
        blocks = joint.blocks(canvases, wanted)
        return {
            one.key: joint.joined(blocks, one.recipe) if one.space else blocks[one.member, one.recipe]
            for one in self.candidates
        }


def sources_of(one: Candidate, joint: EnsembleEmbedder) -> Sequence[ensemble.Member]:
    """Return the networks, with recipes, whose vectors a candidate needs."""
    return joint.sources[one.recipe] if one.space else [(one.member, one.recipe)]


def find(embedder_of: EmbedderOf) -> list[Group]:
    """Return the candidates that can be measured here, those that compare whole pictures.

    A live space whose network cannot be loaded is left out.
    """
    by_identity: dict[Identity, tuple[Embedder, list[Candidate]]] = {}
    for space in (live for live in lifecycle.searched_spaces() if live.parts == 1):
        try:
            embedder = embedder_of(space)
        except (WeightsError, UnknownBackboneError) as error:
            logger.warning("%s is not measured: %s", space, error)
            continue
        if space.recipe in embedder.recipes:
            _, live = by_identity.setdefault(embedder.identity, (embedder, []))
            live.append(Candidate(space.identity, space.recipe, space))
    return [Group(embedder, [*live, *single_looks(embedder, live)]) for embedder, live in by_identity.values()]


def single_looks(embedder: Embedder, live: Sequence[Candidate]) -> list[Candidate]:
    """Return the looks of the networks in a live joint look, as far as projections for them are shipped."""
    if not isinstance(embedder, EnsembleEmbedder) or not any(one.recipe.lens == LOOK for one in live):
        return []
    looks = [(index, member, ensemble.default_look(member)) for index, member in enumerate(embedder.members)]
    fits = [(*look, shipped.fitted(look[2], look[1].identity.weights_digest)) for look in looks]
    return [
        Candidate(member.identity, recipe, None, index, fit.projection)
        for index, member, recipe, fit in fits
        if fit is not None
    ]


def list_all(groups: Sequence[Group]) -> list[Candidate]:
    return [one for group in groups for one in group.candidates]


def by_key(groups: Sequence[Group]) -> Mapping[str, Candidate]:
    return {one.key: one for one in list_all(groups)}


def describe(groups: Sequence[Group], pictures: Sequence[Image.Image]) -> dict[str, Floats]:
    """Return (N, D) projected vectors of N pictures (mode RGB), by key of the candidate."""
    return {key: rows for group in groups for key, rows in group.describe(pictures).items()}
