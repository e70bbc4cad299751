"""Measure how much of the machine's highest multiplication rate a network uses.

The peak is the fastest of several products, each alone: square matrices, and single 3 x 3 convolutions of VGG16's
shapes. A network that consists of such convolutions cannot be faster than the fastest of them. The products use the
network's number format, threads and batch size. Operands are converted before the clock starts. Network and products
take turns, and the shortest time of each counts, so that a disturbance does not fall on one side only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from bench import timing
from similarity.vision.contract import Recipe
from similarity.vision.networks import effort
from similarity.vision.networks.embedder import NetworkEmbedder

ROUNDS = 7
SQUARES = (1024, 2048, 4096)
CONVOLUTIONS = ((64, 224), (128, 112), (256, 56), (512, 28))  # channels in and out, side of the maps in px


@dataclass(frozen=True)
class Product:
    """One multiplication to time, and its size in 10^9 multiplications with additions."""

    gmac: float
    call: Callable[[], Tensor]


@dataclass(frozen=True)
class Roofline:
    gmac_per_picture: float
    network_gmac_per_s: float
    peak_gmac_per_s: float

    @property
    def share(self) -> float:
        return self.network_gmac_per_s / self.peak_gmac_per_s


@torch.inference_mode()
def measure(embedder: NetworkEmbedder, recipes: Sequence[Recipe], rounds: int = ROUNDS) -> Roofline:
    """Time the network and all products in turns. The pixels are random, because the rate does not depend on them."""
    batch = noise(embedder)
    gmac = effort.gmac(embedder, recipes)
    alone = products(embedder)
    taken_s = [np.inf] * (1 + len(alone))
    for number in range(1 + rounds):
        now_s = [timing.seconds(embedder.describe, batch, recipes)]
        now_s += [timing.seconds(finished, product) for product in alone]
        if number > 0:  # the first round allocates memory and chooses kernels
            taken_s = list(map(min, taken_s, now_s))
    peak = max(product.gmac / alone_s for product, alone_s in zip(alone, taken_s[1:], strict=True))
    return Roofline(gmac, gmac * len(batch) / taken_s[0], peak)


def noise(embedder: NetworkEmbedder) -> list[NDArray[np.uint8]]:
    """Return a batch of (H, W, 3) random pixels on the canvas whose operations `effort.gmac` counts."""
    width_px, height_px = embedder.canvases[0]
    shape = (embedder.batch_size, height_px, width_px, 3)
    return list(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))


def products(embedder: NetworkEmbedder) -> list[Product]:
    """Return matrix products and convolutions in the embedder's number format, on its device, with random operands."""
    with embedder.autocast:
        is_bf16 = torch.is_autocast_enabled(embedder.device.type)
    options = {"device": embedder.device, "dtype": torch.bfloat16 if is_bf16 else torch.float32}
    squares = [matrices(side, options) for side in SQUARES]
    return squares + [convolution(embedder.batch_size, *shape, options) for shape in CONVOLUTIONS]


def matrices(side: int, options: dict) -> Product:
    one, other = torch.randn((side, side), **options), torch.randn((side, side), **options)
    return Product(side**3 / 1e9, lambda: one @ other.t())


def convolution(batch: int, channels: int, side: int, options: dict) -> Product:
    """Return a padded 3 x 3 convolution in channels_last format."""
    maps = torch.randn((batch, channels, side, side), **options).to(memory_format=torch.channels_last)
    kernels = torch.randn((channels, channels, 3, 3), **options).to(memory_format=torch.channels_last)
    return Product(batch * (side * channels * 3) ** 2 / 1e9, lambda: functional.conv2d(maps, kernels, padding=1))


def finished(product: Product) -> None:
    """Multiply; on a GPU, wait for the result."""
    result = product.call()
    if result.device.type == "cuda":
        torch.cuda.synchronize(result.device)
