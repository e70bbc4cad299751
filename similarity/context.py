"""The notice on pages for curators while similarity uses untrained weights."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, gettext_noop

from collection import permissions
from similarity.models import Space
from similarity.spaces import lifecycle
from similarity.vision.lenses import COLOUR, LENSES

UNTRAINED = gettext_noop(
    "Similarity by %(lenses)s uses untrained weights. It finds copies, and works with a similar arrangement and"
    " palette, but does not distinguish subjects; see KINDRED_WEIGHTS in the README."
)


def weights_notice(request: HttpRequest) -> dict[str, object]:
    """Return the notice, evaluated only by templates that use it; fragments do not."""
    return {"weights_notice": SimpleLazyObject(lambda: notice_for(request))} if hasattr(request, "user") else {}


def notice_for(request: HttpRequest) -> str:
    """Return a sentence for curators if a live space has untrained weights, else ""."""
    if not permissions.own_collections(request.user):
        return ""
    untrained = [gettext(LENSES[space.lens].word) for space in lifecycle.live_spaces() if needs_training(space)]
    return gettext(UNTRAINED) % {"lenses": in_a_row(untrained)} if untrained else ""


def needs_training(space: Space) -> bool:
    """Return True if the space comes from an untrained network. The lens colour uses no network."""
    return space.lens != COLOUR and not space.is_trained


def in_a_row(words: Sequence[str]) -> str:
    """Return for example "look, subject and texture"."""
    *others, last = words
    return gettext("%(words)s and %(last)s") % {"words": ", ".join(others), "last": last} if others else last
