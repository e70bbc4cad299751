"""Compare losses, train further with the best one, and measure all of them on held-out pictures."""

import json
import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from similarity.vision.copies.copy_alterations import ALTERATIONS
from similarity.vision.twin import altered_uploads, bundle, hashing, scoring
from similarity.vision.twin.bundle import Bundle
from similarity.vision.twin.network import TwinNetwork, save_half
from similarity.vision.twin.scoring import Scores
from similarity.vision.twin.training import Plan, Report, Stored, Training, one_step, steps_planned, train

AT_ONCE = 256  # pictures hashed together where losses are compared
TIMED_STEPS, UNTIMED_STEPS = 10, 3
FINAL = "final"
PHASH = "perceptual hash, 64 bits"


@dataclass(frozen=True)
class Options:
    out: Path  # for weights and results
    state: Path  # for checkpoints
    losses: Sequence[str]
    seconds_each: float  # of training, for each loss
    seconds_final: float  # of further training, for the best
    steps: int | None = None  # for each and for the final training, in place of seconds
    pairs: int = 512
    peak_rate: float = 2e-3
    seed: int = 48


class Trial:
    """Altered held-out pictures, and the originals of all pictures, which every network hashes in the same way."""

    def __init__(self, pictures: Bundle) -> None:
        whole = [bundle.restored(*each) for each in zip(pictures.pictures, pictures.aspects.tolist(), strict=True)]
        self.works = pictures.works
        held_out = np.flatnonzero(pictures.is_held_out)
        self.own = held_out[np.unique(self.works[held_out], return_index=True)[1]]  # one picture of each work
        self.originals = altered_uploads.see(whole, [altered_uploads.UNALTERED])[altered_uploads.UNALTERED]
        self.altered = altered_uploads.see([whole[place] for place in self.own], list(ALTERATIONS))

    def perceptual(self) -> Scores:
        altered = {name: seen.phashes for name, seen in self.altered.items()}
        return scoring.score(self.originals.phashes, self.works, altered, self.own)

    def twin(self, network: TwinNetwork, at_once: int) -> tuple[Scores, scoring.BitQuality]:
        originals = hashing.hashes(network, self.originals.squares, at_once)
        altered = {name: hashing.hashes(network, seen.squares, at_once) for name, seen in self.altered.items()}
        quality = scoring.bit_quality(hashing.unpack(originals[self.own]))
        return scoring.score(originals, self.works, altered, self.own), quality


def run(pictures: Bundle, options: Options, report: Report) -> dict[str, Any]:
    """Return the results. After every part they are also written to `results.json`."""
    options.out.mkdir(parents=True, exist_ok=True)
    options.state.mkdir(parents=True, exist_ok=True)
    trial = Trial(pictures)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    stored = Stored.of(pictures.part(~pictures.is_held_out), device)
    report(f"{len(stored.works):,} pictures to train on, {len(trial.own):,} held out, {device.type}")
    results: dict[str, Any] = {"device": device_name(device), "torch": torch.__version__, "seed": options.seed}
    results[PHASH] = {"scores": asdict(trial.perceptual())}
    trained = {}
    for loss in options.losses:
        trained[loss] = part(loss, loss, fresh(options.seed, device), stored, trial, options, results, report)
    best = max(options.losses, key=lambda loss: quality_of(results[loss]["scores"]))
    report(f"{best} is the best loss so far")
    final = deepcopy(trained[best])
    part(FINAL, best, final, stored, trial, options, results, report)
    return results


def part(
    name: str, loss: str, network: TwinNetwork, stored: Stored, trial: Trial, options: Options,
    results: dict[str, Any], report: Report,
) -> TwinNetwork:  # fmt: skip
    """Train a network and measure it. Write its weights and the results."""
    begin = time.perf_counter()
    plan = Plan(loss, 1, options.pairs, options.peak_rate, options.seed + (name == FINAL))
    seconds = options.seconds_final if name == FINAL else options.seconds_each
    checkpoint = options.state / f"{name}.pt"
    steps = options.steps or steps_planned(checkpoint) or steps_within(seconds, plan, network, stored)
    training = Training.begin(replace(plan, steps=steps), network)
    if training.resume(checkpoint):
        report(f"{name}: continues at step {training.step:,} of {steps:,}")
    train(training, stored, report, checkpoint)
    halved = rounded_to_half(network)
    scores, quality = trial.twin(halved, AT_ONCE)
    save_half(halved, options.out / f"twin_{name}.safetensors")
    seconds = time.perf_counter() - begin
    results[name] = {
        "plan": asdict(training.plan),
        "seconds": seconds,
        "scores": asdict(scores),
        "bits": asdict(quality),
    }
    (options.out / "results.json").write_text(json.dumps(results, indent=1))
    report(f"{name}: {summary(results[name])}, {seconds:.0f} s")
    return network


def fresh(seed: int, device: torch.device) -> TwinNetwork:
    torch.manual_seed(seed)
    return TwinNetwork().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def steps_within(seconds: float, plan: Plan, network: TwinNetwork, stored: Stored) -> int:
    """Return how many steps fit into the time, estimated from a few steps of a copy."""
    training = Training.begin(plan, deepcopy(network).train())
    begin = time.perf_counter()
    for step in range(UNTIMED_STEPS + TIMED_STEPS):
        if step == UNTIMED_STEPS:
            begin = time.perf_counter()
        one_step(training, stored)[0].item()  # waits until the device is done
    return max(1, round(seconds * TIMED_STEPS / (time.perf_counter() - begin)))


def rounded_to_half(network: TwinNetwork) -> TwinNetwork:
    """Return a copy whose kernels are rounded to float16, as they are stored."""
    halved = deepcopy(network).eval()
    for parameter in halved.parameters():
        if parameter.ndim > 1:
            parameter.data = parameter.data.half().float()
    return halved


def device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"


def quality_of(scores: dict[str, Any]) -> float:
    """Return the quality by which losses are compared: the mean share of equal strings plus that of near strings.

    It is 0 if too many strings of different works are equal, because then every threshold admits too many false pairs.
    """
    if scores["threshold_bits"] < 0:
        return 0.0
    return mean(scores, "equal") + mean(scores, "recall")


def mean(scores: dict[str, Any], what: str) -> float:
    return float(np.mean([score[what] for score in scores["alterations"].values()]))


def summary(result: dict[str, Any]) -> str:
    scores = result["scores"]
    return (
        f"{100 * mean(scores, 'equal'):.1f} % equal, {100 * mean(scores, 'recall'):.1f} % within"
        f" {scores['threshold_bits']} bits"
    )


def table(results: dict[str, Any]) -> str:
    """Return a table with a line for each alteration: per cent equal and within the threshold, for every hash."""
    columns = [name for name, result in results.items() if isinstance(result, dict)]
    lines = [" " * 16 + "".join(f"{name[:15]:>17}" for name in columns)]
    for alteration in ALTERATIONS:
        found = [results[name]["scores"]["alterations"][alteration] for name in columns]
        lines.append(f"{alteration:16}" + "".join(f"{100 * s['equal']:9.1f}{100 * s['recall']:8.1f}" for s in found))
    scores = [results[name]["scores"] for name in columns]
    lines.append(
        f"{'mean':16}" + "".join(f"{100 * mean(s, 'equal'):9.1f}{100 * mean(s, 'recall'):8.1f}" for s in scores)
    )
    lines.append(f"{'threshold, bits':16}" + "".join(f"{s['threshold_bits']:17}" for s in scores))
    lines.append(f"{'false pairs/1000':16}" + "".join(f"{s['false_pairs_per_1000']:17.2f}" for s in scores))
    for what in ("largest_correlation", "mean_correlation"):
        values = [results[name].get("bits", {}).get(what, np.nan) for name in columns]
        lines += [f"{what[:16]:16}" + "".join(f"{value:17.3f}" for value in values)]
    return "\n".join(lines)
