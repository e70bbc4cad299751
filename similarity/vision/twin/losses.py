"""Losses of a twin network. A picture's variations should share its bits, and other pictures should not.

Each loss takes the logits (N, 48) of N pictures, the logits (N, 48) of their variations, and (N, N) bool, True where
two pictures are of one work. It returns a scalar. A positive pair is a picture and its variation, a negative pair is
of different works. Pairs of different pictures of one work are neither.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]

TEMPERATURE = 0.1
AGREEMENT = 0.8  # product of the tanh of a bit and of its variation from which the loss of that bit is 0
MOST_LIKENESS = 0.25  # mean product of the bits of a negative pair; 1: all bits agree, 0: half of them
FIRM = 4.0  # weight of agreement relative to the other terms, for a loss that favours equal strings
WEIGHT_BALANCE = 1.0
WEIGHT_INDEPENDENCE = 1.0
TINY = 1e-4


def mean_distance(base: Tensor, varied: Tensor, same_work: Tensor) -> Tensor:
    """Return s (1 - log MAE(a, b)) + (1 - s) MAE(a, b) of sigmoids: s is 0 for positive pairs, 1 for negative ones."""
    a, b = base.sigmoid(), varied.sigmoid()
    apart = torch.cdist(a, b, p=1) / a.shape[1]
    return apart.diagonal().mean() + (1 - apart.clamp(min=TINY).log())[~same_work].mean()


def contrast(base: Tensor, varied: Tensor, same_work: Tensor, firmness: float = 1.0) -> Tensor:
    """Return InfoNCE (van den Oord et al. 2018) of bits in -1..1 plus terms for agreement, balance, independence."""
    a, b = base.tanh(), varied.tanh()
    likeness = a @ b.T / (a.shape[1] * TEMPERATURE)
    hidden = same_work & ~torch.eye(len(a), dtype=torch.bool, device=a.device)
    likeness = likeness.masked_fill(hidden, -torch.inf)
    own = torch.arange(len(a), device=a.device)
    both_ways = functional.cross_entropy(likeness, own) + functional.cross_entropy(likeness.T, own)
    return both_ways / 2 + firmness * disagreement(a, b) + code(torch.cat([a, b]))


def margin(base: Tensor, varied: Tensor, same_work: Tensor) -> Tensor:
    """Return hinge losses: each bit of a positive pair must agree by a margin, and negative pairs must differ."""
    a, b = base.tanh(), varied.tanh()
    likeness = a @ b.T / a.shape[1]
    too_like = functional.relu(likeness - MOST_LIKENESS).masked_fill(same_work, 0)
    # The sum over negative pairs, not the mean: only the few pairs that are too similar contribute.
    return disagreement(a, b) + too_like.square().sum(dim=1).mean() + code(torch.cat([a, b]))


def disagreement(a: Tensor, b: Tensor) -> Tensor:
    """Return the mean hinge of the products of bits (N, 48) in -1..1: 0 if all products are AGREEMENT or more."""
    return functional.relu(AGREEMENT - a * b).mean()


def code(bits: Tensor) -> Tensor:
    """Return a penalty for bits (M, 48) in -1..1: 0 if each is positive half the time and no two correlate."""
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
