"""Read state dicts from weights files of any origin, and report how they differ from a network."""

import logging
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from similarity.vision.networks import backbones

logger = logging.getLogger(__name__)

ZIPPED = b"PK\x03\x04"
TORCH_BEFORE_1_6 = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"  # the magic number of its files, pickled
START_BYTES = 32
MAY_BE_MISSING = "num_batches_tracked"  # files of old releases of torch have no such counter


class WeightsError(ValueError):
    """The weights can't be used. The text names the file and the reason."""


def read(path: Path) -> Mapping[str, Tensor]:
    """Read the tensors of a .pth or .safetensors file. Code in a pickle is never run. Raise WeightsError."""
    if not path.is_file():
        raise WeightsError(f"There is no weights file at {path}.")
    _check_kind(path)
    try:
        state = load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise WeightsError(f"The weights file {path} contains more than tensors, so it was not loaded.") from None
    except Exception as error:  # noqa: BLE001 - a damaged pickle may end in any error
        logger.info("%s: %r", path, error)
        raise WeightsError(f"The weights file {path} is truncated or damaged.") from None
    if not isinstance(state, Mapping) or not all(map(_is_named_tensor, state.keys(), state.values())):
        raise WeightsError(f"The weights file {path} is not a state dict (names and tensors).")
    if not state:
        raise WeightsError(f"The weights file {path} holds no tensors.")
    if not all(value.layout == torch.strided and value.device.type == "cpu" for value in state.values()):
        raise WeightsError(f"The weights file {path} holds tensors that are sparse or have no values.")
    return state


def _check_kind(path: Path) -> None:
    """Raise WeightsError with a clearer text than torch's if a file does not start like a weights file."""
    try:
        with path.open("rb") as file:
            start = file.read(START_BYTES)
    except OSError as error:
        raise WeightsError(f"The weights file {path} can't be read: {error.strerror}.") from None
    if not start:
        raise WeightsError(f"The weights file {path} is empty.")
    is_safetensors = start[8:9] == b"{"  # after the 8 bytes with the header's length
    is_torch = start.startswith(ZIPPED) or TORCH_BEFORE_1_6 in start
    if not (is_safetensors if path.suffix == ".safetensors" else is_torch):
        raise WeightsError(f"The file {path} is not a weights file.")
    if path.suffix != ".safetensors" and zipfile.is_zipfile(path) and not _is_zipped_by_torch(path):
        raise WeightsError(f"The file {path} is not a weights file.")


def _is_zipped_by_torch(path: Path) -> bool:
    """Return True for a zip archive with a pickled state dict, False for TorchScript programs and other archives."""
    try:
        with zipfile.ZipFile(path) as parts:
            names = {name.rpartition("/")[2] for name in parts.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True  # it is damaged, so `read` will refuse it
    return "data.pkl" in names and "constants.pkl" not in names


def _is_named_tensor(name: object, value: object) -> bool:
    return isinstance(name, str) and isinstance(value, Tensor)


def is_convolutions_alone(module: nn.Module, numbers: Mapping[str, Tensor]) -> bool:
    """Return True if a file has no tensors outside the network's convolutions."""
    tops = {name.split(".")[0] for name, _ in module.named_parameters()}
    others = tuple(f"{top}." for top in tops - {backbones.CONVOLUTIONS})
    return backbones.CONVOLUTIONS in tops and not any(name.startswith(others) for name in numbers)


def named(numbers: Mapping[str, Tensor], is_whole: bool) -> dict[str, Tensor]:
    """Return the same tensors under the names that they have in the whole network."""
    prefix = f"{backbones.CONVOLUTIONS}."
    is_bare = not is_whole and not any(name.startswith(prefix) for name in numbers)
    return {f"{prefix}{name}" if is_bare else name: value for name, value in numbers.items()}


def difference(module: nn.Module, numbers: Mapping[str, Tensor], is_whole: bool) -> str:
    """Return as half a sentence how a file's names or shapes differ from the network's; empty if they do not."""
    wanted, given = module.state_dict(), named(numbers, is_whole)
    missing = [name for name in wanted if name not in given and not name.endswith(MAY_BE_MISSING)]
    others = [name for name in given if name not in wanted]
    if missing or others:
        lacks = f"no {missing[0]}{f' (and {len(missing) - 1} more)' if missing[1:] else ''}" if missing else ""
        return f"it has {', but '.join(part for part in (lacks, _others(others, numbers)) if part)}"
    for name, value in wanted.items():
        if name in given and given[name].shape != value.shape:
            there, here = ("×".join(map(str, each.shape)) or "one number" for each in (given[name], value))
            return f"its {name} is {there} instead of {here}"
    return ""


def _others(names: list[str], numbers: Mapping[str, Tensor]) -> str:
    """Describe names that the network does not have. The first is shown as it is in the file."""
    if not names:
        return ""
    first = names[0] if names[0] in numbers else names[0].removeprefix(f"{backbones.CONVOLUTIONS}.")
    return f"{len(names)} others such as {first}" if names[1:] else f"another named {first}"
