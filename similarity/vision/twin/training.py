"""Train a twin network on pairs of a picture and its variation. Training can be stopped and resumed at any step."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from similarity.vision.twin import variations
from similarity.vision.twin.bundle import Bundle
from similarity.vision.twin.losses import LOSSES
from similarity.vision.twin.network import TwinNetwork

Report = Callable[[str], None]

WARM_UP_SHARE = 0.05  # of all steps
WEIGHT_DECAY = 0.01
MOST_GRADIENT = 1.0  # norm
REPORTS = 10  # during one training
KEEP_EVERY_S = 30.0


@dataclass(frozen=True)
class Plan:
    """The parameters of a training. With the same pictures, equal plans train on the same batches."""

    loss: str
    steps: int
    pairs: int = 512  # in one step
    peak_rate: float = 2e-3
    seed: int = 48


@dataclass
class Training:
    """The state of a training in progress, as a checkpoint stores it."""

    plan: Plan
    network: TwinNetwork
    optimizer: torch.optim.Optimizer
    step: int = 0

    @classmethod
    def begin(cls, plan: Plan, network: TwinNetwork) -> "Training":
        """Start from the network's present weights. Call `resume` to continue from a checkpoint."""
        optimizer = torch.optim.AdamW(network.parameters(), plan.peak_rate, weight_decay=WEIGHT_DECAY)
        return cls(plan, network, optimizer)

    def save(self, path: Path) -> None:
        """Write a checkpoint atomically."""
        unfinished = path.with_suffix(".part")
        state = {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}
        torch.save({"plan": asdict(self.plan), "step": self.step, **state}, unfinished)
        unfinished.replace(path)

    def resume(self, path: Path) -> bool:
        """Continue from a checkpoint of the same plan. Return False if there is none."""
        if not path.exists():
            return False
        state = torch.load(path, map_location=next(self.network.parameters()).device, weights_only=True)
        if state["plan"] != asdict(self.plan):
            return False
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]
        return True


def steps_planned(checkpoint: Path) -> int:
    """Return the number of steps of the plan in a checkpoint; 0 if there is no checkpoint."""
    return (
        int(torch.load(checkpoint, map_location="cpu", weights_only=True)["plan"]["steps"])
        if checkpoint.exists()
        else 0
    )


@dataclass(frozen=True)
class Stored:
    """N pictures on the device that trains."""

    pictures: Tensor  # (N, 3, S, S) uint8
    aspects: Tensor  # (N,)
    works: NDArray[np.intp]
    series: NDArray[np.intp]

    @classmethod
    def of(cls, bundle: Bundle, device: torch.device) -> "Stored":
        pictures = torch.from_numpy(bundle.pictures).permute(0, 3, 1, 2).contiguous().to(device)
        return cls(pictures, torch.from_numpy(bundle.aspects).to(device), bundle.works, bundle.series)


def train(training: Training, stored: Stored, report: Report, checkpoint: Path | None = None) -> None:
    """Run the remaining steps of a training. Write the checkpoint every KEEP_EVERY_S seconds and at the end."""
    plan, begin, first_step, kept = training.plan, time.perf_counter(), training.step, time.perf_counter()
    training.network.train()
    while training.step < plan.steps:
        loss, equal = one_step(training, stored)
        training.step += 1
        if training.step % max(1, plan.steps // REPORTS) == 0:
            rate = (training.step - first_step) * plan.pairs / (time.perf_counter() - begin)
            report(
                f"{plan.loss}: step {training.step:,} of {plan.steps:,}, loss {loss.item():.4f},"
                f" {100 * equal.item():.1f} % of variations equal, {rate:,.0f} pairs/s"
            )
        if checkpoint and (time.perf_counter() - kept > KEEP_EVERY_S or training.step == plan.steps):
            training.save(checkpoint)
            kept = time.perf_counter()
    training.network.eval()


def one_step(training: Training, stored: Stored) -> tuple[Tensor, Tensor]:
    """Train one step. Return the loss, and the share of variations whose 48 bits equal those of their picture."""
    plan, device = training.plan, stored.pictures.device
    chosen = choose(stored.works, stored.series, plan, training.step)
    generator = torch.Generator(device).manual_seed(plan.seed * 1_000_003 + training.step)
    with torch.no_grad():
        places = torch.from_numpy(chosen).to(device)
        pictures = stored.pictures[places].float() / 255
        both = torch.cat(variations.pairs(pictures, stored.aspects[places], generator))
        both = both.contiguous(memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        logits = training.network(both)
    base, varied = logits.float().chunk(2)
    works = torch.from_numpy(stored.works[chosen]).to(device)
    loss = LOSSES[plan.loss](base, varied, works[:, None] == works)
    for group in training.optimizer.param_groups:
        group["lr"] = learning_rate(plan, training.step)
    training.optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(training.network.parameters(), MOST_GRADIENT)
    training.optimizer.step()
    return loss.detach(), ((base > 0) == (varied > 0)).all(dim=1).float().mean()


def choose(works: NDArray[np.intp], series: NDArray[np.intp], plan: Plan, step: int) -> NDArray[np.intp]:
    """Return the indices of a step's pictures: half from whole series, which look alike, half from all.

    The sample depends on the plan's seed and the number of the step.
    """
    lots = np.random.default_rng([plan.seed, step])
    order = lots.permutation(len(works))
    by_series = order[np.argsort(lots.permutation(series.max() + 1)[series[order]], kind="stable")]
    start = int(lots.integers(len(works)))
    alike = np.roll(by_series, -start)[: plan.pairs // 2]
    rest = order[~np.isin(order, alike)]
    return np.concatenate([alike, rest])[: plan.pairs]


def learning_rate(plan: Plan, step: int) -> float:
    """Return the rate of a step: it rises linearly to the peak, then falls to 0 as half a cosine."""
    warm_up = max(1, round(WARM_UP_SHARE * plan.steps))
    if step < warm_up:
        return plan.peak_rate * (step + 1) / warm_up
    return plan.peak_rate * (1 + math.cos(math.pi * (step - warm_up) / max(1, plan.steps - warm_up))) / 2
