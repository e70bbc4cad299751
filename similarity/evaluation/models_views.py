"""The Models page: measurements of networks and lenses, for curators and administrators.

An idle worker measures. The page shows its progress, and has a button to measure again.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, user_passes_test
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from collection.jobs import workers
from collection.views.fragments import Request
from similarity.evaluation.jobs import job_progress, scheduling, sizes
from similarity.evaluation.reports import (
    copies_report,
    duplicates_report,
    labels,
    likeness_report,
    retrieval_report,
    speed_report,
)
from similarity.workers import task_names

DEFAULT_MEASURE = "p_at_1"


def is_allowed(user: User | AnonymousUser) -> bool:
    """Return True for curators and administrators. Raise PermissionDenied (403) for others."""
    if not labels.may_see(user):
        raise PermissionDenied
    return True


may_see = user_passes_test(is_allowed)


@require_safe
@login_required
@may_see
def models(request: Request) -> HttpResponse:
    """Show all boards. ?measure= chooses the measure for each set of photographs: p_at_1, recall_at_5 or mean_ap."""
    chosen = request.GET.get("measure", "")
    measure = chosen if chosen in retrieval_report.MEASURES else DEFAULT_MEASURE
    context = {
        "measure": measure,
        "is_measure_chosen": bool(chosen),
        "measures": retrieval_report.MEASURES,
        "measures_head": list(retrieval_report.MEASURES.values()),
        "retrieval": retrieval_report.boards(measure),
        "likeness": likeness_report.boards(),
        "copies": copies_report.boards(),
        "duplicates": duplicates_report.boards(),
        "speed": speed_report.board(),
        "progress": job_progress.read(),
        "sizes": sizes,
        "alterations": len(sizes.ALTERATIONS),
    }
    return render(request, "similarity/models.html", context)


@require_safe
@login_required
@may_see
def measuring(request: Request) -> HttpResponse:
    """Show the progress of measuring for htmx. When measuring has ended, the browser reloads the page."""
    if not request.htmx:
        return redirect("models")
    progress = job_progress.read()
    response = render(request, "similarity/_models_progress.html", {"progress": progress})
    if not progress.is_busy:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@login_required
@may_see
def measure_again(request: Request) -> HttpResponse:
    """Ask a worker to measure all networks and lenses again."""
    try:
        scheduling.request(request.user)
    except scheduling.RequestError as error:
        messages.error(request, str(error))
    else:
        workers.wake(task_names.MEASURE)
    return redirect("models")
