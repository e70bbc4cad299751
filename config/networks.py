"""Check the names of networks without loading torch."""

from difflib import get_close_matches

from similarity.vision.networks.backbone_table import BACKBONES

USUAL = "vgg16, mobilenet_v2, or the two joined as vgg16+mobilenet_v2"


def problem_of(backbone: str) -> str:
    """Return a sentence that names the setting if one network in its value is unknown, else an empty string."""
    unknown = [name for name in backbone.split("+") if name not in BACKBONES]
    if not unknown:
        return ""
    similar = get_close_matches(unknown[0], sorted(BACKBONES), n=1)
    example = similar[0] if similar else USUAL
    return f"KINDRED_BACKBONE is {backbone!r}; it should be a supported network, such as {example}."
