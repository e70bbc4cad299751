"""Where a network's weights come from: a named file, torchvision's own (fetched before), or a fixed seed."""

import logging
import pickle
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torchvision import models

from similarity.vision import backbones

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 5.0


class WeightsError(ValueError):
    """Weights that can't be used; the text says which file and why."""


@dataclass(frozen=True)
class Network:
    """Convolutions ready to run, and where their numbers come from."""

    backbone: str
    features: nn.Sequential
    digest: str
    is_trained: bool
    source: str  # for people


def resolve(backbone: str, file: Path | None, folder: Path) -> Network:
    """The network with the best weights at hand, nothing fetched. `folder` is where `fetch` puts torchvision's.

    Raises WeightsError for a file that is missing, broken or of another network, and UnknownBackboneError.
    """
    path = file or (fetched(backbone, folder) if fetched(backbone, folder).is_file() else None)
    if path is None:
        features = backbones.seeded(backbone)
        source = f"untrained {backbone} (fixed seed)"
    else:
        features = load(backbone, path)
        source = f"{backbone} from {path.name}"
    return Network(backbone, features, backbones.digest(features), path is not None, source)


def load(backbone: str, path: Path) -> nn.Sequential:
    """The convolutions with the file's numbers; a whole network's file or one of its features alone."""
    features = backbones.outline(backbone).to_empty(device="cpu")
    numbers = features_of(read(path))
    try:
        features.load_state_dict(numbers, strict=True)
    except RuntimeError as error:
        detail = str(error).splitlines()[1].strip() if "\n" in str(error) else str(error)
        raise WeightsError(f"The weights in {path} do not fit the network {backbone}: {detail}") from None
    if not all(torch.isfinite(value).all() for value in features.state_dict().values()):
        raise WeightsError(f"The weights in {path} hold numbers that are not finite.")
    return features.float().eval()


def read(path: Path) -> Mapping[str, Tensor]:
    """The tensors in a .pth or .safetensors file; code in a pickle is never run. Raises WeightsError."""
    if not path.is_file():
        raise WeightsError(f"There is no weights file at {path}.")
    try:
        state = load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise WeightsError(f"The weights file {path} holds more than tensors, so it was not loaded.") from None
    except (SafetensorError, RuntimeError, EOFError, OSError, ValueError, KeyError) as error:
        raise WeightsError(f"The weights file {path} is damaged or of another kind: {error}") from None
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise WeightsError(f"The weights file {path} is no state dict (names and tensors).")
    return state


def features_of(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The convolutions' part of a state dict, whether the file holds the whole network or only that part."""
    named = {name.removeprefix("features."): v for name, v in state.items() if name.startswith("features.")}
    return named or dict(state)


def fetched(backbone: str, folder: Path) -> Path:
    """Where torchvision's own file of this network lies once it was fetched."""
    return folder / url_of(backbone).rsplit("/", 1)[-1]


def url_of(backbone: str) -> str:
    backbones.outline(backbone)
    return str(models.get_model_weights(backbone)["IMAGENET1K_V1"].url)


def fetch(backbone: str, folder: Path) -> Path:
    """Downloads torchvision's own weights, checked by the hash in their name, with a progress bar.

    Raises WeightsError within seconds where there is no network.
    """
    path = fetched(backbone, folder)
    if path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    wanted_hash = path.stem.rsplit("-", 1)[-1]
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(CONNECT_TIMEOUT_S)
    try:
        torch.hub.download_url_to_file(url_of(backbone), str(path), hash_prefix=wanted_hash)
    except (URLError, OSError, RuntimeError) as error:
        raise WeightsError(f"torchvision's weights of {backbone} could not be fetched: {error}") from None
    finally:
        socket.setdefaulttimeout(before)
    return path
