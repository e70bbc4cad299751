"""Build torchvision's networks: without values, or with random values from a fixed seed."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from math import sqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torchvision import models

from similarity.vision.networks.backbone_table import BACKBONES, Backbone

MEAN = (0.485, 0.456, 0.406)  # of ImageNet's pictures, RGB in 0..1
STD = (0.229, 0.224, 0.225)
SIDE_PX = 224

EMBEDDING_STD = 0.02  # of parameters outside convolutions and linear layers, such as positions
CONVOLUTIONS = "features"  # torchvision's name for the convolutions where a network has them in a part of their own


class UnknownBackboneError(ValueError):
    """The network is not supported for this use. The text states what is supported."""


class SkipRandomInit(TorchFunctionMode):
    """Replace random initial values of a new network by zeros. All other initial values stay."""

    DRAWS = frozenset({"normal_", "uniform_", "kaiming_normal_", "kaiming_uniform_", "xavier_uniform_"})

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__name__", "") not in self.DRAWS:
            return func(*args, **kwargs)
        tensor: Tensor = args[0] if args else kwargs["tensor"]
        with torch.no_grad():
            return tensor.zero_()


def require(name: str) -> Backbone:
    """Return the row of a network in the table. Raise UnknownBackboneError if it has none."""
    if name not in BACKBONES:
        raise UnknownBackboneError(f"{name!r} is not a supported network; supported are {', '.join(BACKBONES)}.")
    return BACKBONES[name]


def build(name: str) -> nn.Module:
    """Return the whole network in evaluation mode. Raise UnknownBackboneError."""
    require(name)
    network: nn.Module = models.get_model(name, weights=None)
    return network.eval()


def without_values(name: str) -> nn.Module:
    """Return the whole network on the meta device, for a state dict to be assigned. Raise UnknownBackboneError."""
    with torch.device("meta"):
        return build(name)


@torch.no_grad()
def seeded(name: str, seed: int = 0) -> nn.Module:
    """Return the network with random weights that are equal on every machine. Raise UnknownBackboneError.

    He et al., Delving deep into rectifiers, ICCV 2015: convolutions by their outputs, linear layers by their inputs.
    Weights of convolutions are generated first, so that they do not depend on the classifier.
    """
    with SkipRandomInit():
        network = build(name)
    generator = torch.Generator().manual_seed(seed)
    for convolution in (module for module in network.modules() if isinstance(module, nn.Conv2d)):
        nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu", generator=generator)
        convolution.weight *= sqrt(convolution.groups)  # each output has the inputs of its own group alone
        zero_bias(convolution)
    for linear in (module for module in network.modules() if isinstance(module, nn.Linear)):
        nn.init.kaiming_normal_(linear.weight, mode="fan_in", nonlinearity="relu", generator=generator)
        zero_bias(linear)
    for parameter in network.parameters():
        if parameter.ndim > 1 and not parameter.any():
            parameter.normal_(0, EMBEDDING_STD, generator=generator)
    return network.requires_grad_(False)


def zero_bias(layer: nn.Conv2d | nn.Linear) -> None:
    if layer.bias is not None:
        layer.bias.zero_()


def without_classifier(network: nn.Module) -> nn.Module:
    """Replace every part with parameters except the convolutions by the identity, in place.

    Raise UnknownBackboneError if the convolutions are not a separate part.
    """
    if not hasattr(network, CONVOLUTIONS):
        raise UnknownBackboneError("This network has no part that holds its convolutions alone.")
    for name, child in list(network.named_children()):
        if name != CONVOLUTIONS and next(child.parameters(), None) is not None:
            setattr(network, name, nn.Identity())
    return network


def digest(network: nn.Module) -> str:
    """Return the hex sha256 of all parameters and buffers: networks with equal digests give equal vectors."""
    return digest_of(network.state_dict())


def digest_of(state_dict: Mapping[str, Tensor]) -> str:
    """Return the hex sha256 of names and float32 values, in the order of names."""
    sha = hashlib.sha256()
    for name, value in sorted(state_dict.items()):
        sha.update(name.encode())
        sha.update(value.detach().float().contiguous().numpy().reshape(-1).data)  # no copy
    return sha.hexdigest()
