"""The supported backbones, with the nodes of each network that the descriptors use.

Imports no torch, because the web process imports it too. Node names are those of
`torchvision.models.feature_extraction.get_graph_node_names`. The name of a module with several nodes stands for the
last of them. All channels and sides are those for a picture of 224 x 224 px.
"""

from dataclasses import dataclass
from typing import Literal

# (N, C, H, W) maps; (N, 1 + H * W, C) tokens behind a class token; (N, C) vectors.
Layout = Literal["map", "tokens", "vector"]


@dataclass(frozen=True)
class FeatureNode:
    """One output of a network: its name in the traced graph and its shape for a picture of 224 x 224 px."""

    name: str
    channels: int
    side: int = 1  # height and width in cells; 1 for a vector
    layout: Layout = "map"


@dataclass(frozen=True)
class Backbone:
    """The nodes of one network, None where it has no such node, and the picture sizes that it accepts."""

    trunk: FeatureNode  # the last map before global pooling
    middle: FeatureNode | None  # the last map with twice the trunk's side
    texture: FeatureNode | None  # the last map at about a quarter of the picture's side
    subject: FeatureNode | None  # the input of the last linear layer
    is_flexible: bool = True  # False: pictures must have 224 x 224 px
    scale: float = 0.7  # of the canvas side that the network gets, where it is flexible: 224 px of 320


def vgg(trunk: str, middle: str, texture: str) -> Backbone:
    """Return the row of a VGG network: the last ReLU of the blocks 5, 4 and 3, and fc7."""
    return Backbone(
        FeatureNode(trunk, 512, 14), FeatureNode(middle, 512, 28), FeatureNode(texture, 256, 56),
        vector("classifier.5", 4096),
    )  # fmt: skip


def resnet(channels: int) -> Backbone:
    """Return the row of a ResNet whose last stage has this many channels."""
    return Backbone(
        FeatureNode("layer4", channels, 7), FeatureNode("layer3", channels // 2, 14),
        FeatureNode("layer1", channels // 8, 56), vector("flatten", channels),
    )  # fmt: skip


def vision_transformer(side: int) -> Backbone:
    """Return the row of a ViT-B whose patches form a square of this side."""
    return Backbone(
        FeatureNode("encoder", 768, side, "tokens"), None, None, vector("getitem_5", 768), is_flexible=False
    )


def vector(name: str, channels: int) -> FeatureNode:
    """Return a node whose output has the shape (N, channels)."""
    return FeatureNode(name, channels, layout="vector")


BACKBONES = {
    "vgg16": vgg("features.29", "features.22", "features.15"),
    "vgg19": vgg("features.35", "features.26", "features.17"),
    "resnet18": resnet(512),
    "resnet34": resnet(512),
    "resnet50": resnet(2048),
    "resnet101": resnet(2048),
    "resnet152": resnet(2048),
    # MobileNetV2 gains most by more pixels, and costs little: it gets pictures at their full size.
    "mobilenet_v2": Backbone(
        FeatureNode("features", 1280, 7), FeatureNode("features.13", 96, 14), FeatureNode("features.3", 24, 56),
        vector("classifier.0", 1280), scale=1.0,
    ),
    "mobilenet_v3_small": Backbone(
        FeatureNode("features", 576, 7), FeatureNode("features.8", 48, 14), FeatureNode("features.1", 16, 56),
        vector("classifier.2", 1024),
    ),
    "mobilenet_v3_large": Backbone(
        FeatureNode("features", 960, 7), FeatureNode("features.12", 112, 14), FeatureNode("features.3", 24, 56),
        vector("classifier.2", 1280),
    ),
    "efficientnet_b0": Backbone(
        FeatureNode("features", 1280, 7), FeatureNode("features.5", 112, 14), FeatureNode("features.2", 24, 56),
        vector("classifier.0", 1280),
    ),
    "efficientnet_v2_s": Backbone(
        FeatureNode("features", 1280, 7), FeatureNode("features.5", 160, 14), FeatureNode("features.2", 48, 56),
        vector("classifier.0", 1280),
    ),
    "convnext_tiny": Backbone(
        FeatureNode("features", 768, 7), FeatureNode("features.5", 384, 14), FeatureNode("features.1", 96, 56),
        vector("classifier.1", 768),
    ),
    "vit_b_16": vision_transformer(14),
    "vit_b_32": vision_transformer(7),
    "squeezenet1_0": Backbone(FeatureNode("features", 512, 13), None, FeatureNode("features.5", 256, 54), None),
    "squeezenet1_1": Backbone(FeatureNode("features", 512, 13), None, FeatureNode("features.4", 128, 55), None),
}  # fmt: skip
