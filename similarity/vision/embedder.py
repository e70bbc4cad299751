"""Pixels -> descriptors: one forward pass of the network, pooled."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from similarity.vision import backbones, pooling
from similarity.vision.contract import Identity
from similarity.vision.weights import Network

LEAST_COSINE = 0.9999  # between the vectors of one picture, computed in 16 and in 32 bits


def is_fast_in_bf16() -> bool:
    """True for processors with units for bfloat16; others are slower in it than in float32."""
    able = torch.cpu.get_capabilities()
    return bool(able.get("amx_bf16") or able.get("avx512_bf16"))


class NetworkEmbedder:
    """conv5_3 of VGG16 (or the last map of another network), GeM-pooled with p = 3."""

    def __init__(
        self, network: Network, *, device: str | None = None, batch_size: int | None = None, bf16: bool | None = None
    ) -> None:
        """bf16: whether to multiply in 16 bits; None: where the device is fast in it and vectors stay the same."""
        self.device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        on_gpu = self.device.type == "cuda"
        self.batch_size = batch_size or (64 if on_gpu else 8)
        self.side_px = backbones.SIDE_PX
        self.autocast = self.bf16(enabled=False)
        cut = backbones.cut(network.backbone, network.features)
        self.network = cut.to(self.device).to(memory_format=torch.channels_last).eval()
        self.mean = 255.0 * torch.tensor(backbones.MEAN, device=self.device).view(1, 3, 1, 1)
        self.std = 255.0 * torch.tensor(backbones.STD, device=self.device).view(1, 3, 1, 1)
        if bf16 is None:
            bf16 = on_gpu or (is_fast_in_bf16() and self.is_precise_in_bf16())
        self.autocast = self.bf16(enabled=bf16)
        self.identity = Identity(
            "look", network.backbone, network.digest, network.is_trained, "gem-3", self.count_channels()
        )

    @torch.inference_mode()
    def embed(self, squares: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """N arrays (side_px, side_px, 3) -> (N, dimensions) float32, rows of length 1."""
        if not squares:
            return np.empty((0, self.identity.dimensions), np.float32)
        return pooling.gem(self.maps(np.stack(squares))).cpu().numpy()

    def maps(self, pixels: NDArray[np.uint8]) -> Tensor:
        """(N, H, W, 3) sRGB -> (N, C, H', W'), never negative for VGG16. NHWC memory is channels_last as it comes."""
        batch = torch.from_numpy(pixels)
        if self.device.type == "cuda":
            batch = batch.pin_memory().to(self.device, non_blocking=True)
        scaled = (batch.permute(0, 3, 1, 2).float() - self.mean) / self.std
        with self.autocast:
            return self.network(scaled.contiguous(memory_format=torch.channels_last))  # type: ignore[no-any-return]

    def bf16(self, *, enabled: bool) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=enabled)

    def is_precise_in_bf16(self) -> bool:
        """Tried on noise: VGG16 keeps its vectors, MobileNetV2 does not."""
        noise = list(np.random.default_rng(1).integers(0, 256, (2, self.side_px, self.side_px, 3), dtype=np.uint8))
        exact = self.embed(noise)
        self.autocast = self.bf16(enabled=True)
        return bool((exact * self.embed(noise)).sum(axis=1).min() > LEAST_COSINE)

    def count_channels(self) -> int:
        with torch.inference_mode():
            return self.maps(np.zeros((1, 64, 64, 3), np.uint8)).shape[1]
