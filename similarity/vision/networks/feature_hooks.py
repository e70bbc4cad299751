"""Where to listen in a network: found by watching one pass through it, whatever its architecture."""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, isqrt
from typing import Any, Literal

import torch
from torch import Tensor, nn

from similarity.vision.networks import backbones

# How what is heard becomes (N, C, H, W): as it is; channels last; a row of tokens, maybe after a class token; and for
# what is no map but the input of a linear layer, (N, C).
Layout = Literal["map", "channels last", "tokens", "input"]

TRUNK, TEXTURE, SUBJECT = "trunk", "texture", "subject"
POOLINGS = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
SCORES = "classifier."  # SqueezeNet's last maps are the scores of classes already
TEXTURE_STRIDE = 4
TEXTURE_SIDES = (0.8, 1.1)  # times the side at that stride: without padding maps are a little smaller


@dataclass(frozen=True)
class Tap:
    """One output of one module in a pass."""

    module: str
    call: int  # which call of that module in one pass, from 0: a ReLU may serve several layers
    place: int  # in the order of the pass
    layout: Layout
    channels: int
    side: int  # cells; 1 for what is no map
    is_rectified: bool = False  # by a function that no module stands for


@dataclass(frozen=True)
class Taps:
    trunk: Tap  # the last map before everything is pooled into one cell
    middle: Tap | None  # the last map with twice the trunk's side
    texture: Tap | None  # the last map at a quarter of the input's side
    subject: Tap | None  # what the last linear layer gets
    is_flexible: bool  # whether other sides than SIDE_PX will do


class HeardError(Exception):
    """Ends a pass once everything asked for was heard; never leaves this module."""


@cache
def find(backbone: str) -> Taps:
    """Raises UnknownBackboneError for a network without maps."""
    network = backbones.outline(backbone)
    heard = _watch(network)
    maps = [tap for tap in heard if tap.layout != "input" and tap.side > 1]
    if not maps:
        raise backbones.UnknownBackboneError(f"No feature map was found in the network {backbone!r}; try vgg16.")
    trunk = max(maps, key=lambda tap: tap.place)
    return Taps(
        trunk=trunk,
        middle=_last_with_side(maps, [2 * trunk.side - 1, 2 * trunk.side]),
        texture=_texture(maps),
        subject=max((tap for tap in heard if tap.layout == "input"), key=lambda tap: tap.place, default=None),
        is_flexible=_takes(network, 2 * backbones.SIDE_PX),
    )


def extract(network: nn.Module, taps: Sequence[Tap], pictures: Tensor) -> dict[Tap, Tensor]:
    """One pass of (N, 3, H, W), no further than needed -> for each tap (N, C, H', W'), or (N, C) for an input.

    Not for several threads at a time on one network.
    """
    heard: dict[Tap, Tensor] = {}
    last = max(taps, key=lambda tap: tap.place)
    hooks = [_attach(network.get_submodule(tap.module), tap, heard, tap == last) for tap in set(taps)]
    try:
        network(pictures)
    except HeardError:
        pass
    finally:
        for hook in hooks:
            hook.remove()
    return heard


def _attach(module: nn.Module, tap: Tap, heard: dict[Tap, Tensor], is_last: bool) -> Any:
    calls = 0

    def hear(_: nn.Module, args: tuple[Tensor, ...], output: Tensor | None = None) -> None:
        nonlocal calls
        calls += 1
        if calls == tap.call + 1:
            heard[tap] = _shaped(args[0] if output is None else output, tap)
            if is_last:
                raise HeardError

    return module.register_forward_pre_hook(hear) if tap.layout == "input" else module.register_forward_hook(hear)


def _shaped(values: Tensor, tap: Tap) -> Tensor:
    if tap.layout == "input":
        return values
    if tap.layout == "channels last":
        values = values.permute(0, 3, 1, 2)
    elif tap.layout == "tokens":
        cells = values[:, values.shape[1] - tap.side**2 :]
        values = cells.transpose(1, 2).reshape(len(values), -1, tap.side, tap.side)
    return values.relu() if tap.is_rectified else values


def _watch(network: nn.Module) -> list[Tap]:
    """Everything that could be listened to, in the order of a pass."""
    found: list[Tap] = []
    calls: dict[tuple[str, bool], int] = {}
    place = 0

    def note(name: str, module: nn.Module, value: object, is_input: bool) -> None:
        nonlocal place
        place += 1
        call = calls[name, is_input] = calls.get((name, is_input), -1) + 1
        if isinstance(value, Tensor) and (shape := _shape(value, is_input)):
            rectified = not is_input and isinstance(_end(module), nn.BatchNorm2d)
            found.append(Tap(name, call, place, *shape, rectified))

    def after(name: str) -> Callable[..., None]:
        return lambda module, _, output: note(name, module, output, False)

    def before(name: str) -> Callable[..., None]:
        return lambda module, args: note(name, module, args[0], True)

    for name, module in network.named_modules():
        if isinstance(module, nn.Linear):
            module.register_forward_pre_hook(before(name))
        if name and not name.startswith(SCORES) and not isinstance(_end(module), POOLINGS):
            module.register_forward_hook(after(name))
    network(_nothing(backbones.SIDE_PX))
    return found


def _shape(value: Tensor, is_input: bool) -> tuple[Layout, int, int] | None:
    """Layout, channels and side of what a module takes or gives for one picture, None for what is no use."""
    sizes = value.shape
    if is_input:
        return ("input", sizes[1], 1) if value.ndim == 2 else None
    if value.ndim == 4 and sizes[2] == sizes[3]:
        return "map", sizes[1], sizes[2]
    if value.ndim == 4 and sizes[1] == sizes[2]:
        return "channels last", sizes[3], sizes[1]
    if value.ndim == 3 and sizes[1] - isqrt(sizes[1]) ** 2 in (0, 1):
        return "tokens", sizes[2], isqrt(sizes[1])
    return None


def _end(module: nn.Module) -> nn.Module:
    """The last layer of a chain of layers."""
    return _end(module[-1]) if isinstance(module, nn.Sequential) and len(module) else module


def _texture(maps: Iterable[Tap]) -> Tap | None:
    side = backbones.SIDE_PX / TEXTURE_STRIDE
    return _last_with_side(maps, range(ceil(TEXTURE_SIDES[0] * side), int(TEXTURE_SIDES[1] * side) + 1))


def _last_with_side(maps: Iterable[Tap], sides: Container[int]) -> Tap | None:
    """Return a stage's output rather than what layers within the next stage still make of it."""
    fitting = [tap for tap in maps if tap.side in sides]
    return max(fitting, key=lambda tap: (-tap.module.count("."), tap.place), default=None)


def _takes(network: nn.Module, side_px: int) -> bool:
    try:
        network(_nothing(side_px))
    except (RuntimeError, ValueError, AssertionError):
        return False
    return True


def _nothing(side_px: int) -> Tensor:
    return torch.empty(1, 3, side_px, side_px, device="meta")
