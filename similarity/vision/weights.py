"""Where a network's weights come from: a named file, torchvision's own, a kept file, or a fixed seed."""

import logging
import pickle
import re
import socket
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.error import URLError

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torchvision import models

from similarity.vision import backbones

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 5.0
DETAIL_CHARACTERS = 160  # of what torch says about weights that do not fit
# Parts that only training needs (GoogLeNet, Inception), and names from before a dot was put in them (DenseNet).
TRAINING_ONLY = ("aux1.", "aux2.", "AuxLogits.")
OLD_NAME = re.compile(r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\..+)$")
# Those for pictures of 224 px, the usual ones first; some large networks have the others alone.
OFFERED = ("IMAGENET1K_V1", "IMAGENET1K_SWAG_LINEAR_V1")


class WeightsError(ValueError):
    """Weights that can't be used; the text says which file and why."""


@dataclass(frozen=True)
class Network:
    """A network ready to run, and where its numbers come from."""

    backbone: str
    module: nn.Module
    digest: str
    is_trained: bool
    source: str  # for people
    has_classifier: bool = True  # False where the file held the convolutions alone


def resolve(backbone: str, file: Path | None, folder: Path) -> Network:
    """The network with the best weights at hand, nothing fetched. `folder` is where `fetch` puts torchvision's.

    Raises WeightsError for a file that is missing, broken or of another network, and UnknownBackboneError.
    """
    path = file or fetched(backbone, folder)
    if path is not None and (file is not None or path.is_file()):
        return load(backbone, path)
    module = backbones.seeded(backbone)
    return Network(backbone, module, backbones.digest(module), False, f"untrained {backbone} (fixed seed)")


def load(backbone: str, path: Path) -> Network:
    """The network with the file's numbers; a whole network's file or one of its convolutions alone."""
    module = backbones.frame(backbone)
    numbers = read(path)
    is_whole = not _is_convolutions_alone(module, numbers)
    if not is_whole:
        backbones.without_classifier(module)
    try:
        module.load_state_dict(_named(numbers, is_whole), strict=True, assign=True)  # the file's tensors, not copies
    except (RuntimeError, ValueError, KeyError, AttributeError) as error:
        detail = " ".join(str(error).split("\n\t", 1)[-1].split())[:DETAIL_CHARACTERS]
        raise WeightsError(f"The weights in {path} do not fit the network {backbone}: {detail}") from None
    module = module.float().eval().requires_grad_(False)
    if not all(torch.isfinite(value).all() for value in module.state_dict().values()):
        raise WeightsError(f"The weights in {path} hold numbers that are not finite.")
    return Network(backbone, module, backbones.digest(module), True, f"{backbone} from {path.name}", is_whole)


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


def _is_convolutions_alone(module: nn.Module, numbers: Mapping[str, Tensor]) -> bool:
    """Whether a file has nothing of what a network has besides its convolutions."""
    tops = {name.split(".")[0] for name, _ in module.named_parameters()}
    others = tuple(f"{top}." for top in tops - {backbones.CONVOLUTIONS})
    return backbones.CONVOLUTIONS in tops and not any(name.startswith(others) for name in numbers)


def _named(numbers: Mapping[str, Tensor], is_whole: bool) -> "StateDict":
    """The same tensors under the names that the whole network of today has for them."""
    prefix = f"{backbones.CONVOLUTIONS}."
    is_bare = not is_whole and not any(name.startswith(prefix) for name in numbers)
    named = (
        (OLD_NAME.sub(r"\1\2", f"{prefix}{name}" if is_bare else name), value)
        for name, value in numbers.items()
        if not name.startswith(TRAINING_ONLY)
    )
    return StateDict(named, getattr(numbers, "_metadata", {"": {"version": 2}}))


class StateDict(OrderedDict[str, Tensor]):
    """With the versions of layouts where torch looks for them. Only pickles hold them, and MNASNet wants to be told."""

    def __init__(self, numbers: Iterable[tuple[str, Tensor]], versions: Mapping[str, Any]) -> None:
        super().__init__(numbers)
        self._metadata = versions


def keep(network: Network, folder: Path) -> Path:
    """Puts the network's weights where `by_identity` finds them; whole or not at all, once."""
    path = kept(network.backbone, network.digest, folder)
    if path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {name: value.contiguous() for name, value in network.module.state_dict().items()}
    with NamedTemporaryFile(dir=folder, prefix=".keeping-", suffix=path.suffix, delete=False) as unfinished:
        pass
    try:
        save_file(numbers, unfinished.name)
        Path(unfinished.name).replace(path)
    finally:
        Path(unfinished.name).unlink(missing_ok=True)
    return path


def kept(backbone: str, digest: str, folder: Path) -> Path:
    return folder / f"{backbone}-{digest[:16]}.safetensors"


def by_identity(backbone: str, digest: str, *, is_trained: bool, folder: Path) -> Network:
    """The very network that a space was made with: kept, fetched or seeded.

    Raises WeightsError where it is missing, or where what lies in its place is another.
    """
    usual = fetched(backbone, folder)
    candidates = [path for path in (kept(backbone, digest, folder), usual) if path is not None and path.is_file()]
    for path in candidates if is_trained else []:
        network = load(backbone, path)
        if network.digest == digest:
            return network
        logger.warning("%s holds other weights of %s than %s", path, backbone, digest[:16])
    if is_trained:
        state = "hold other numbers" if candidates else "are missing"
        raise WeightsError(f"The weights of {backbone} ({digest[:16]}) {state} in {folder}.")
    network = resolve(backbone, None, Path("/nonexistent"))
    if network.digest != digest:
        raise WeightsError(
            f"The untrained {backbone} of this installation is another than the one that was used before."
        )
    return network


def fetched(backbone: str, folder: Path) -> Path | None:
    """Where torchvision's own file of this network lies once it was fetched; None where it offers none."""
    url = url_of(backbone)
    return folder / url.rsplit("/", 1)[-1] if url else None


def url_of(backbone: str) -> str:
    """Empty where torchvision has no weights for pictures of our size. Raises UnknownBackboneError."""
    backbones.require(backbone)
    there = models.get_model_weights(backbone).__members__
    return next((str(there[name].url) for name in OFFERED if name in there), "")


def fetch(backbone: str, folder: Path) -> Path:
    """Downloads torchvision's own weights, checked by the hash in their name, with a progress bar.

    Raises WeightsError within seconds where there is no network.
    """
    path = fetched(backbone, folder)
    if path is None:
        raise WeightsError(f"torchvision offers no weights of {backbone} for pictures of {backbones.SIDE_PX} px.")
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
