"""Compute raw vectors from pixels: one forward pass of a network, and its features pooled."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import sqrt
from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import interpolate

from similarity.vision.contract import Identity, Recipe
from similarity.vision.descriptors import pooling
from similarity.vision.lenses import COMPOSITION, LOOK, MATCH, OTHER_LOOKS, REGIONS, SUBJECT, TEXTURE
from similarity.vision.networks import backbones
from similarity.vision.networks.backbone_table import FeatureNode
from similarity.vision.networks.feature_extraction import FeatureExtractor
from similarity.vision.networks.weights import Network

LEAST_COSINE = 0.9999  # between the vectors of one picture in bfloat16 and in float32
# Measured on photographs of museum paintings: 4 x 4 cells are best for maps with FINE_CELLS a side or more, else 3 x 3.
FINE_CELLS = 12
MATCH_CELLS = {True: 4, False: 3}  # keyed by whether the map has FINE_CELLS a side
COMPOSITION_CELLS = 7
# Width and height in px. All have about the same area, so that every picture costs the same. Ratios: 1:2 to 2:1.
REGION_WINDOWS = 3  # a side
CANVASES = ((320, 320), (368, 276), (276, 368), (452, 226), (226, 452))


@dataclass(frozen=True)
class Part:
    """One block of a raw vector: the features of one node, pooled."""

    node: FeatureNode
    pooling: str


def is_fast_in_bf16() -> bool:
    """Return True if the CPU has units for bfloat16. Other CPUs are slower in bfloat16 than in float32."""
    able = torch.cpu.get_capabilities()
    return bool(able.get("amx_bf16") or able.get("avx512_bf16"))


def recipes_of(network: Network) -> dict[Recipe, tuple[Part, ...]]:
    """Return the recipes of a network with the nodes that they pool. The default recipe of each lens comes first."""
    row = backbones.require(network.backbone)
    trunk = row.trunk
    layers = [trunk, row.middle] if row.middle else [trunk]
    recipes = {means(layers): tuple(Part(node, "mean") for node in layers)}
    recipes[Recipe(MATCH, f"grid-{MATCH_CELLS[trunk.side >= FINE_CELLS]}")] = ()
    if row.subject is not None and network.has_classifier:
        recipes[Recipe(SUBJECT, "fc")] = (Part(row.subject, "fc"),)
    recipes[Recipe(COMPOSITION, f"grid-{min(COMPOSITION_CELLS, trunk.side)}")] = ()
    if row.texture is not None:
        recipes[Recipe(TEXTURE, "statistics")] = (Part(row.texture, "statistics"),)
    recipes[means([trunk])] = (Part(trunk, "mean"),)
    recipes[Recipe(REGIONS, f"windows-{REGION_WINDOWS}")] = ()
    recipes |= {Recipe(LOOK, name): () for name in OTHER_LOOKS}
    return {recipe: parts or (Part(trunk, recipe.pooling),) for recipe, parts in recipes.items()}


def means(layers: Sequence[FeatureNode]) -> Recipe:
    """Return the recipe that concatenates the means of these nodes, such as mean-512-512."""
    return Recipe(LOOK, "-".join(["mean", *(str(node.channels) for node in layers)]))


def by_shape(pictures: Sequence[NDArray[np.uint8]]) -> list[list[int]]:
    """Group the indices of pictures that have the same shape."""
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for place, picture in enumerate(pictures):
        groups[picture.shape].append(place)
    return list(groups.values())


class NetworkEmbedder:
    """An embedder with one network, for all lenses except colour."""

    def __init__(
        self, network: Network, *, device: str | None = None, batch_size: int | None = None, bf16: bool | None = None
    ) -> None:
        """Use the network itself, not a copy. Raise UnknownBackboneError.

        `bf16`: whether to compute in bfloat16. None: only if the device is fast in it and the cosine with float32 is
        at least LEAST_COSINE.
        """
        self.device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        on_gpu = self.device.type == "cuda"
        self.batch_size = batch_size or (64 if on_gpu else 8)
        self.side_px = backbones.SIDE_PX
        self.canvases = CANVASES
        self.backbone = backbones.require(network.backbone)
        self.identity = Identity(network.backbone, network.digest, network.is_trained)
        self.parts = recipes_of(network)
        self.recipes = {
            recipe: sum(pooling.named(part.pooling).dimensions(part.node.channels) for part in parts)
            for recipe, parts in self.parts.items()
        }
        self.network = network.module.to(self.device).to(memory_format=torch.channels_last).eval()
        self.extractor = FeatureExtractor(self.network)
        self.mean = 255.0 * torch.tensor(backbones.MEAN, device=self.device).view(1, 3, 1, 1)
        self.std = 255.0 * torch.tensor(backbones.STD, device=self.device).view(1, 3, 1, 1)
        self.one_pass = Lock()
        self.autocast = self.bf16(enabled=False)
        if bf16 is None:
            bf16 = (on_gpu or is_fast_in_bf16()) and self.is_precise_in_bf16()
        self.autocast = self.bf16(enabled=bf16)

    def source_of(self, recipe: Recipe) -> Identity:
        return self.identity

    @torch.inference_mode()
    def describe(
        self, pictures: Sequence[NDArray[np.uint8]], recipes: Sequence[Recipe]
    ) -> dict[Recipe, NDArray[np.float32]]:
        """Return for each recipe (N, raw dimensions) float32 of N pictures (H, W, 3) uint8 sRGB; rows have length 1.

        Pictures of the same shape go through the network together, up to the last layer that the recipes need. Raise
        KeyError for a recipe that is not supported.
        """
        wanted = {recipe: self.parts[recipe] for recipe in recipes}
        found = {recipe: np.empty((len(pictures), self.recipes[recipe]), np.float32) for recipe in wanted}
        if not wanted:
            return found
        for places in by_shape(pictures):
            nodes = {part.node for parts in wanted.values() for part in parts}
            batch = np.stack([pictures[place] for place in places])
            features = self.extract(batch, nodes, self.backbone.scale)
            for recipe, parts in wanted.items():
                blocks = [pooling.named(part.pooling).apply(features[part.node]) for part in parts]
                found[recipe][places] = (torch.cat(blocks, dim=1) / sqrt(len(blocks))).cpu().numpy()
        return found

    @torch.inference_mode()
    def maps(self, pixels: NDArray[np.uint8]) -> Tensor:
        """Return the trunk's maps (N, C, H', W') float32 of (N, H, W, 3) uint8 sRGB, on this embedder's device."""
        return self.extract(pixels, {self.backbone.trunk})[self.backbone.trunk].float()

    def extract(
        self, pixels: NDArray[np.uint8], nodes: Collection[FeatureNode], scale: float = 1.0
    ) -> dict[FeatureNode, Tensor]:
        """Return features by node of (N, H, W, 3) uint8 sRGB, resized by `scale` if the network allows it.

        Pixels in NHWC order are already in torch's channels_last memory format.
        """
        batch = torch.from_numpy(pixels)
        if self.device.type == "cuda":
            batch = batch.pin_memory().to(self.device, non_blocking=True)
        prepared = self.prepare(batch.permute(0, 3, 1, 2).float(), scale)
        with self.one_pass, self.autocast:
            return self.extractor.extract(prepared.contiguous(memory_format=torch.channels_last), nodes)

    def prepare(self, batch: Tensor, scale: float = 1.0) -> Tensor:
        """Resize and normalise (N, 3, H, W) pixels in 0..255 for the network.

        For an untrained network, also subtract each picture's mean over all channels: brightness then no longer
        matters, but hue does. Measured: 92 % instead of 90 % of paintings are found, and 70 % instead of 53 % on dim
        photographs. Trained networks can handle brightness and are worse with this.
        """
        height, width = batch.shape[-2:]
        size = (
            (round(scale * height), round(scale * width)) if self.backbone.is_flexible else (self.side_px, self.side_px)
        )
        if size != (height, width):
            batch = interpolate(batch, size, mode="bilinear", antialias=True)
        scaled = (batch - self.mean) / self.std
        return scaled if self.identity.is_trained else scaled - scaled.mean(dim=(1, 2, 3), keepdim=True)

    def bf16(self, *, enabled: bool) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=enabled)

    def is_precise_in_bf16(self) -> bool:
        """Compare the vectors of noise in bfloat16 and float32 for every recipe. VGG16 passes, MobileNetV2 does not."""
        width, height = self.canvases[0]
        noise = list(np.random.default_rng(1).integers(0, 256, (2, height, width, 3), dtype=np.uint8))
        exact = self.describe(noise, list(self.recipes))
        self.autocast = self.bf16(enabled=True)
        approximate = self.describe(noise, list(self.recipes))
        return all(bool((exact[one] * approximate[one]).sum(axis=1).min() > LEAST_COSINE) for one in self.recipes)
