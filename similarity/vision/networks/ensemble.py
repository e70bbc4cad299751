"""Several networks as one embedder: the look rests on all of them, every other lens on one."""

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

Member = tuple[int, Recipe]  # a network by its place, and one of its recipes


def names_of(backbone: str) -> list[str]:
    return backbone.split(JOIN)


def identity_of(members: Sequence[Identity]) -> Identity:
    """Join identities. Of two digests each keeps its first half, by which its weights are found again."""
    each = DIGEST_LENGTH // len(members)
    return Identity(
        JOIN.join(member.backbone for member in members),
        "".join(member.weights_digest[:each] for member in members),
        all(member.is_trained for member in members),
    )


def digests_of(backbone: str, weights_digest: str) -> list[str]:
    """Return the digest of each network, or as much of it as `identity_of` kept."""
    each = DIGEST_LENGTH // len(names_of(backbone))
    return [weights_digest[start : start + each] for start in range(0, each * len(names_of(backbone)), each)]


def is_each_trained(joint: Identity) -> bool | None:
    """Whether each network of an identity is trained. None if that is not known: a trained one beside an untrained."""
    is_known = joint.is_trained or len(names_of(joint.backbone)) == 1
    return joint.is_trained if is_known else None


class EnsembleEmbedder:
    """Joins the default look of the first network with the last layer of the others."""

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
        """Return for each recipe the recipes of members that make it up; the joint look comes first."""
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
        """N arrays (H, W, 3) -> for each recipe (N, raw dimensions), by one pass of each network that is needed."""
        blocks = self.blocks(pictures, [source for recipe in recipes for source in self.sources[recipe]])
        return {recipe: self.joined(blocks, recipe) for recipe in recipes}

    def blocks(
        self, pictures: Sequence[NDArray[np.uint8]], wanted: Iterable[Member]
    ) -> dict[Member, NDArray[np.float32]]:
        """N arrays (H, W, 3) -> for each recipe of a network (N, raw dimensions of it), by one pass of each network."""
        asked: dict[int, list[Recipe]] = defaultdict(list)
        for place, recipe in dict.fromkeys(wanted):
            asked[place].append(recipe)
        return {
            (place, recipe): rows
            for place, recipes in asked.items()
            for recipe, rows in self.members[place].describe(pictures, recipes).items()
        }

    def joined(self, blocks: Mapping[Member, NDArray[np.float32]], recipe: Recipe) -> NDArray[np.float32]:
        """Return (N, raw dimensions) of a joint recipe, from the blocks that make it up."""
        return projection.unit(np.concatenate([blocks[source] for source in self.sources[recipe]], axis=1))

    def maps(self, pixels: NDArray[np.uint8]) -> "Tensor":
        """(N, H, W, 3) sRGB -> the last maps of the first network (N, C, H', W')."""
        return self.members[0].maps(pixels)


def default_look(embedder: Embedder) -> Recipe:
    return next(recipe for recipe in embedder.recipes if recipe.lens == LOOK)


def last_layer(embedder: Embedder) -> Recipe:
    """Return the look of the last layer alone."""
    means = [recipe for recipe in embedder.recipes if recipe.lens == LOOK and recipe.pooling.startswith("mean-")]
    return min(means, key=lambda recipe: recipe.pooling.count("-"))
