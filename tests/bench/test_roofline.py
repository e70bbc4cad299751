"""The peak rate that a network is compared with: its number format, and its count of operations."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from bench import roofline
from similarity.vision.networks import backbones
from similarity.vision.networks.embedder import NetworkEmbedder
from similarity.vision.networks.weights import Network


@pytest.fixture(scope="module")
def network() -> Network:
    module = backbones.without_classifier(backbones.seeded("vgg16"))
    return Network("vgg16", module, "0" * 64, is_trained=False, source="a fixed seed", has_classifier=False)


class Counting(NetworkEmbedder):
    """An embedder that records the operations of each call, in 10^9 multiplications with additions for one picture."""

    def describe(self, pictures, recipes):
        with FlopCounterMode(display=False) as counter:
            found = super().describe(pictures, recipes)
        self.recorded = [*getattr(self, "recorded", []), counter.get_total_flops() / 2e9 / len(pictures)]
        return found


@pytest.mark.parametrize(("bf16", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_products_use_the_number_format_of_the_network_and_state_their_operations(network, monkeypatch, bf16, dtype):
    monkeypatch.setattr(roofline, "SQUARES", (64, 96))
    embedder = NetworkEmbedder(network, device="cpu", batch_size=1, bf16=bf16)

    for product in roofline.products(embedder):
        with FlopCounterMode(display=False) as counter:
            result = product.call()
        assert result.dtype == dtype
        assert counter.get_total_flops() == pytest.approx(2e9 * product.gmac)


def test_the_operations_of_a_picture_are_those_of_the_convolutions_of_vgg16(network, monkeypatch):
    monkeypatch.setattr(roofline, "SQUARES", (64, 96))
    monkeypatch.setattr(roofline, "CONVOLUTIONS", ((8, 32),))
    embedder = NetworkEmbedder(network, device="cpu", batch_size=1, bf16=False)
    recipe = next(iter(embedder.recipes))

    found = roofline.measure(embedder, [recipe], rounds=1)

    assert found.gmac_per_picture == pytest.approx(15.35, abs=0.02)
    assert found.network_gmac_per_s > 0
    assert found.peak_gmac_per_s > 0


def test_the_operations_counted_are_those_of_the_pictures_timed(network, monkeypatch):
    monkeypatch.setattr(roofline, "SQUARES", (64, 96))
    monkeypatch.setattr(roofline, "CONVOLUTIONS", ((8, 32),))
    embedder = Counting(network, device="cpu", batch_size=2, bf16=False)
    embedder.canvases = ((96, 64), (64, 96))
    recipe = next(iter(embedder.recipes))

    found = roofline.measure(embedder, [recipe], rounds=1)

    assert embedder.recorded == pytest.approx([found.gmac_per_picture] * 3)  # counted once, timed twice
