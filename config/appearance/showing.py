"""Choose the appearance of a request: the published one, or the draft if an administrator previews it."""

import time
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from collection.models import Appearance
from config.appearance.museum import DEFAULT, Museum, museum_of

FRESH_S = 15.0  # how long a process shows visitors the row that it has read
PREVIEW = "preview"  # the parameter in the query string
PERMISSION = "collection.change_appearance"

ROWS = Appearance.objects.select_related("logo", "logo_dark").defer("logo__png", "logo_dark__png")


@dataclass
class LastRead:
    """The published appearance as this process last read it."""

    museum: Museum = DEFAULT
    until_s: float = 0.0  # seconds of the monotonic clock

    def get(self) -> Museum:
        if time.monotonic() >= self.until_s:
            self.read()
        return self.museum

    def read(self) -> Museum:
        self.museum = museum_of(ROWS.filter(state=Appearance.State.PUBLISHED).first())
        self.until_s = time.monotonic() + FRESH_S
        return self.museum

    def forget(self) -> None:
        self.until_s = 0.0


published = LastRead()


def context(request: HttpRequest) -> dict[str, object]:
    """Return `museum` for templates. It is evaluated only by templates that use it, so most fragments cost nothing."""
    return {"museum": SimpleLazyObject(lambda: museum_for(request))}


def museum_for(request: HttpRequest) -> Museum:
    """Return the look for this request. For staff, read the database each time, so they see their changes at once."""
    if not getattr(getattr(request, "user", None), "is_staff", False):
        return published.get()
    if PREVIEW in request.GET and may_preview(request):
        draft = ROWS.filter(state=Appearance.State.DRAFT).first()
        if draft is not None:
            return museum_of(draft)
    return published.read()


def may_preview(request: HttpRequest) -> bool:
    return bool(request.user.is_staff and request.user.has_perm(PERMISSION))
