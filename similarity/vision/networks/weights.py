"""Find and load a network's weights: a given, shipped, fetched or stored file, or random numbers from a fixed seed."""

import logging
import socket
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError

import torch
from safetensors.torch import save_file
from torch import nn
from torchvision import models

from similarity.vision.networks import backbones, shipped, state_dicts
from similarity.vision.networks.state_dicts import WeightsError

__all__ = [
    "Network",
    "WeightsError",
    "by_identity",
    "fetch",
    "fetched_path",
    "load",
    "resolve",
    "store",
    "stored_path",
    "url_of",
]

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Network:
    """A network with its weights, and where they come from."""

    backbone: str
    module: nn.Module
    digest: str
    is_trained: bool
    source: str  # text for people
    has_classifier: bool = True  # False if the file had the convolutions alone


def resolve(backbone: str, file: Path | None, folder: Path) -> Network:
    """Load a network with the best weights available, without a download. `folder`: where `fetch` puts files.

    The order: the given file, the shipped file, torchvision's file if it was fetched, random weights from a fixed seed.
    Raise WeightsError for a file that is missing, damaged or of another network, and UnknownBackboneError.
    """
    path = file or shipped_path(backbone) or fetched_path(backbone, folder)
    if path.is_file() or file is not None:
        return load(backbone, path)
    return seeded(backbone)


def shipped_path(backbone: str) -> Path | None:
    """Return the weights file that ships for a network, if one does. Raise WeightsError if it is damaged."""
    try:
        return shipped.path_of(backbone)
    except shipped.ShippedFileError as error:
        raise WeightsError(str(error)) from None


def seeded(backbone: str) -> Network:
    """Build the network with random weights from a fixed seed. Raise UnknownBackboneError."""
    module = backbones.seeded(backbone)
    return Network(backbone, module, backbones.digest(module), False, f"untrained {backbone} (fixed seed)")


def load(backbone: str, path: Path) -> Network:
    """Load a file with all tensors of a network, or with those of its convolutions alone.

    Raise WeightsError, and UnknownBackboneError.
    """
    module = backbones.without_values(backbone)
    numbers = state_dicts.read(path)
    is_whole = not state_dicts.is_convolutions_alone(module, numbers)
    if not is_whole:
        backbones.without_classifier(module)
    try:
        # assign: use the file's tensors themselves, without a copy
        module.load_state_dict(state_dicts.named(numbers, is_whole), strict=True, assign=True)
        module = module.float().eval().requires_grad_(False)
        is_finite = all(torch.isfinite(value).all() for value in module.state_dict().values())
        digest = backbones.digest(module)
    except (RuntimeError, ValueError, KeyError, AttributeError, TypeError) as error:
        logger.debug("%s: %s", path, error)
        if found := state_dicts.difference(module, numbers, is_whole):
            raise WeightsError(f"The weights file {path} is of another network than {backbone}: {found}.") from None
        raise WeightsError(f"The weights in {path} do not fit the network {backbone}.") from None
    if not is_finite:
        raise WeightsError(f"The weights in {path} hold values that are not finite.")
    return Network(backbone, module, digest, True, f"{backbone} from {path.name}", is_whole)


def store(network: Network, folder: Path) -> Path:
    """Save the network's weights where `by_identity` finds them. Write atomically, and only if the file is missing."""
    path = stored_path(network.backbone, network.digest, folder)
    if path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {name: value.contiguous() for name, value in network.module.state_dict().items()}
    # Only the owner can read the temporary folder. The finished file gets the permissions of the umask.
    with TemporaryDirectory(dir=folder, prefix=".storing-") as temporary_folder:
        temporary_file = Path(temporary_folder, path.name)
        temporary_file.touch()
        mode = temporary_file.stat().st_mode  # by the umask; save_file may set another one
        save_file(numbers, temporary_file)
        temporary_file.chmod(mode)
        temporary_file.replace(path)
    return path


def stored_path(backbone: str, digest: str, folder: Path) -> Path:
    """Return the path at which `store` saves the weights with this digest."""
    return folder / f"{backbone}-{digest[:16]}.safetensors"


def by_identity(backbone: str, digest: str, *, is_trained: bool | None, folder: Path) -> Network:
    """Load exactly the network that a space was made with: shipped, stored, fetched or seeded.

    `digest` may be the first 16 or more characters of a digest. If `is_trained` is None, trained and untrained weights
    are tried. Raise WeightsError if the weights are missing or other weights are in their place.
    """
    if is_trained is None:
        return _from_file_or_seed(backbone, digest, folder)
    if is_trained:
        return _from_file(backbone, digest, folder)
    network = seeded(backbone)
    if not network.digest.startswith(digest):
        raise WeightsError(f"The untrained {backbone} of this installation differs from the one that was used before.")
    return network


def _from_file_or_seed(backbone: str, digest: str, folder: Path) -> Network:
    """Try the files, then the fixed seed. Raise WeightsError."""
    try:
        return _from_file(backbone, digest, folder)
    except WeightsError:
        network = seeded(backbone)
        if network.digest.startswith(digest):
            return network
        raise


def _from_file(backbone: str, digest: str, folder: Path) -> Network:
    """Try the shipped, the stored and the fetched file; skip files that are damaged.

    Raise WeightsError. If the shipped file is damaged, its text says how to restore it.
    """
    shipped_file, damage = _shipped_path_and_damage(backbone)
    state = "are missing"
    for path in (shipped_file, stored_path(backbone, digest, folder), fetched_path(backbone, folder)):
        if path is None or not path.is_file():
            continue
        try:
            network = load(backbone, path)
        except WeightsError as error:
            logger.warning("%s", error)
            state = "can't be read"
            continue
        if network.digest.startswith(digest):
            return network
        logger.info("%s holds other weights of %s than %s", path, backbone, digest[:16])
        state = "have other values"
    raise WeightsError(damage or f"The weights of {backbone} ({digest[:16]}) {state} in {folder}.")


def _shipped_path_and_damage(backbone: str) -> tuple[Path | None, str]:
    """Return the path of the shipped file, and a sentence if it is damaged."""
    try:
        return shipped_path(backbone), ""
    except WeightsError as error:
        return None, str(error)


def fetched_path(backbone: str, folder: Path) -> Path:
    """Return the path at which `fetch` puts torchvision's own file of a network. Raise UnknownBackboneError."""
    return folder / url_of(backbone).rsplit("/", 1)[-1]


def url_of(backbone: str) -> str:
    """Return the address of torchvision's own weights. Raise UnknownBackboneError."""
    backbones.require(backbone)
    return str(models.get_model_weights(backbone)["IMAGENET1K_V1"].url)


def fetch(backbone: str, folder: Path) -> Path:
    """Download torchvision's own weights with a progress bar, and check the hash that is part of their name.

    Raise WeightsError within seconds if there is no network.
    """
    path = fetched_path(backbone, folder)
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
