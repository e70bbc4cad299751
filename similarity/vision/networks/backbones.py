"""torchvision's classification networks: built without their numbers, or with those of a fixed seed."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from math import sqrt
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torchvision import models

MEAN = (0.485, 0.456, 0.406)  # of ImageNet's pictures, RGB in 0..1
STD = (0.229, 0.224, 0.225)
SIDE_PX = 224

# Without the second classifiers that only training needs; with the input's range that their weights were trained for.
OPTIONS = {
    name: {"init_weights": False, "aux_logits": False, "transform_input": True}
    for name in ("googlenet", "inception_v3")
}
EMBEDDING_STD = 0.02  # of what is no convolution and no linear layer: positions and their like
CONVOLUTIONS = "features"  # what torchvision calls that part, in networks that have it apart


class UnknownBackboneError(ValueError):
    """No network of this name, or one in which there is nothing to listen to; the text says which."""


class Undrawn(TorchFunctionMode):
    """Noughts in place of the random numbers that a new network is filled with: they are replaced anyway."""

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


def blank(name: str) -> nn.Module:
    """The whole network, ready to be filled. Raises UnknownBackboneError."""
    with Undrawn():
        return _build(name)


def outline(name: str) -> nn.Module:
    """The whole network without any numbers (on the meta device). Raises UnknownBackboneError."""
    try:
        with torch.device("meta"):
            return _build(name)
    except NotImplementedError:  # RegNet computes its widths with tensors
        return blank(name).to("meta")


def frame(name: str) -> nn.Module:
    """The network for tensors to be put into, not copied: without numbers where each of them comes with the weights."""
    network = outline(name)
    computed = {name for name, _ in network.named_buffers()} - set(network.state_dict())
    return blank(name) if computed else network


def require(name: str) -> None:
    """Raises UnknownBackboneError for a name that torchvision has no classification network of."""
    if name not in models.list_models(module=models):
        raise UnknownBackboneError(f"{name!r} is no torchvision classification network; try vgg16 or mobilenet_v2.")


def _build(name: str) -> nn.Module:
    require(name)
    network: nn.Module = models.get_model(name, weights=None, **OPTIONS.get(name, {}))
    return network.eval()


@torch.no_grad()
def seeded(name: str, seed: int = 0) -> nn.Module:
    """The network with fixed random weights: untrained, but the same on every machine.

    He et al., Delving deep into rectifiers, ICCV 2015: convolutions by their outputs, linear layers by their inputs.
    Convolutions are drawn first, so that they are the same whatever follows them.
    """
    network = blank(name)
    generator = torch.Generator().manual_seed(seed)
    for convolution in (module for module in network.modules() if isinstance(module, nn.Conv2d)):
        nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu", generator=generator)
        convolution.weight *= sqrt(convolution.groups)  # each output feeds on its own group alone
        _clear(convolution)
    for linear in (module for module in network.modules() if isinstance(module, nn.Linear)):
        nn.init.kaiming_normal_(linear.weight, mode="fan_in", nonlinearity="relu", generator=generator)
        _clear(linear)
    for parameter in network.parameters():
        if parameter.ndim > 1 and not parameter.any():
            parameter.normal_(0, EMBEDDING_STD, generator=generator)
    return network.requires_grad_(False)


def _clear(module: nn.Conv2d | nn.Linear) -> None:
    if module.bias is not None:
        module.bias.zero_()


def without_classifier(network: nn.Module) -> nn.Module:
    """Only the convolutions keep their parameters. Raises UnknownBackboneError where they can't be told apart."""
    if not hasattr(network, CONVOLUTIONS):
        raise UnknownBackboneError("This network has no convolutions apart from its classifier.")
    for name, child in list(network.named_children()):
        if name != CONVOLUTIONS and next(child.parameters(), None) is not None:
            setattr(network, name, nn.Identity())
    return network


def digest(network: nn.Module) -> str:
    """Hex sha256 of all parameters and buffers, names and float32 values: equal digests give equal vectors."""
    return digest_of(network.state_dict())


def digest_of(numbers: Mapping[str, Tensor]) -> str:
    sha = hashlib.sha256()
    for name, value in sorted(numbers.items()):
        sha.update(name.encode())
        sha.update(value.detach().float().contiguous().numpy().reshape(-1).data)  # read where it lies
    return sha.hexdigest()
