"""The twin value: 48 bits of a picture, written as 12 hex digits."""

import io
import itertools
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from similarity.vision.copies import copy_alterations
from similarity.vision.twin import hashing, network, weights_file
from tests import factories

SMALL = (4, 4, 4)


@pytest.fixture(scope="module")
def small() -> network.TwinNetwork:
    torch.manual_seed(1)
    return network.TwinNetwork(SMALL).eval()


def pictures(count: int) -> list[hashing.Pixels]:
    """Noise in patches, each picture of its own size."""
    lots = np.random.default_rng(5)
    patches = [lots.integers(0, 256, (6, 8, 3), dtype=np.uint8) for _ in range(count)]
    return [patch.repeat(20 + place, axis=0).repeat(25, axis=1) for place, patch in enumerate(patches)]


def test_the_network_has_the_size_that_it_states() -> None:
    whole = network.TwinNetwork()

    logits = whole.eval()(torch.rand(2, 3, 108, 108))

    assert logits.shape == (2, 48)
    assert sum(parameter.numel() for parameter in whole.parameters()) == 2_092_336
    assert sum(isinstance(layer, torch.nn.Conv2d) for layer in whole.features) == 9


def test_a_value_is_twelve_hex_digits(small: network.TwinNetwork) -> None:
    values = hashing.twin_values(small, pictures(5))

    assert all(re.fullmatch("[0-9a-f]{12}", value) for value in values)
    assert len(set(values)) > 1


def test_a_picture_has_the_same_value_alone_and_in_a_batch(small: network.TwinNetwork) -> None:
    many = pictures(7)

    alone = [value for picture in many for value in hashing.twin_values(small, [picture])]

    assert hashing.twin_values(small, many) == alone
    assert hashing.twin_values(small, []) == []


def test_the_network_does_not_see_plain_borders() -> None:
    (picture,) = pictures(1)
    bordered = np.pad(picture, ((20, 20), (30, 30), (0, 0)), constant_values=255)

    apart = np.abs(hashing.square(bordered).astype(int) - hashing.square(picture))

    assert apart.mean() < 5  # a line at each edge may be cut with the border


def test_bits_are_packed_in_the_order_of_the_logits() -> None:
    logits = np.full((2, 48), -1, dtype=np.float32)
    logits[0, 0] = logits[1, 47] = 0.5

    packed = hashing.pack(logits)

    assert [hashing.as_hex(value) for value in packed.tolist()] == ["800000000000", "000000000001"]
    assert np.array_equal(hashing.unpack(packed), logits > 0)


@pytest.mark.parametrize("value", [-1, 1 << 48])
def test_a_number_of_more_than_48_bits_is_no_value(value: int) -> None:
    with pytest.raises(ValueError, match="48 bits"):
        hashing.as_hex(value)


def test_weights_in_half_precision_come_back(tmp_path: Path, small: network.TwinNetwork) -> None:
    network.save_half(small, tmp_path / "weights.safetensors")

    loaded = network.load(tmp_path / "weights.safetensors", SMALL)

    seen = torch.rand(1, 3, 108, 108)
    with torch.inference_mode():
        assert torch.allclose(loaded(seen), small(seen), atol=0.02)
    assert not loaded.training


@pytest.fixture(scope="module")
def shipped() -> network.TwinNetwork:
    return network.load(weights_file.SHIPPED)


def bits_apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_the_shipped_network_tells_recompressed_copies_from_other_pictures(shipped: network.TwinNetwork) -> None:
    originals = [np.asarray(motif) for motif in motifs(12)]
    copies = [np.asarray(copy_alterations.alter(Image.fromarray(picture), "jpeg-30", 1)) for picture in originals]

    values, of_copies = hashing.twin_values(shipped, originals), hashing.twin_values(shipped, copies)

    assert max(bits_apart(*pair) for pair in zip(values, of_copies, strict=True)) <= 5
    assert min(bits_apart(*pair) for pair in itertools.combinations(values, 2)) > 5


def motifs(count: int) -> list[Image.Image]:
    """Different painted pictures."""
    return [Image.open(io.BytesIO(factories.painted(seed))).convert("RGB") for seed in range(1, count + 1)]
