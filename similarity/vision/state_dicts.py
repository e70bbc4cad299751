"""Names and tensors out of a weights file, whatever lies in it, under the names that torchvision has today."""

import pickle
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from similarity.vision import backbones

# Parts that only training needs (GoogLeNet, Inception), and names from before a dot was put in them (DenseNet).
TRAINING_ONLY = ("aux1.", "aux2.", "AuxLogits.")
OLD_NAME = re.compile(r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\..+)$")


class WeightsError(ValueError):
    """Weights that can't be used; the text says which file and why."""


def read(path: Path) -> Mapping[str, Tensor]:
    """The tensors in a .pth or .safetensors file; code in a pickle is never run. Raises WeightsError."""
    if not path.is_file():
        raise WeightsError(f"There is no weights file at {path}.")
    try:
        state = load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise WeightsError(f"The weights file {path} holds more than tensors, so it was not loaded.") from None
    except Exception as error:  # noqa: BLE001 - a damaged pickle may end in any error
        raise WeightsError(f"The weights file {path} is damaged or of another kind: {error}") from None
    if not isinstance(state, Mapping) or not all(map(_is_named_tensor, state.keys(), state.values())):
        raise WeightsError(f"The weights file {path} is no state dict (names and tensors).")
    if not all(value.layout == torch.strided and value.device.type == "cpu" for value in state.values()):
        raise WeightsError(f"The weights file {path} holds tensors that are sparse or without numbers.")
    return state


def _is_named_tensor(name: object, value: object) -> bool:
    return isinstance(name, str) and isinstance(value, Tensor)


def is_convolutions_alone(module: nn.Module, numbers: Mapping[str, Tensor]) -> bool:
    """Whether a file has nothing of what a network has besides its convolutions."""
    tops = {name.split(".")[0] for name, _ in module.named_parameters()}
    others = tuple(f"{top}." for top in tops - {backbones.CONVOLUTIONS})
    return backbones.CONVOLUTIONS in tops and not any(name.startswith(others) for name in numbers)


def named(numbers: Mapping[str, Tensor], is_whole: bool) -> "StateDict":
    """The same tensors under the names that the whole network of today has for them."""
    prefix = f"{backbones.CONVOLUTIONS}."
    is_bare = not is_whole and not any(name.startswith(prefix) for name in numbers)
    renamed = (
        (OLD_NAME.sub(r"\1\2", f"{prefix}{name}" if is_bare else name), value)
        for name, value in numbers.items()
        if not name.startswith(TRAINING_ONLY)
    )
    return StateDict(renamed, getattr(numbers, "_metadata", {"": {"version": 2}}))


class StateDict(OrderedDict[str, Tensor]):
    """With the versions of layouts where torch looks for them. Only pickles hold them, and MNASNet wants to be told."""

    def __init__(self, numbers: Iterable[tuple[str, Tensor]], versions: Mapping[str, Any]) -> None:
        super().__init__(numbers)
        self._metadata = versions
