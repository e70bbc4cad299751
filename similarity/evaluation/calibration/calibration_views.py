"""The Calibration page of the review: precision and recall at each cut, and the choice of the cuts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from collection.views.fragments import Request
from similarity.duplicates import cuts, rescoring
from similarity.duplicates.review import verdicts
from similarity.evaluation.calibration import calibration_numbers, calibration_report
from similarity.evaluation.calibration.calibration_forms import CutForm
from similarity.evaluation.charts.lengths import short


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def calibration(request: Request) -> HttpResponse:
    """GET shows the page to people who may review all pairs. POST chooses the cuts."""
    if not verdicts.sees_all(request.user):
        raise PermissionDenied
    form, status = (choose(request), 422) if request.method == "POST" else (None, 200)
    if request.method == "POST" and form is None:
        return redirect("review-calibration")
    report = calibration_report.read()
    blank = {
        "suggest_from": report.valid.suggest_from,
        "queue_from": report.valid.queue_from,
        "after": report.chosen.pk if report.chosen else None,
    }
    context = {"report": report, "form": form or CutForm(initial=blank), "sources": calibration_report.SOURCES}
    return render(request, "review/calibration.html", context, status=status)


def choose(request: Request) -> CutForm | None:
    """Store the choice and begin to re-score open pairs. Return the form with its errors if it is refused."""
    form = CutForm(request.POST)
    if not form.is_valid():
        return form
    wanted, after = form.cuts(), form.cleaned_data["after"]
    numbers = calibration_numbers.at(wanted)
    try:
        chosen = cuts.choose(wanted, request.user, after=after, note=form.cleaned_data["note"], numbers=numbers)
    except (cuts.ChosenMeanwhileError, cuts.CutError) as error:
        messages.error(request, str(error))
        return None
    rescoring.begin()
    done = gettext(
        "Chosen: duplicates from %(suggest)s, queue from %(queue)s."
        " Open pairs are scored again; decided pairs stay as they are."
    )
    messages.success(request, done % {"suggest": short(chosen.suggest_from), "queue": short(chosen.queue_from)})
    return None
