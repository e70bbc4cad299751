"""Pixels -> descriptors: one forward pass of the network, pooled."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from similarity.vision import backbones, pooling
from similarity.vision.contract import Identity
from similarity.vision.weights import Network


class NetworkEmbedder:
    """conv5_3 of VGG16 (or the last map of another network), GeM-pooled with p = 3."""

    def __init__(self, network: Network, *, device: str | None = None, batch_size: int | None = None) -> None:
        self.device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        on_gpu = self.device.type == "cuda"
        self.batch_size = batch_size or (64 if on_gpu else 8)
        self.side_px = backbones.SIDE_PX
        self.autocast = torch.autocast(self.device.type, torch.bfloat16, enabled=on_gpu)
        cut = backbones.cut(network.backbone, network.features)
        self.network = cut.to(self.device).to(memory_format=torch.channels_last).eval()
        self.mean = 255.0 * torch.tensor(backbones.MEAN, device=self.device).view(1, 3, 1, 1)
        self.std = 255.0 * torch.tensor(backbones.STD, device=self.device).view(1, 3, 1, 1)
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

    def count_channels(self) -> int:
        with torch.inference_mode():
            return self.maps(np.zeros((1, 64, 64, 3), np.uint8)).shape[1]
