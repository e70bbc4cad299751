"""The page of a case: all pictures that may be copies of one, settled by one decision."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods

from collection.views.fragments import Request
from similarity.duplicates.review import cases, review_views, verdicts
from similarity.duplicates.review.desk import priming
from similarity.duplicates.review.verdict_forms import CaseForm
from similarity.models import DuplicateCase, DuplicatePair, Verdict

# A case may have a thousand pictures. The decision also concerns the pictures that are not shown.
PICTURES_SHOWN = 100
PAIRS_SHOWN = 30
GONE = gettext_noop("This case is gone: its pairs were decided, its records were merged, or a picture was deleted.")


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: Request, pk: int) -> HttpResponse:
    """GET shows a case. POST decides all its undecided pairs, except those of the pictures that are left out."""
    pairs = verdicts.of_two_works(review_views.reviewable(request))
    found = DuplicateCase.objects.filter(pk__in=pairs.order_by().values("case"), pk=pk).first()
    if found is None:
        return gone(request, pk)
    refusal, status = decide(request, found, pairs) if request.method == "POST" else ("", 200)
    if request.method == "POST" and not refusal:
        # Duplicates stay a case. Its page then offers to merge their records.
        return redirect(found if pairs.filter(case=pk).exists() else "review")
    members = list(pairs.filter(case=found).order_by("-certainty", "pk"))
    if not members:  # somebody else has decided meanwhile that they are none
        messages.error(request, refusal or gettext("This case has been decided in the meantime."))
        return redirect("review")
    images = cases.images_of(members)
    context = {
        "case": found,
        "pairs": members[:PAIRS_SHOWN],
        "more_pairs": max(0, len(members) - PAIRS_SHOWN),
        "images": images[:PICTURES_SHOWN],
        "more_images": max(0, len(images) - PICTURES_SHOWN),
        "count": len(images),
        "keeping": cases.suggest_keeping(images),
        "is_decided": all(pair.verdict != Verdict.UNDECIDED for pair in members),
        "is_waiting": verdicts.waiting(pairs.filter(case=found), request.user).exists(),
        "choices": verdicts.SYMMETRIC_CHOICES,
        "primed": primed(members),
        "next_case": cases.next_case(pairs, found, request.user),
        "refusal": refusal,
    }
    return render(request, "review/case.html", context, status=status)


def gone(request: Request, pk: int) -> HttpResponse:
    """Redirect from a deleted case to where its pairs are now, if that is known, else to the list.

    Raise Http404 for a case that this user may not review, and for a number that no case had.
    """
    pairs = review_views.reviewable(request)
    is_of_one_work = pairs.filter(case=pk).exists()  # its records were merged
    if DuplicateCase.objects.filter(pk=pk).exists() and not is_of_one_work:
        raise Http404
    if not cases.has_existed(pk):
        raise Http404
    messages.warning(request, gettext(GONE))
    return redirect(cases.successor(verdicts.of_two_works(pairs), pk) or "review")


def primed(members: Sequence[DuplicatePair]) -> str:
    """Return the verdict to suggest by a dark button: duplicate if each of these pairs is near-certain, else ""."""
    waiting = [pair for pair in members if pair.verdict == Verdict.UNDECIDED]
    return Verdict.DUPLICATE if waiting and all(map(priming.is_near_certain, waiting)) else ""


def decide(request: Request, found: DuplicateCase, pairs: verdicts.Pairs) -> tuple[str, int]:
    """Settle the case. Return a sentence on why it is refused, or "", and the HTTP status."""
    form = CaseForm(request.POST)
    if not form.is_valid():
        return gettext("This is not a valid verdict."), 422
    shown = [image.pk for image in cases.images_of(pairs.filter(case=found))[:PICTURES_SHOWN]]
    left_out = [pk for pk in shown if pk not in form.cleaned_data["images"]]
    try:
        cases.settle(pairs, found, form.cleaned_data["verdict"], request.user, left_out)
    except cases.NothingLeftError as error:
        return str(error), 409
    return "", 200
