"""Extract the features of a network at the nodes of the table. Layers behind the last node are not computed."""

from collections.abc import Collection

from torch import Tensor, nn
from torchvision.models.feature_extraction import create_feature_extractor

from similarity.vision.networks.backbone_table import FeatureNode


class FeatureExtractor:
    """Runs a network up to the last node that is needed. Use it from one thread at a time.

    It traces and caches one pruned graph for each set of nodes. The graphs share the network's layers and weights.
    Tracing switches the network to training mode for a moment, and torch.fx changes `nn.Module.__call__` of the whole
    process meanwhile. So no other network may run in this process during the first call with a set of nodes.
    """

    def __init__(self, network: nn.Module) -> None:
        self.network = network.eval()
        self.graphs: dict[frozenset[str], nn.Module] = {}

    def extract(self, pixels: Tensor, nodes: Collection[FeatureNode]) -> dict[FeatureNode, Tensor]:
        """Return the features of (N, 3, H, W) normalised pixels by node: maps (N, C, H', W') or vectors (N, C)."""
        features = self.graph(frozenset(node.name for node in nodes))(pixels)
        return {node: reshaped(features[node.name], node) for node in nodes}

    def graph(self, names: frozenset[str]) -> nn.Module:
        """Return the network without the layers that these nodes do not depend on."""
        if names not in self.graphs:
            # The graphs for training and evaluation differ, for example in dropout. Only the second one is used here.
            traced = create_feature_extractor(self.network, sorted(names), suppress_diff_warning=True)
            self.graphs[names] = traced.eval()
        return self.graphs[names]


def reshaped(values: Tensor, node: FeatureNode) -> Tensor:
    """Return tokens (N, 1 + side * side, C) as maps (N, C, side, side), and other features unchanged."""
    if node.layout != "tokens":
        return values
    patches = values[:, -(node.side**2) :]
    return patches.transpose(1, 2).reshape(len(values), -1, node.side, node.side)
