"""The pages of batches: check a list of sure pairs, decide it, undo it."""

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection.views.fragments import Request
from similarity.duplicates.review import review_views, verdicts
from similarity.duplicates.review.batches import pair_batches
from similarity.duplicates.review.batches.batch_forms import BatchForm
from similarity.duplicates.review.deciding.verdict_errors import NotYoursError
from similarity.models import ReviewBatch

RECENT = 50  # batches listed with their undo


@require_safe
def listing(request: Request) -> HttpResponse:
    """Show which kinds of sure pairs wait, and the batches that can be undone."""
    pairs = verdicts.waiting(review_views.reviewable(request), request.user)
    done = [(batch, pair_batches.KINDS.get(batch.kind)) for batch in pair_batches.recent(request.user)[:RECENT]]
    return render(request, "review/batches.html", {"kinds": pair_batches.open_kinds(pairs), "done": done})


@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: Request, name: str) -> HttpResponse:
    """GET lists sure pairs of one kind, all ticked. POST decides those that are still ticked as duplicates."""
    review_views.reviewable(request)
    kind = pair_batches.KINDS.get(name)
    if kind is None:
        raise Http404
    form = BatchForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        outcome = pair_batches.decide(kind, form.cleaned_data["pairs"], request.user)
        (messages.success if outcome.decided or outcome.opinions else messages.error)(request, outcome.sentence)
        return redirect("review-batches")
    found = pair_batches.sure(kind, request.user)
    refusal = " ".join(map(str, form.errors.get("pairs", []))) if form is not None else ""
    context = {"kind": kind, "pairs": list(found[: pair_batches.PAGE]), "count": found.count(), "refusal": refusal}
    return render(request, "review/batch.html", context, status=422 if refusal else 200)


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take back the verdicts of a batch that still stand."""
    review_views.reviewable(request)
    found = get_object_or_404(ReviewBatch, pk=pk)
    try:
        count = pair_batches.undo(found, request.user)
    except NotYoursError as error:
        messages.error(request, str(error))
        return redirect("review-batches")
    if count:
        sentence = ngettext(
            "%(count)s pair put back into the queue.", "%(count)s pairs put back into the queue.", count
        )
        messages.success(request, sentence % {"count": intcomma(count)})
    else:
        messages.error(request, gettext("This batch has no verdict left that you may take back."))
    return redirect("review-batches")
