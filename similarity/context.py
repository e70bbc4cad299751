"""What every page may say about the machine."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from collection import permissions
from similarity import spaces

UNTRAINED = (
    "Similarity rests on untrained weights: no weights file was found. It finds copies well, and works of a like"
    " arrangement and palette, but knows nothing of subjects; see KINDRED_WEIGHTS in the README."
)


def weights_notice(request: HttpRequest) -> dict[str, object]:
    """A plain notice for curators while the live space was made with untrained weights; fragments never ask."""
    return {"weights_notice": SimpleLazyObject(lambda: notice_for(request))} if hasattr(request, "user") else {}


def notice_for(request: HttpRequest) -> str:
    if not permissions.own_collections(request.user):
        return ""
    space = spaces.live()
    return UNTRAINED if space and not space.is_trained else ""
