"""Several networks as one embedder: the look comes from all of them, every other lens from one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from similarity.vision.contract import Embedder, Identity, Recipe
from similarity.vision.descriptors import projection
from similarity.vision.lenses import LOOK

if TYPE_CHECKING:
    from torch import Tensor

    from similarity.vision.networks.embedder import NetworkEmbedder

JOIN = "+"  # between the names of networks: vgg16+mobilenet_v2
DIGEST_LENGTH = 64

Member = tuple[int, Recipe]  # index of a network, and one of its recipes


def names_of(backbone: str) -> list[str]:
    """Split the joint name of networks."""
    return backbone.split(JOIN)


def identity_of(members: Sequence[Identity]) -> Identity:
    """Return the joint identity of networks.

    The joint digest is as long as a single one: it joins the first part of each digest, enough to find the weights.
    """
    each = DIGEST_LENGTH // len(members)
    return Identity(
        JOIN.join(member.backbone for member in members),
        "".join(member.weights_digest[:each] for member in members),
        all(member.is_trained for member in members),
    )


def digests_of(backbone: str, weights_digest: str) -> list[str]:
    """Return the digest of each network, or the first part that `identity_of` joined."""
    each = DIGEST_LENGTH // len(names_of(backbone))
    return [weights_digest[start : start + each] for start in range(0, each * len(names_of(backbone)), each)]


def is_each_trained(joint: Identity) -> bool | None:
    """Return whether each network of an identity is trained; None if some are and some are not."""
    is_known = joint.is_trained or len(names_of(joint.backbone)) == 1
    return joint.is_trained if is_known else None


class EnsembleEmbedder:
    """Several networks. The joint look concatenates the first network's look with the last layer of the others."""

    def __init__(self, members: Sequence["NetworkEmbedder"]) -> None:
        self.members = tuple(members)
        self.identity = identity_of([member.identity for member in members])
        self.canvases = members[0].canvases
        self.batch_size = min(member.batch_size for member in members)
        self.side_px = members[0].side_px
        self.device = members[0].device
        self.sources = self.plan()
        self.recipes = {
            recipe: sum(self.members[place].recipes[taken] for place, taken in sources)
            for recipe, sources in self.sources.items()
        }

    def plan(self) -> dict[Recipe, tuple[Member, ...]]:
        """Return for each recipe the members' recipes that it consists of. The joint look comes first."""
        looks = [default_look(self.members[0])] + [last_layer(member) for member in self.members[1:]]
        channels = [number for look in looks for number in look.pooling.split("-")[1:]]
        sources = {Recipe(LOOK, "-".join(["mean", *channels])): tuple(enumerate(looks))}
        lenses = {LOOK}
        for place, member in enumerate(self.members):
            offered = [recipe for recipe in member.recipes if recipe.lens not in lenses]
            sources |= {recipe: ((place, recipe),) for recipe in offered}
            lenses |= {recipe.lens for recipe in offered}
        return sources

    def source_of(self, recipe: Recipe) -> Identity:
        places = {place for place, _ in self.sources[recipe]}
        return self.identity if len(places) > 1 else self.members[places.pop()].identity

    def describe(
        self, pictures: Sequence[NDArray[np.uint8]], recipes: Sequence[Recipe]
    ) -> dict[Recipe, NDArray[np.float32]]:
        """Return for each recipe (N, raw dimensions) float32 of N pictures (H, W, 3), by one pass of each network."""
        blocks = self.blocks(pictures, [source for recipe in recipes for source in self.sources[recipe]])
        return {recipe: self.joined(blocks, recipe) for recipe in recipes}

    def blocks(
        self, pictures: Sequence[NDArray[np.uint8]], wanted: Iterable[Member]
    ) -> dict[Member, NDArray[np.float32]]:
        """Return the raw vectors of single networks, (N, raw dimensions) for each network and recipe."""
        asked: dict[int, list[Recipe]] = defaultdict(list)
        for place, recipe in dict.fromkeys(wanted):
            asked[place].append(recipe)
        return {
            (place, recipe): rows
            for place, recipes in asked.items()
            for recipe, rows in self.members[place].describe(pictures, recipes).items()
        }

    def joined(self, blocks: Mapping[Member, NDArray[np.float32]], recipe: Recipe) -> NDArray[np.float32]:
        """Concatenate the blocks of a joint recipe: (N, raw dimensions) float32, rows of length 1."""
        return projection.unit(np.concatenate([blocks[source] for source in self.sources[recipe]], axis=1))

    def maps(self, pixels: NDArray[np.uint8]) -> "Tensor":
        """Return the trunk's maps (N, C, H', W') of the first network for (N, H, W, 3) uint8 sRGB."""
        return self.members[0].maps(pixels)


def default_look(embedder: Embedder) -> Recipe:
    """Return the default recipe of an embedder for the look."""
    return next(recipe for recipe in embedder.recipes if recipe.lens == LOOK)


def last_layer(embedder: Embedder) -> Recipe:
    """Return the look recipe that consists of the last layer alone."""
    means = [recipe for recipe in embedder.recipes if recipe.lens == LOOK and recipe.pooling.startswith("mean-")]
    return min(means, key=lambda recipe: recipe.pooling.count("-"))
