"""The cost of a network is counted, not taken from a table."""

import pytest

from similarity.vision.contract import Recipe
from similarity.vision.descriptors import colour_histogram
from similarity.vision.networks import effort
from similarity.vision.networks.embedder import NetworkEmbedder


def test_vgg16_costs_what_its_layers_add_up_to(vgg16: NetworkEmbedder):
    look = next(recipe for recipe in vgg16.recipes if recipe.lens == "look")

    counted = effort.gmac(vgg16, [look])

    assert counted == pytest.approx(15.3, abs=0.2)  # its convolutions, at 224 x 224


def test_an_embedder_without_a_network_counts_no_operations():
    embedder = colour_histogram.ColourEmbedder()

    assert effort.gmac(embedder, list[Recipe](embedder.recipes)) == 0
    assert effort.device(embedder).startswith("CPU")
