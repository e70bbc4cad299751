"""The network that hashes a picture of 108 x 108 pixels to 48 bits."""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

SIDE_PX = 108
BITS = 48
WIDTHS = (64, 128, 128)


class TwinNetwork(nn.Module):
    """Nine 3 x 3 convolutions in three blocks, then a dense layer. 2,092,336 parameters at the default widths.

    The last convolution of a block has stride 2 and is followed by BatchNorm. `widths` are the channels of each block.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels, side_px = 3, SIDE_PX
        for width in widths:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            layers += [nn.Conv2d(width, width, 3, padding=1), nn.ReLU(inplace=True)]
            layers += [nn.Conv2d(width, width, 3, stride=2, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
            channels, side_px = width, (side_px + 1) // 2
        self.features = nn.Sequential(*layers)
        self.dense = nn.Linear(channels * side_px**2, BITS)
        for layer in self.features:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def forward(self, pictures: Tensor) -> Tensor:
        """Return (N, 48) logits of (N, 3, 108, 108) RGB in 0..1. A bit is 1 if its logit is positive."""
        maps = self.features(4 * pictures - 2)
        return self.dense(maps.flatten(1))  # type: ignore[no-any-return]


def save_half(network: TwinNetwork, path: Path) -> None:
    """Write the weights as safetensors, about 4 MB: kernels as float16, biases and BatchNorm as float32."""
    state = network.state_dict()
    tensors = {name: value.half() if value.ndim > 1 else value for name, value in state.items()}
    save_file({name: value.cpu().contiguous() for name, value in tensors.items()}, path)


def load(path: Path, widths: Sequence[int] = WIDTHS) -> TwinNetwork:
    """Return the network with the weights of a file written by `save_half`, in single precision, ready to hash."""
    network = TwinNetwork(widths)
    network.load_state_dict({name: as_single(value) for name, value in load_file(path).items()})
    return network.eval()


def as_single(value: Tensor) -> Tensor:
    return value.float() if value.dtype == torch.float16 else value
