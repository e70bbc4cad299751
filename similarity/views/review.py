"""The review queue: pairs side by side, a verdict each; the one who comes second is told."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from collection.views.fragments import Request
from similarity import verdicts
from similarity.forms import VerdictForm
from similarity.models import Verdict

PAGE = 12


@require_safe
def queue(request: Request) -> HttpResponse:
    """Undecided pairs, the surest first; ?after=<id> goes on behind that pair."""
    pairs = reviewable(request)
    waiting = verdicts.undecided(pairs)
    after = request.GET.get("after", "")
    last = pairs.filter(pk=after).first() if after.isdecimal() else None
    page = list(verdicts.behind(waiting, last)[: PAGE + 1])
    context = {
        "pairs": page[:PAGE],
        "more_after": page[PAGE - 1].pk if len(page) > PAGE else None,
        "waiting_count": waiting.count(),
        "decided_count": pairs.exclude(verdict=Verdict.UNDECIDED).count(),
        "choices": verdicts.CHOICES,
    }
    template = "similarity/_review_pairs.html" if request.htmx else "similarity/review.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: Request, pk: int) -> HttpResponse:
    """GET shows one pair; POST settles it or, with the verdict "undecided", takes the verdict back."""
    pairs = reviewable(request)
    get_object_or_404(pairs, pk=pk)
    refusal, status = settle(request, pk) if request.method == "POST" else ("", 200)
    if request.method == "POST" and not refusal and not request.htmx:
        return redirect("review")
    context = {"pair": pairs.get(pk=pk), "choices": verdicts.CHOICES, "refusal": refusal}
    template = "similarity/_pair.html" if request.htmx else "similarity/review_pair.html"
    return render(request, template, context, status=status)


def settle(request: Request, pk: int) -> tuple[str, int]:
    """What went wrong, in a sentence ("" if nothing did), and the status to answer with."""
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return "That is not one of the verdicts.", 422
    try:
        if form.cleaned_data["verdict"] == Verdict.UNDECIDED:
            verdicts.take_back(pk, request.user)
        else:
            verdicts.decide(pk, form.cleaned_data["verdict"], request.user, note=form.cleaned_data["note"])
    except (verdicts.AlreadyDecidedError, verdicts.NotYoursError) as error:
        return str(error), 409
    return "", 200


def reviewable(request: Request) -> verdicts.Pairs:
    """Raises PermissionDenied for those who review nothing."""
    if not verdicts.may_review(request.user):
        raise PermissionDenied
    return verdicts.reviewable(request.user)
