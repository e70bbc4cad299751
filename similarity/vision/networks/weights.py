"""Where a network's weights come from: a named file, what ships, torchvision's own, a kept file, or a fixed seed."""

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
    """A network ready to run, and where its numbers come from."""

    backbone: str
    module: nn.Module
    digest: str
    is_trained: bool
    source: str  # for people
    has_classifier: bool = True  # False where the file held the convolutions alone


def resolve(backbone: str, file: Path | None, folder: Path) -> Network:
    """Load a network with the best weights at hand. Fetch nothing; `folder` is where `fetch` puts torchvision's.

    The order: the named file, the file that ships with Kindred, torchvision's own if it was fetched, a fixed seed.
    Raise WeightsError for a file that is missing, broken or of another network, and UnknownBackboneError.
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
    """Build the network with random numbers from a fixed seed. Raise UnknownBackboneError."""
    module = backbones.seeded(backbone)
    return Network(backbone, module, backbones.digest(module), False, f"untrained {backbone} (fixed seed)")


def load(backbone: str, path: Path) -> Network:
    """The network with the file's numbers; a whole network's file or one of its convolutions alone."""
    module = backbones.without_values(backbone)
    numbers = state_dicts.read(path)
    is_whole = not state_dicts.is_convolutions_alone(module, numbers)
    if not is_whole:
        backbones.without_classifier(module)
    try:
        # assigned: the file's tensors, not copies of them
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
        raise WeightsError(f"The weights in {path} hold numbers that are not finite.")
    return Network(backbone, module, digest, True, f"{backbone} from {path.name}", is_whole)


def store(network: Network, folder: Path) -> Path:
    """Puts the network's weights where `by_identity` finds them; whole or not at all, once."""
    path = stored_path(network.backbone, network.digest, folder)
    if path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {name: value.contiguous() for name, value in network.module.state_dict().items()}
    with TemporaryDirectory(
        dir=folder, prefix=".keeping-"
    ) as temporary_folder:  # it is closed to others, what moves out is not
        temporary_file = Path(temporary_folder, path.name)
        temporary_file.touch()
        mode = temporary_file.stat().st_mode  # as the umask has it; the writer may have another opinion
        save_file(numbers, temporary_file)
        temporary_file.chmod(mode)
        temporary_file.replace(path)
    return path


def stored_path(backbone: str, digest: str, folder: Path) -> Path:
    return folder / f"{backbone}-{digest[:16]}.safetensors"


def by_identity(backbone: str, digest: str, *, is_trained: bool | None, folder: Path) -> Network:
    """Load the very network that a space was made with: shipped, kept, fetched or seeded.

    `digest` may be the beginning of a digest, 16 characters or more. `is_trained` is None if that is not known: then
    the seed comes last. Raise WeightsError if the weights are missing, or if other weights lie in their place.
    """
    if is_trained is None:
        return _from_file_or_seed(backbone, digest, folder)
    if is_trained:
        return _from_file(backbone, digest, folder)
    network = seeded(backbone)
    if not network.digest.startswith(digest):
        raise WeightsError(
            f"The untrained {backbone} of this installation is another than the one that was used before."
        )
    return network


def _from_file_or_seed(backbone: str, digest: str, folder: Path) -> Network:
    """Raise WeightsError."""
    try:
        return _from_file(backbone, digest, folder)
    except WeightsError:
        network = seeded(backbone)
        if network.digest.startswith(digest):
            return network
        raise


def _from_file(backbone: str, digest: str, folder: Path) -> Network:
    """Try what ships, what was kept and what was fetched; a damaged file does not stop the search.

    Raise WeightsError; if the file that ships is damaged, its text is how to restore it.
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
        state = "hold other numbers"
    raise WeightsError(damage or f"The weights of {backbone} ({digest[:16]}) {state} in {folder}.")


def _shipped_path_and_damage(backbone: str) -> tuple[Path | None, str]:
    """Return the file that ships, and a sentence if it is damaged."""
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
    """Downloads torchvision's own weights, checked by the hash in their name, with a progress bar.

    Raises WeightsError within seconds where there is no network.
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
