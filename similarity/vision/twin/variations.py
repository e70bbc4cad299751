"""Make pairs of a picture and its variation, a batch at a time, on the device that trains.

A base picture is a part of a stored picture, sometimes mirrored and recoloured, so that few pictures give many
different ones. The variation shows the base picture rotated, shifted, cropped, bordered, recoloured, blurred, written
over and recompressed. The strength of each alteration is sampled for each picture, and is often 0.
Positions are in half sides: -1..1 from edge to edge.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from similarity.vision.twin import recompression
from similarity.vision.twin.network import SIDE_PX

MOST_TURN_DEGREES = 12.0
MOST_SLANT = 0.06  # of a side, by which a corner moves
LEAST_AREA = 0.5  # share of the base picture that remains in a crop
MOST_BORDER = 0.45  # of a side, all around
MOST_STRETCH = 0.1  # of one side against the other
MOST_GAIN = 0.1  # of a colour channel
GAMMAS = (0.55, 1.8)
MOST_HUE_DEGREES = 35.0
MOST_NOISE = 0.06  # standard deviation, of full scale
MOST_BLUR_PX = 1.2  # standard deviation
KERNEL_PX = 7
LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


@dataclass(frozen=True)
class Lots:
    """Random numbers for a batch of N pictures, from one generator on the pictures' device."""

    count: int
    generator: torch.Generator

    def between(self, low: float, high: float, *shape: int) -> Tensor:
        """Return (N, *shape) uniform random numbers."""
        device = self.generator.device
        return low + (high - low) * torch.rand(self.count, *shape, generator=self.generator, device=device)

    def with_chance(self, chance: float, *shape: int) -> Tensor:
        """Return (N, *shape): 1.0 with this probability, else 0.0."""
        return (self.between(0, 1, *shape) < chance).float()

    def perhaps(self, low: float, high: float, *shape: int, chance: float = 0.45, neutral: float = 0.0) -> Tensor:
        """Return (N, *shape): for each picture with this probability uniform numbers, else the neutral number."""
        chosen = self.with_chance(chance).reshape(-1, *[1] * len(shape))
        return chosen * self.between(low, high, *shape) + (1 - chosen) * neutral


def pairs(stored: Tensor, aspects: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return base pictures and their variations, (N, 3, 108, 108) float32 in 0..1 each.

    `stored`: (N, 3, S, S) in 0..1. `aspects`: (N,) width / height.
    """
    lots = Lots(len(stored), generator)
    to_stored = base_places(lots)
    colours = base_colours(lots)
    base = recoloured(sampled(stored, to_stored, grid(stored)), colours)
    moved, inside = move(stored, to_stored, varied_places(lots, aspects), lots)
    moved = recoloured(moved, colours)
    ground = background(base, lots)
    varied = inside * lit(varied_colours(moved, lots), lots) + (1 - inside) * ground
    varied = noisy(blurred(written_over(varied, lots), lots), lots)
    is_compressed = lots.with_chance(0.4)[:, None, None, None]
    compressed = recompression.jpeg(varied, lots.between(8, 80))
    return base, (is_compressed * compressed + (1 - is_compressed) * varied).clamp(0, 1)


# --- places ---


def grid(like: Tensor) -> Tensor:
    """Return (1, 108 * 108, 3): x, y and 1 of each pixel's centre, row by row."""
    centres = (torch.arange(SIDE_PX, device=like.device) + 0.5) * (2 / SIDE_PX) - 1
    y, x = torch.meshgrid(centres, centres, indexing="ij")
    return torch.stack([x.flatten(), y.flatten(), torch.ones_like(x).flatten()], dim=1)[None]


def matrices(rows: list[list[Tensor]]) -> Tensor:
    """Return (N, 3, 3) from nine (N,) tensors, row by row."""
    return torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)


def placed(scale_x: Tensor, scale_y: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Return (N, 3, 3) matrices that scale, then shift, from (N,) numbers each."""
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    return matrices([[scale_x, zero, x], [zero, scale_y, y], [zero, zero, one]])


def base_places(lots: Lots) -> Tensor:
    """Return (N, 3, 3) maps from the base picture to the stored one: to all or a part of it, half of them mirrored."""
    side_x, side_y = lots.perhaps(0.6, 1.0, 2, chance=0.5, neutral=1.0).unbind(1)
    x, y = lots.between(-1, 1) * (1 - side_x), lots.between(-1, 1) * (1 - side_y)
    return placed(side_x * (1 - 2 * lots.with_chance(0.5)), side_y, x, y)


def varied_places(lots: Lots, aspects: Tensor) -> Tensor:
    """Return (N, 3, 3) homographies from the variation to the base picture."""
    crop = lots.perhaps(math.sqrt(LEAST_AREA), 1.0, neutral=1.0)
    border = lots.perhaps(1.0, 1 + 2 * MOST_BORDER, neutral=1.0)
    stretch = lots.perhaps(-MOST_STRETCH, MOST_STRETCH)
    scale_x, scale_y = crop * border * (1 + stretch), crop * border * (1 - stretch)
    x, y = (lots.between(-1, 1) * (1 - scale).abs() for scale in (scale_x, scale_y))
    turn = turned(lots.perhaps(-MOST_TURN_DEGREES, MOST_TURN_DEGREES), aspects)
    return placed(scale_x, scale_y, x, y) @ turn @ slanted(lots)


def turned(degrees: Tensor, aspects: Tensor) -> Tensor:
    """Return (N, 3, 3) rotations by (N,) degrees of pictures in their own shape, (N,) aspects, before the squash."""
    cosine, sine = torch.cos(torch.deg2rad(degrees)), torch.sin(torch.deg2rad(degrees))
    zero, one = torch.zeros_like(cosine), torch.ones_like(cosine)
    return matrices([[cosine, -sine / aspects, zero], [sine * aspects, cosine, zero], [zero, zero, one]])


def slanted(lots: Lots) -> Tensor:
    """Return (N, 3, 3) perspectives of photographs taken slightly from the side."""
    across, down = lots.perhaps(-MOST_SLANT, MOST_SLANT, 2).unbind(1)
    zero, one = torch.zeros_like(across), torch.ones_like(across)
    return matrices([[one, zero, zero], [zero, one, zero], [across, down, one]])


def sampled(stored: Tensor, places: Tensor, positions: Tensor) -> Tensor:
    """Return bilinear samples (N, 3, 108, 108) of stored pictures at positions (1, P, 3) mapped by places (N, 3, 3)."""
    moved = positions @ places.transpose(1, 2)
    xy = (moved[..., :2] / moved[..., 2:]).reshape(-1, SIDE_PX, SIDE_PX, 2)
    return functional.grid_sample(stored, xy, padding_mode="border", align_corners=False)


def move(stored: Tensor, to_stored: Tensor, to_base: Tensor, lots: Lots) -> tuple[Tensor, Tensor]:
    """Return the moved base pictures (N, 3, 108, 108), and 1 where they show the base picture, else 0: (N, 1, ...)."""
    positions = grid(stored)
    in_base = positions @ to_base.transpose(1, 2)
    xy = in_base[..., :2] / in_base[..., 2:]
    inside = (xy.abs().amax(dim=2) <= 1).float().reshape(-1, 1, SIDE_PX, SIDE_PX)
    return sampled(stored, to_stored @ to_base, positions), inside


def background(base: Tensor, lots: Lots) -> Tensor:
    """Return (N, 3, 108, 108): plain white, a dark colour, any colour, or another picture of the batch."""
    shade = lots.between(0, 1)[:, None]
    colour = lots.between(0, 1, 3)
    colour = torch.where(shade < 0.4, torch.ones_like(colour), torch.where(shade < 0.6, 0.15 * colour, colour))
    plain = colour[:, :, None, None].expand_as(base)
    return torch.where(lots.with_chance(0.15)[:, None, None, None] > 0, base.roll(1, dims=0), plain)


# --- colours ---


def base_colours(lots: Lots) -> Tensor:
    """Return (N, 3, 3) matrices on RGB: the identity, or an exchange of channels, so that colours of a motif vary."""
    order = lots.between(0, 1, 3).argsort(dim=1)
    exchanged = functional.one_hot(order, 3).float()
    keep = lots.with_chance(0.6)[:, None, None]
    return keep * torch.eye(3, device=order.device) + (1 - keep) * exchanged


def recoloured(pictures: Tensor, colours: Tensor) -> Tensor:
    return torch.einsum("nij,njhw->nihw", colours, pictures)


def varied_colours(pictures: Tensor, lots: Lots) -> Tensor:
    """Change hue, saturation (to grey in one of ten pictures), the gain of each channel, and gamma."""
    grey = lots.with_chance(0.1)
    saturation = (1 - grey) * lots.perhaps(0.5, 1.3, neutral=1.0)
    colours = hue_matrices(lots.perhaps(-MOST_HUE_DEGREES, MOST_HUE_DEGREES), saturation)
    gains = lots.perhaps(1 - MOST_GAIN, 1 + MOST_GAIN, 3, neutral=1.0)[:, :, None, None]
    low, high = (math.log(gamma) for gamma in GAMMAS)
    gamma = lots.perhaps(low, high).exp()[:, None, None, None]
    return (recoloured(pictures, colours) * gains).clamp(1e-4, 1) ** gamma


def hue_matrices(degrees: Tensor, saturation: Tensor) -> Tensor:
    """Return (N, 3, 3) matrices on RGB: keep luma, rotate chroma by (N,) degrees and scale it by (N,) saturation."""
    luma = torch.tensor(LUMA, device=degrees.device).expand(3, 3)
    axis = torch.tensor([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]], device=degrees.device) / math.sqrt(3)
    radians = torch.deg2rad(degrees)[:, None, None]
    turn = torch.cos(radians) * torch.eye(3, device=degrees.device) + torch.sin(radians) * axis
    turn = turn + (1 - torch.cos(radians)) / 3
    return luma + saturation[:, None, None] * (turn - luma @ turn)


def lit(pictures: Tensor, lots: Lots) -> Tensor:
    """Apply light that falls off towards one side."""
    x, y = (position.reshape(1, 1, SIDE_PX, SIDE_PX) for position in grid(pictures)[0, :, :2].unbind(1))
    across, down = lots.perhaps(-0.12, 0.12, 2)[:, :, None, None, None].unbind(1)
    return pictures * (1 + across * x + down * y)


# --- text, blur and noise ---


def written_over(pictures: Tensor, lots: Lots) -> Tensor:
    """Draw a bar with pale or dark marks like letters at a random place, in one picture of five."""
    x, y = (position.reshape(1, 1, SIDE_PX, SIDE_PX) for position in grid(pictures)[0, :, :2].unbind(1))
    high, wide = lots.between(0.05, 0.16), torch.maximum(lots.between(0.2, 1.6), lots.with_chance(0.5) * 4)
    centre_x, centre_y = (each[:, None, None, None] for each in lots.between(-1, 1, 2).unbind(1))
    high, wide = high[:, None, None, None], wide[:, None, None, None]
    chosen = lots.with_chance(0.2)[:, None, None, None]
    bar = chosen * ((x - centre_x).abs() < wide) * ((y - centre_y).abs() < high)
    stripes = lots.with_chance(0.5, 1, 1, SIDE_PX // 2).repeat_interleave(2, dim=3)
    letters = bar * stripes * ((y - centre_y).abs() < 0.6 * high)
    ground = lots.with_chance(0.5)[:, None, None, None]
    return pictures * (1 - bar) + bar * ground + letters * (1 - 2 * ground)


def blurred(pictures: Tensor, lots: Lots) -> Tensor:
    """Apply a Gaussian blur with a different kernel for each picture."""
    deviation_px = lots.perhaps(0.3, MOST_BLUR_PX, neutral=0.05)
    offsets = torch.arange(KERNEL_PX, device=pictures.device) - KERNEL_PX // 2
    kernels = torch.softmax(-(offsets**2) / (2 * deviation_px[:, None] ** 2), dim=1)  # (N, K)
    kernels = kernels.repeat_interleave(3, dim=0)
    planes = functional.pad(pictures.flatten(0, 1)[None], [KERNEL_PX // 2] * 4, mode="replicate")
    planes = functional.conv2d(planes, kernels[:, None, :, None], groups=len(kernels))
    planes = functional.conv2d(planes, kernels[:, None, None, :], groups=len(kernels))
    return planes[0].reshape(pictures.shape)


def noisy(pictures: Tensor, lots: Lots) -> Tensor:
    deviation = lots.perhaps(0, MOST_NOISE)[:, None, None, None]
    noise = torch.randn(pictures.shape, generator=lots.generator, device=pictures.device)
    return pictures + deviation * noise
