"""Features of a network at the nodes of the table, computed no further than the last of them."""

from collections.abc import Collection

from torch import Tensor, nn
from torchvision.models.feature_extraction import create_feature_extractor

from similarity.vision.networks.backbone_table import FeatureNode


class FeatureExtractor:
    """Holds a network and one pruned graph for each set of nodes that was asked for. Not for several threads at once.

    The graphs share the network's layers and numbers. Tracing a graph switches the network to training for a moment.
    """

    def __init__(self, network: nn.Module) -> None:
        self.network = network.eval()
        self.graphs: dict[frozenset[str], nn.Module] = {}

    def extract(self, pixels: Tensor, nodes: Collection[FeatureNode]) -> dict[FeatureNode, Tensor]:
        """Return maps (N, C, H', W') or vectors (N, C) by node, of (N, 3, H, W) normalised pixels in one pass."""
        features = self.graph(frozenset(node.name for node in nodes))(pixels)
        return {node: reshaped(features[node.name], node) for node in nodes}

    def graph(self, names: frozenset[str]) -> nn.Module:
        """Return the network without anything that these nodes do not need."""
        if names not in self.graphs:
            # Outside training some layers do nothing: torchvision would warn that the two graphs differ.
            traced = create_feature_extractor(self.network, sorted(names), suppress_diff_warning=True)
            self.graphs[names] = traced.eval()
        return self.graphs[names]


def reshaped(values: Tensor, node: FeatureNode) -> Tensor:
    """Return tokens (N, 1 + side * side, C) as maps (N, C, side, side), anything else as it is."""
    if node.layout != "tokens":
        return values
    patches = values[:, -(node.side**2) :]
    return patches.transpose(1, 2).reshape(len(values), -1, node.side, node.side)
