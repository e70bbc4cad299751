"""Variations, losses and training of the twin value's network."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from similarity.vision.twin import losses, recompression, training, variations
from similarity.vision.twin.bundle import Bundle, Entry
from similarity.vision.twin.network import TwinNetwork

SMALL = (4, 4, 4)
PLAN = training.Plan("contrast", steps=4, pairs=6)


def painted(count: int) -> Bundle:
    """Patches of colour; works of two pictures each, series of two works."""
    lots = np.random.default_rng(3)
    patches = lots.integers(0, 256, (count, 9, 9, 3), dtype=np.uint8)
    entries = [Entry(f"{n}.jpg", "", f"work {n // 2}", f"series {n // 4}", "train", 1.5) for n in range(count)]
    return Bundle(tuple(entries), patches.repeat(16, axis=1).repeat(16, axis=2))


def stored() -> training.Stored:
    return training.Stored.of(painted(12), torch.device("cpu"))


def fresh(plan: training.Plan = PLAN) -> training.Training:
    torch.manual_seed(2)
    return training.Training.begin(plan, TwinNetwork(SMALL))


def say_nothing(line: str) -> None:
    """Discard a line of progress."""


def weights(done: training.Training) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in done.network.parameters()])


def pairs(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    pictures = stored().pictures.float() / 255
    return variations.pairs(pictures, stored().aspects, torch.Generator().manual_seed(seed))


def test_variations_are_pictures_and_depend_on_the_seed_alone() -> None:
    base, varied = pairs(1)

    assert base.shape == varied.shape == (12, 3, 108, 108)
    assert min(base.min(), varied.min()) >= 0
    assert max(base.max(), varied.max()) <= 1
    assert not torch.equal(base, varied)
    assert all(torch.equal(*both) for both in zip((base, varied), pairs(1), strict=True))
    assert not torch.equal(varied, pairs(2)[1])


def test_a_turn_keeps_the_shape_of_the_picture_before_it_was_squashed() -> None:
    (turn,) = variations.turned(torch.tensor([90.0]), torch.tensor([2.0]))

    # A quarter turn moves the right edge of a picture twice as wide as high far below its lower edge.
    assert torch.allclose(turn @ torch.tensor([1.0, 0.0, 1.0]), torch.tensor([0.0, 2.0, 1.0]), atol=1e-6)


def test_hue_turns_keep_greys_and_whole_turns_keep_colours() -> None:
    turns = variations.hue_matrices(torch.tensor([35.0, 360.0]), torch.ones(2))

    assert torch.allclose(turns[0] @ torch.full((3,), 0.4), torch.full((3,), 0.4), atol=1e-6)
    assert torch.allclose(turns[1], torch.eye(3), atol=1e-5)


def test_recompression_loses_more_at_lower_quality() -> None:
    pictures = torch.rand(1, 3, 108, 108, generator=torch.Generator().manual_seed(1)).expand(3, -1, -1, -1)

    lost = (recompression.jpeg(pictures, torch.tensor([100.0, 60.0, 10.0])) - pictures).abs().mean(dim=(1, 2, 3))

    assert lost[0] < 0.01 < lost[1] < lost[2]


@pytest.mark.parametrize("name", losses.LOSSES)
def test_a_loss_prefers_equal_copies_and_different_others(name: str) -> None:
    lots = torch.Generator().manual_seed(4)
    codes = 3 * torch.randn(16, 48, generator=lots).sign()
    same = torch.eye(16, dtype=torch.bool)
    loss = losses.LOSSES[name]

    good = loss(codes, codes, same)

    assert good < loss(codes, codes.roll(1, dims=0), same)
    assert good < loss(codes[:1].expand(16, -1), codes[:1].expand(16, -1), same)


@pytest.mark.parametrize("name", losses.LOSSES)
def test_a_loss_has_a_slope_where_all_pictures_are_alike(name: str) -> None:
    logits = torch.ones(4, 48, requires_grad=True)

    losses.LOSSES[name](logits, logits, torch.eye(4, dtype=torch.bool)).backward()

    assert logits.grad is not None
    assert logits.grad.isfinite().all()


def test_a_stopped_training_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    unbroken, stopped, continued = fresh(), fresh(), fresh()
    training.train(unbroken, stored(), say_nothing)
    stopped.plan = PLAN
    for _ in range(2):
        stopped.network.train()
        training.one_step(stopped, stored())
        stopped.step += 1
    stopped.save(tmp_path / "half.pt")

    assert continued.resume(tmp_path / "half.pt")
    assert training.steps_planned(tmp_path / "half.pt") == PLAN.steps
    training.train(continued, stored(), say_nothing)

    assert torch.equal(weights(continued), weights(unbroken))


def test_a_checkpoint_of_another_plan_is_not_taken(tmp_path: Path) -> None:
    fresh().save(tmp_path / "one.pt")

    assert not fresh(replace(PLAN, seed=7)).resume(tmp_path / "one.pt")
    assert not fresh().resume(tmp_path / "none.pt")


def test_a_step_draws_different_pictures_and_whole_series() -> None:
    works, series = np.arange(100), np.arange(100) // 10
    plan = training.Plan("contrast", steps=1, pairs=40)

    chosen = training.choose(works, series, plan, 0)

    assert len(set(chosen.tolist())) == 40
    assert len(set(series[chosen[:20]].tolist())) <= 3
    assert not np.array_equal(chosen, training.choose(works, series, plan, 1))
