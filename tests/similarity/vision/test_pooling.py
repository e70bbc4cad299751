"""Every pooling gives rows of length 1 and follows its formula."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from similarity.vision.descriptors import pooling

NAMES = ["mean", "gem-1", "gem-3", "rmac-1", "rmac-3", "grid-1", "grid-3", "grid-4", "grid-7", "statistics"]


def maps(count: int = 2, channels: int = 5, height: int = 14, width: int = 14, seed: int = 1) -> Tensor:
    return torch.rand(count, channels, height, width, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "given",
    [
        maps(),
        maps(height=1, width=1),
        maps(height=3, width=8),
        maps() - 0.5,
        torch.zeros(1, 5, 14, 14),
        maps(channels=700, height=7, width=7),
        maps().bfloat16(),
        maps().permute(0, 3, 1, 2),
    ],
    ids=["usual", "one cell", "wide", "signed", "blank", "many channels", "16 bits", "channels last"],
)
def test_every_pooling_gives_rows_of_length_1_as_long_as_it_says(name: str, given: Tensor) -> None:
    pooled = pooling.named(name)

    rows = pooled.apply(given)

    assert rows.shape == (len(given), pooled.dimensions(given.shape[1]))
    assert rows.dtype == torch.float32
    assert rows.norm(dim=1).numpy() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", ["mean", "gem-3", "rmac-3", "grid-3", "grid-7", "statistics"])
def test_a_picture_is_pooled_alike_alone_and_in_a_batch(name: str) -> None:
    apply = pooling.named(name).apply

    together = apply(maps(3, channels=300))

    assert torch.allclose(together[1:2], apply(maps(3, channels=300)[1:2]), atol=1e-6)


@pytest.mark.parametrize("name", ["median", "gem", "gem-", "grid", "", "fc-3x"])
def test_an_unknown_pooling_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        pooling.named(name)


def test_gem_lies_between_the_mean_and_the_maximum() -> None:
    given = maps(height=4, width=4)

    as_mean, as_maximum = pooling.gem(given, p=1.0), pooling.gem(given, p=200.0)

    assert torch.allclose(as_mean, pooling.mean(given), atol=1e-4)
    assert torch.allclose(as_maximum, normalize(given.amax(dim=(2, 3)), dim=1), atol=2e-2)


def test_rmac_sums_the_maxima_of_one_two_and_three_regions_a_side() -> None:
    given = maps()

    regions = [given]
    regions += [given[:, :, y : y + 9, x : x + 9] for y in (0, 5) for x in (0, 5)]
    regions += [given[:, :, y : y + 7, x : x + 7] for y in (0, 3, 7) for x in (0, 3, 7)]
    expected = normalize(sum(normalize(region.amax(dim=(2, 3)), dim=1) for region in regions), dim=1)

    assert torch.allclose(pooling.rmac(given), expected, atol=1e-5)


def test_regions_of_a_wide_map_lie_beside_each_other() -> None:
    given = torch.zeros(1, 4, 6, 18)
    given[0, 0, 3, 1] = given[0, 1, 3, 16] = 1.0  # left and right ends
    given[0, 2:] = 0.5

    (row,) = pooling.rmac(given, scales=1)

    assert row[0] > 0.1
    assert row[1] > 0.1
    assert row[2] > max(row[0], row[1])


def test_a_grid_keeps_what_is_where() -> None:
    given = maps(count=1, channels=4, height=6, width=6)

    cells = pooling.grid(given, 3).reshape(3, 3, 4)

    expected = normalize(given[0, :, 2:4, 4:6].mean(dim=(1, 2)), dim=0) / 3
    assert torch.allclose(cells[1, 2], expected, atol=1e-5)


def test_too_many_channels_are_reduced_with_little_change_of_cosines() -> None:
    given = torch.randn(12, 1280, 6, 6, generator=torch.Generator().manual_seed(4)).relu() ** 3

    mixed = pooling.grid(given, 3)
    means = given.reshape(12, 1280, 3, 2, 3, 2).mean(dim=(3, 5)).permute(0, 2, 3, 1).reshape(12, 9, 1280)
    whole = normalize(normalize(means, dim=2).flatten(1), dim=1)

    assert mixed.shape == (12, 9 * 910)
    assert (mixed @ mixed.T - whole @ whole.T).abs().max() < 0.05


def test_statistics_are_means_and_deviations_wherever_they_come_from() -> None:
    given = maps(count=1, height=5, width=5)
    order = torch.randperm(25, generator=torch.Generator().manual_seed(2))
    shuffled = given.flatten(2)[:, :, order].reshape(given.shape)

    (row,) = pooling.statistics(given)

    values = given.double().flatten(2)[0].numpy()
    means, deviations = values.mean(axis=1), values.std(axis=1)
    expected = np.concatenate([means / np.linalg.norm(means), deviations / np.linalg.norm(deviations)]) / np.sqrt(2)
    assert row.numpy() == pytest.approx(expected, abs=1e-5)
    assert torch.allclose(pooling.statistics(shuffled)[0], row, atol=1e-5)


def test_windows_pool_the_whole_map_and_each_half_of_it_alike():
    maps = torch.rand(2, 8, 20, 15, generator=torch.Generator().manual_seed(1))

    rows = pooling.named("windows-3").apply(maps)

    parts = rows.reshape(2, 10, 8) * 10**0.5
    assert torch.allclose(rows.norm(dim=1), torch.ones(2), atol=1e-5)
    assert torch.allclose(parts[:, 0], pooling.gem(maps), atol=1e-5)
    assert torch.allclose(parts[:, 5], pooling.gem(maps[:, :, 5:15, 3:11]), atol=1e-5)
    assert torch.allclose(parts[:, 9], pooling.gem(maps[:, :, 10:, 7:]), atol=1e-5)
    assert pooling.named("windows-3").dimensions(8) == 80
