"""Show two works side by side, enlarged together or each alone."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection import queries
from collection.models import Artwork, ArtworkImage
from collection.views.fragments import Request


@dataclass(frozen=True)
class Side:
    """A work and the picture of it that is compared. image: None if this user may see no picture of the work."""

    work: Artwork
    image: ArtworkImage | None


@require_safe
def compare(request: Request, pk: int, other: int) -> HttpResponse:
    """Show two works. ?view=7&other_view=9 chooses other pictures than the first ones.

    The fragment of the address keeps the zoomed view. js/compare.js reads and writes it.
    """
    sides = [side_of(request, pk, "view"), side_of(request, other, "other_view")]
    return render(request, "collection/compare.html", {"sides": sides})


def side_of(request: Request, pk: int, field: str) -> Side:
    """Return one side. Raise Http404, or WorkMergedError for a merged work."""
    work = queries.work_or_404(request.user, pk)
    views = queries.views_of(work, request.user)
    asked = request.GET.get(field, "")
    return Side(work, next((view for view in views if str(view.pk) == asked), views[0] if views else None))
