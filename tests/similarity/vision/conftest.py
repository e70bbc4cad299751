from pathlib import Path

import pytest
import torch

from similarity.vision.networks import weights
from similarity.vision.networks.embedder import NetworkEmbedder
from tests.similarity.vision import small


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    return small.made()


@pytest.fixture(scope="session")
def vgg16() -> NetworkEmbedder:
    """The VGG16 that ships: trained, convolutions alone."""
    return NetworkEmbedder(weights.resolve("vgg16", None, Path("nowhere")), device="cpu", bf16=False)
