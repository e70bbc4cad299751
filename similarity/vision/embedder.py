"""Pixels -> raw vectors: one forward pass of the network, heard at several places and pooled."""

from collections.abc import Iterable, Sequence
from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import interpolate

from similarity.vision import backbones, pooling, taps
from similarity.vision.contract import Identity, Recipe
from similarity.vision.lenses import COMPOSITION, LOOK, OTHER_LOOKS, SUBJECT, TEXTURE
from similarity.vision.taps import Tap
from similarity.vision.weights import Network

LEAST_COSINE = 0.9999  # between the vectors of one picture, computed in 16 and in 32 bits
# Measured on photographs of museum paintings: four cells a side where maps are fine enough, three where they are not.
FINE_CELLS = 12
LOOK_CELLS = {True: 4, False: 3}  # by whether the map is fine
COMPOSITION_CELLS = 7


def is_fast_in_bf16() -> bool:
    """True for processors with units for bfloat16; others are slower in it than in float32."""
    able = torch.cpu.get_capabilities()
    return bool(able.get("amx_bf16") or able.get("avx512_bf16"))


def offered(network: Network) -> dict[Recipe, Tap]:
    """What a network offers, and where in it that is heard; the default of each lens first."""
    found = taps.find(network.backbone)
    look = f"grid-{LOOK_CELLS[found.trunk.side >= FINE_CELLS]}"
    composition = f"grid-{min(COMPOSITION_CELLS, found.trunk.side)}"
    recipes = {Recipe(LOOK, look): found.trunk}
    if found.subject is not None and network.has_classifier:
        recipes[Recipe(SUBJECT, "fc")] = found.subject
    recipes[Recipe(COMPOSITION, composition)] = found.trunk
    if found.texture is not None:
        recipes[Recipe(TEXTURE, "statistics")] = found.texture
    return recipes | {Recipe(LOOK, name): found.trunk for name in OTHER_LOOKS}


class NetworkEmbedder:
    """Any of torchvision's classification networks, for all lenses that need one."""

    def __init__(
        self, network: Network, *, device: str | None = None, batch_size: int | None = None, bf16: bool | None = None
    ) -> None:
        """The network is taken over as it is, not copied. bf16: whether to multiply in 16 bits; None: where the device
        is fast in it and vectors stay the same. Raises UnknownBackboneError where there is nothing to listen to."""
        self.device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        on_gpu = self.device.type == "cuda"
        self.batch_size = batch_size or (64 if on_gpu else 8)
        self.side_px = backbones.SIDE_PX
        self.identity = Identity(network.backbone, network.digest, network.is_trained)
        self.taps = offered(network)
        self.recipes = {
            recipe: pooling.named(recipe.pooling).dimensions(tap.channels) for recipe, tap in self.taps.items()
        }
        self.trunk = taps.find(network.backbone).trunk
        self.is_flexible = taps.find(network.backbone).is_flexible
        self.network = network.module.to(self.device).to(memory_format=torch.channels_last).eval()
        self.mean = 255.0 * torch.tensor(backbones.MEAN, device=self.device).view(1, 3, 1, 1)
        self.std = 255.0 * torch.tensor(backbones.STD, device=self.device).view(1, 3, 1, 1)
        self.one_pass = Lock()
        self.autocast = self.bf16(enabled=False)
        if bf16 is None:
            bf16 = (on_gpu or is_fast_in_bf16()) and self.is_precise_in_bf16()
        self.autocast = self.bf16(enabled=bf16)

    @torch.inference_mode()
    def describe(
        self, squares: Sequence[NDArray[np.uint8]], recipes: Sequence[Recipe]
    ) -> dict[Recipe, NDArray[np.float32]]:
        """N arrays (side_px, side_px, 3) -> for each recipe (N, raw dimensions) float32, rows of length 1.

        The pass ends where the deepest of the recipes is heard. Raises KeyError for a recipe that is not offered.
        """
        wanted = {recipe: self.taps[recipe] for recipe in recipes}
        if not squares or not wanted:
            return {recipe: np.empty((0, self.recipes[recipe]), np.float32) for recipe in wanted}
        heard = self.listen(np.stack(squares), wanted.values())
        return {recipe: pooling.named(recipe.pooling).apply(heard[tap]).cpu().numpy() for recipe, tap in wanted.items()}

    @torch.inference_mode()
    def maps(self, pixels: NDArray[np.uint8]) -> Tensor:
        """(N, H, W, 3) sRGB -> the trunk's maps (N, C, H', W') float32, on this embedder's device."""
        return self.listen(pixels, [self.trunk])[self.trunk].float()

    def listen(self, pixels: NDArray[np.uint8], asked: Iterable[Tap]) -> dict[Tap, Tensor]:
        """NHWC memory is channels_last as it comes."""
        batch = torch.from_numpy(pixels)
        if self.device.type == "cuda":
            batch = batch.pin_memory().to(self.device, non_blocking=True)
        prepared = self.prepare(batch.permute(0, 3, 1, 2).float())
        with self.one_pass, self.autocast:
            return taps.listen(self.network, list(asked), prepared.contiguous(memory_format=torch.channels_last))

    def prepare(self, batch: Tensor) -> Tensor:
        """(N, 3, H, W) in 0..255 -> what the network gets.

        Of pictures for untrained networks the mean is taken off, one number a picture: their light no longer matters
        but their hues do. Measured: 92 % instead of 90 % of paintings are found, 70 % instead of 53 % on dim photos.
        Trained networks know light, and lose by it.
        """
        if not self.is_flexible and batch.shape[-1] != self.side_px:
            batch = interpolate(batch, (self.side_px, self.side_px), mode="bilinear", antialias=True)
        scaled = (batch - self.mean) / self.std
        return scaled if self.identity.is_trained else scaled - scaled.mean(dim=(1, 2, 3), keepdim=True)

    def bf16(self, *, enabled: bool) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=enabled)

    def is_precise_in_bf16(self) -> bool:
        """Tried on noise, for every recipe: VGG16 keeps its vectors, MobileNetV2 does not."""
        noise = list(np.random.default_rng(1).integers(0, 256, (2, self.side_px, self.side_px, 3), dtype=np.uint8))
        exact = self.describe(noise, list(self.recipes))
        self.autocast = self.bf16(enabled=True)
        rough = self.describe(noise, list(self.recipes))
        return all(bool((exact[one] * rough[one]).sum(axis=1).min() > LEAST_COSINE) for one in self.recipes)
