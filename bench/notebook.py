"""The simple loop that a notebook would use: one picture at a time, in float32."""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torchvision import transforms

from similarity.vision.descriptors import pooling
from similarity.vision.networks import backbones
from similarity.vision.networks.weights import Network

VGG16_CUT = 30  # layers up to conv5_3 and its ReLU


class Loop:
    """A loop with the layers, weights and pooling of the pipeline. The rest follows torchvision's examples."""

    def __init__(self, network: Network) -> None:
        features = cast(nn.Sequential, deepcopy(network.module).features)
        self.model = features[:VGG16_CUT].to(memory_format=torch.contiguous_format).eval()
        self.is_trained = network.is_trained
        self.transform = transforms.Compose(
            [
                transforms.Resize((backbones.SIDE_PX, backbones.SIDE_PX)),
                transforms.ToTensor(),
                transforms.Normalize(backbones.MEAN, backbones.STD),
            ]
        )

    def embed(self, files: Sequence[Path]) -> NDArray[np.float32]:
        """Return (N, C) float32 rows of length 1 of N files."""
        vectors = []
        for file in files:
            vectors.append(self.describe(self.read(file)))  # noqa: PERF401 - written as in a notebook
        return np.concatenate(vectors)

    def read(self, file: Path) -> Tensor:
        """Return a picture as (3, H, W) float32, normalised."""
        with Image.open(file) as picture:
            normalised = self.transform(picture.convert("RGB"))
        return normalised if self.is_trained else normalised - normalised.mean()

    def describe(self, picture: Tensor) -> NDArray[np.float32]:
        """Return the (1, C) float32 vector of a (3, H, W) picture."""
        with torch.no_grad():
            return pooling.gem(self.model(picture[None])).numpy()
