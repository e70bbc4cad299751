"""What a twin network is trained to: bits that a picture's variations share and that other pictures do not.

Each loss takes the logits (N, 48) of N pictures and of their variations, and (N, N) bool, true where two pictures are
of one work. Pairs of different pictures of one work count neither as look-alikes nor as others.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]

TEMPERATURE = 0.1
AGREEMENT = 0.8  # product of the tanh of a bit and of its variation beyond which nothing more is asked
MOST_LIKENESS = 0.25  # mean product of the bits of others: 1 is equal, 0 is half of the bits
FIRM = 4.0  # weight of agreement against all else, where equal strings count most
WEIGHT_BALANCE = 1.0
WEIGHT_INDEPENDENCE = 1.0
TINY = 1e-4


def mean_distance(base: Tensor, varied: Tensor, same_work: Tensor) -> Tensor:
    """L = s (1 - log MAE(a, b)) + (1 - s) MAE(a, b), with s = 0 for look-alikes and 1 for others, on sigmoids."""
    a, b = base.sigmoid(), varied.sigmoid()
    apart = torch.cdist(a, b, p=1) / a.shape[1]
    return apart.diagonal().mean() + (1 - apart.clamp(min=TINY).log())[~same_work].mean()


def contrast(base: Tensor, varied: Tensor, same_work: Tensor, firmness: float = 1.0) -> Tensor:
    """InfoNCE (van den Oord et al. 2018) on bits in -1..1, with bits that agree, are balanced and are independent."""
    a, b = base.tanh(), varied.tanh()
    likeness = a @ b.T / (a.shape[1] * TEMPERATURE)
    hidden = same_work & ~torch.eye(len(a), dtype=torch.bool, device=a.device)
    likeness = likeness.masked_fill(hidden, -torch.inf)
    own = torch.arange(len(a), device=a.device)
    both_ways = functional.cross_entropy(likeness, own) + functional.cross_entropy(likeness.T, own)
    return both_ways / 2 + firmness * disagreement(a, b) + code(torch.cat([a, b]))


def margin(base: Tensor, varied: Tensor, same_work: Tensor) -> Tensor:
    """Hinges on both kinds of pairs: each bit of look-alikes agrees by a margin, others keep a distance."""
    a, b = base.tanh(), varied.tanh()
    likeness = a @ b.T / a.shape[1]
    too_like = functional.relu(likeness - MOST_LIKENESS).masked_fill(same_work, 0)
    # The sum over others, not the mean: few pairs are too like, and they are all that matters.
    return disagreement(a, b) + too_like.square().sum(dim=1).mean() + code(torch.cat([a, b]))


def disagreement(a: Tensor, b: Tensor) -> Tensor:
    """0 where every bit agrees, and is sure of itself by AGREEMENT."""
    return functional.relu(AGREEMENT - a * b).mean()


def code(bits: Tensor) -> Tensor:
    """0 for bits (M, 48) in -1..1 that are 1 half the time and uncorrelated."""
    centred = bits - bits.mean(dim=0)
    deviation = (centred.square().mean(dim=0) + TINY).sqrt()  # TINY under the root: its slope at 0 is infinite
    correlation = centred.T @ centred / (len(bits) * deviation[:, None] * deviation)
    off = correlation - torch.diag(correlation.diagonal())
    balance = bits.mean(dim=0).square().mean()
    return WEIGHT_BALANCE * balance + WEIGHT_INDEPENDENCE * off.square().sum() / len(correlation)


LOSSES: dict[str, Loss] = {
    "mean-distance": mean_distance,
    "contrast": contrast,
    "contrast-firm": partial(contrast, firmness=FIRM),
    "margin": margin,
}
