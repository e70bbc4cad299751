"""The names of torchvision's classification networks, read from its source: an import needs torch, and seconds.

They are known before anything is started, and without Django. Without torchvision, as in the web image, there are none.
"""

import re
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path

REGISTERED = re.compile(r"^@register_model\(\)\n(?:@.*\n)*def (\w+)\(", re.MULTILINE)
USUAL = "vgg16, mobilenet_v2, or the two joined as vgg16+mobilenet_v2"


@cache
def names() -> frozenset[str]:
    """Return the names. Empty without torchvision: a wrong name is then found when the network is loaded."""
    spec = find_spec("torchvision")
    folders = spec.submodule_search_locations if spec else None
    sources = (path for folder in folders or () for path in Path(folder, "models").glob("*.py"))
    return frozenset(name for path in sources for name in REGISTERED.findall(path.read_text("utf-8")))


def problem_of(backbone: str) -> str:
    """Return a sentence that names the wrong setting. Empty if the network exists, or if that is not known."""
    unknown = [name for name in backbone.split("+") if name not in names()] if names() else []
    if not unknown:
        return ""
    meant = get_close_matches(unknown[0], sorted(names()), n=1)
    such_as = meant[0] if meant else USUAL
    return f"KINDRED_BACKBONE is {backbone!r}; it should be a torchvision classification network, such as {such_as}."
