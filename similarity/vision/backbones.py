"""torchvision's classification networks, cut down to their convolutions."""

import hashlib

import torch
from torch import nn
from torchvision import models

MEAN = (0.485, 0.456, 0.406)  # of ImageNet's pictures, RGB in 0..1
STD = (0.229, 0.224, 0.225)
SIDE_PX = 224

# VGG16's features end in a max pooling; what is wanted is the map before it, conv5_3 after its ReLU.
CUTS = {"vgg16": 30}


class UnknownBackboneError(ValueError):
    """No network of this name, or one whose convolutions can't be told apart from its classifier."""


def outline(name: str) -> nn.Sequential:
    """The network's convolutions without their numbers (on the meta device). Raises UnknownBackboneError."""
    if name not in models.list_models(module=models):
        raise UnknownBackboneError(f"KINDRED_BACKBONE is {name!r}, which is no torchvision classification network.")
    with torch.device("meta"):
        features = getattr(models.get_model(name, weights=None), "features", None)
    if not isinstance(features, nn.Sequential):
        raise UnknownBackboneError(f"The network {name!r} has no separate features; try vgg16 or mobilenet_v2.")
    return features


def seeded(name: str, seed: int = 0) -> nn.Sequential:
    """The convolutions with fixed random weights (He et al. 2015): untrained, but the same on every machine."""
    features = outline(name).to_empty(device="cpu")
    generator = torch.Generator().manual_seed(seed)
    for module in features.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu", generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
    return features.eval()


def cut(name: str, features: nn.Sequential) -> nn.Sequential:
    """The part that descriptors are taken from."""
    return features[: CUTS.get(name, len(features))]


def digest(features: nn.Sequential) -> str:
    """Hex sha256 of all parameters and buffers, names and float32 values: equal digests give equal vectors."""
    sha = hashlib.sha256()
    for name, value in sorted(features.state_dict().items()):
        sha.update(name.encode())
        sha.update(value.detach().float().contiguous().numpy().tobytes())
    return sha.hexdigest()
