"""The review desk: the page of one pair. A verdict leads to the next pair of the queue."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, push_url

from collection.permissions import is_curator
from collection.views.fragments import Request, respond, target_of
from similarity.converters import is_id
from similarity.duplicates.review import claims, page_numbers, pair_table, review_views, verdicts
from similarity.duplicates.review.desk import desk_order, pair_evidence, pair_notes, pair_overlay, pair_record
from similarity.duplicates.review.desk.desk_forms import DeskForm
from similarity.duplicates.review.opinions import opinions
from similarity.models import DuplicatePair, Verdict

DESK = "desk"  # the element that htmx replaces
DESK_AHEAD = "desk-ahead"  # the desk that the browser loads while the pair before it is decided
CLAIM_TRIES = 5
GONE = gettext_noop("That pair no longer exists: a picture was deleted, or a new comparison has refuted the pair.")
REFUSALS = (
    verdicts.AlreadyDecidedError, verdicts.NotYoursError, verdicts.PairGoneError, pair_notes.NoteChangedError,
)  # fmt: skip
INVALID = gettext_noop("This is not a valid verdict, or the note is too long. Nothing was saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: Request, pk: int) -> HttpResponse:
    """GET shows the desk. POST, from the list, decides the pair or takes the verdict back, and shows its short form."""
    if request.method != "POST":
        return desk(request, pk)
    pairs = review_views.reviewable(request)
    if not pairs.filter(pk=pk).exists():
        return gone(request, pk)
    refusal, status = decide(request, DeskForm(request.POST), pk)
    if not refusal and not request.htmx:
        return redirect("review")
    found = pairs.filter(pk=pk).first()
    if found is None:
        return gone(request, pk)
    if not request.htmx:
        return desk(request, pk, refusal, status)
    context = {"pair": found, "choices": verdicts.CHOICES, "refusal": refusal, **page_numbers.of(request, pairs)}
    template = "review/_opinion_given.html" if opinions.is_closed_to(request.user, pk) else "review/_pair.html"
    return render(request, template, context, status=status)


@require_POST
def settle(request: Request, pk: int) -> HttpResponse:
    """Save the verdict, the note or both, and redirect to the next pair. A refusal shows the pair as it is now."""
    found = review_views.reviewable(request).filter(pk=pk).first()
    if found is None:
        return desk(request, pk)
    form = DeskForm(request.POST)
    following = desk_order.next_pair(request, found)
    refusal, status = decide(request, form, pk)
    if refusal:
        return desk(request, pk, refusal, status)
    verdict = form.cleaned_data["verdict"]
    if not verdict:
        messages.success(request, gettext("The note is saved."))
    if verdict in ("", Verdict.UNDECIDED):
        return redirect(desk_order.address(request, found))
    following = claimed(request, found, following)
    return redirect(desk_order.address(request, following or found, last=pk))


def claimed(request: Request, pair: DuplicatePair, following: DuplicatePair | None) -> DuplicatePair | None:
    """Claim the pair to show next, or another if a colleague was faster: two who decide at once do not meet."""
    for _ in range(CLAIM_TRIES):
        if following is None or claims.claim(following.pk, request.user):
            break
        following = desk_order.next_pair(request, pair)
    return following


def decide(request: Request, form: DeskForm, pk: int) -> tuple[str, int]:
    """Store the verdict, if one was given, and the note. Return a sentence on a refusal, or "", and the HTTP status."""
    if not form.is_valid() or (not form.cleaned_data["verdict"] and "note" not in request.POST):
        return gettext(INVALID), 422
    try:
        write(request, form, pk)
    except REFUSALS as error:
        return str(error), 409
    return "", 200


@transaction.atomic
def write(request: Request, form: DeskForm, pk: int) -> None:
    """Write the verdict and the note, both or none. Raise the errors of `verdicts` and `pair_notes`."""
    verdict = form.cleaned_data["verdict"]
    if verdict == Verdict.UNDECIDED:
        verdicts.take_back(pk, request.user)
    elif verdict:
        verdicts.decide(pk, verdict, request.user, form.cleaned_data["derived"])
    if "note" in request.POST:
        pair_notes.save(pk, form.cleaned_data["note"], request.POST.get("note_before"))


def desk(request: Request, pk: int, refusal: str = "", status: int = 200) -> HttpResponse:
    """Show the desk of a pair, as a page or for htmx as a fragment. If it was deleted, redirect to the next one."""
    pairs = review_views.reviewable(request)
    found = pairs.filter(pk=pk).first()
    if found is None:
        return missing(request, pk)
    typed = request.POST.get("note") if refusal else None  # the typed note stays in its field, although it is not saved
    context = context_of(request, found) | {"refusal": refusal, "note": found.note if typed is None else typed}
    if target_of(request) == DESK_AHEAD:  # without messages: they belong to the page that is shown
        return respond_with(request, "review/_desk.html", context, status)
    if target_of(request) != DESK:
        return respond_with(request, "review/pair.html", context, status)
    response = respond_with(request, "review/_desk.html", context | {"is_fragment": True}, status)
    last = request.GET.get(desk_order.LAST, "")
    return push_url(response, desk_order.address(request, found, int(last) if is_id(last) else None))


def respond_with(request: Request, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = respond(request, template, context)
    response.status_code = status
    return response


def gone(request: Request, pk: int) -> HttpResponse:
    """Answer that a pair of the list was deleted. Raise Http404 for a pair that this user may not review."""
    if DuplicatePair.objects.filter(pk=pk).exists():
        raise Http404
    if not request.htmx:
        messages.warning(request, str(verdicts.PairGoneError()))
        return redirect("review")
    numbers = page_numbers.of(request, review_views.reviewable(request))
    context = {"pk": pk, "refusal": str(verdicts.PairGoneError()), **numbers}
    return render(request, "review/_pair_gone.html", context, status=409)


def missing(request: Request, pk: int) -> HttpResponse:
    """Redirect from a deleted pair to the next one. Raise Http404 for a pair that this user may not review."""
    if DuplicatePair.objects.filter(pk=pk).exists():
        raise Http404
    following = desk_order.next_pair(request, None)
    if following is not None:
        messages.warning(request, " ".join([gettext(GONE), gettext("This is the next one.")]))
        return redirect(desk_order.address(request, following))
    messages.warning(request, " ".join([gettext(GONE), gettext("No other pair waits in this list.")]))
    return HttpResponseClientRedirect("/review/") if request.htmx else redirect("review")


def context_of(request: Request, pair: DuplicatePair) -> dict[str, Any]:
    following = desk_order.next_pair(request, pair)
    previous = desk_order.previous_pair(request, pair)
    images = pair.low, pair.high
    return {
        "pair": pair,
        "choices": verdicts.CHOICES,
        "place": desk_order.place(request, pair),
        "query_string": desk_order.query_string(request),
        "next": following,
        "next_address": desk_order.address(request, following) if following else "",
        "previous_address": desk_order.address(request, previous) if previous else "",
        "has_opinion": opinions.is_closed_to(request.user, pair.pk),
        "last": last_decided(request),
        "colleague": claims.colleague_at(pair, request.user),
        "overlay": pair_overlay.overlay(pair),
        "is_aligned": pair_overlay.matrix(pair) is not None,
        "record_rows": pair_record.record_rows(pair),
        "file_rows": pair_record.file_rows(pair, has_names=pair_table.may_read_file_names(request.user)),
        "evidence": pair_evidence.lines(pair),
        "originals": [image for image in images if is_curator(request.user, image.artwork.collection)],
    }


def last_decided(request: Request) -> DuplicatePair | None:
    """Return the pair that ?last= names, for its undo; None if this user's verdict on it was taken back since."""
    last = request.GET.get(desk_order.LAST, "")
    found = verdicts.reviewable(request.user).filter(pk=last).first() if is_id(last) else None
    if found is None or found.verdict != Verdict.UNDECIDED:
        return found
    has_opinion = opinions.are_required() and opinions.given_by(request.user, [found.pk])
    return found if has_opinion else None
