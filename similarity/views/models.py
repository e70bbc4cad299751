"""The Models page: what was measured of networks and lenses, for those who choose among them."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.views.fragments import Request
from similarity.scoreboards import copies, labels, likeness, retrieval, speed

DEFAULT_MEASURE = "p_at_1"


@require_safe
@login_required
def models(request: Request) -> HttpResponse:
    """?measure= chooses what is shown set by set: p_at_1, recall_at_5 or mean_ap."""
    if not labels.may_see(request.user):
        raise PermissionDenied
    asked = request.GET.get("measure", "")
    measure = asked if asked in retrieval.MEASURES else DEFAULT_MEASURE
    context = {
        "measure": measure,
        "is_asked": bool(asked),
        "measures": retrieval.MEASURES,
        "measures_head": list(retrieval.MEASURES.values()),
        "retrieval": retrieval.boards(measure),
        "likeness": likeness.boards(),
        "copies": copies.boards(),
        "speed": speed.board(),
    }
    return render(request, "similarity/models.html", context)
