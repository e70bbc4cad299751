"""The review queue: pairs side by side. If two people decide a pair, the second one gets an error message."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from collection import permissions
from collection.audit.recording import Verb, record
from collection.views.fragments import Request
from similarity.converters import is_id
from similarity.duplicates.review import case_strips, claims, pair_table, verdicts
from similarity.duplicates.review.batches import pair_batches
from similarity.duplicates.review.opinions import reviewer_agreement
from similarity.duplicates.review.queue import queue_facets
from similarity.duplicates.review.queue_filters import Filters
from similarity.models import DuplicatePair, Verdict

PAGE = 12


@dataclass(frozen=True)
class Tally:
    """The number of undecided pairs, of decisions that settle them, and of pairs by verdict."""

    waiting: int
    decisions: int  # one for each lone pair and for each case
    by_verdict: dict[Verdict, int]

    @property
    def decided(self) -> int:
        return sum(self.by_verdict.values())


@require_safe
def queue(request: Request) -> HttpResponse:
    """Show undecided pairs, the most certain first; ?after=<id> continues after that pair, other parameters filter."""
    pairs = reviewable(request)
    filters = Filters.from_query(request.GET)
    after = request.GET.get("after", "")
    last = pairs.filter(pk=after).first() if is_id(after) else None
    found = list(verdicts.behind(filters.apply(verdicts.queue(request.user)), last)[: PAGE + 1])
    context = shown_pairs(request, found, lambda pair: str(pair.pk), filters.chosen) | {"filters": filters}
    if request.htmx:
        return render(request, "review/_pairs.html", context)
    context |= {"tally": tally(pairs, request.user), "cases": case_strips.of(filters.apply(pairs), request.user)}
    waiting = verdicts.waiting(pairs, request.user)
    context |= {"facets": queue_facets.of(waiting, filters, request.user), "counted": queue_facets.COUNTED}
    context |= {"kinds": pair_batches.open_kinds(waiting)}
    return render(request, "review/queue.html", context)


@require_safe
def decided(request: Request) -> HttpResponse:
    """Show decided pairs, the latest first, to look up or take back. ?verdict=similar shows one kind."""
    pairs = reviewable(request)
    found = verdicts.decided(pairs)
    moment, pk = read_mark(request.GET.get("after", ""))
    if moment is not None:
        found = verdicts.before(found, moment, pk)
    kind = next((verdict for verdict, _ in verdicts.CHOICES if verdict == request.GET.get("verdict")), None)
    if kind is not None:
        found = found.filter(verdict=kind)
    asked = {"verdict": kind.value} if kind else {}
    context = shown_pairs(request, list(found[: PAGE + 1]), mark, asked) | {"asked": kind}
    if request.htmx:
        return render(request, "review/_pairs.html", context)
    numbers = {"tally": tally(pairs, request.user), "agreement": reviewer_agreement.between(pairs)}
    return render(request, "review/decided.html", context | numbers)


def mark(pair: DuplicatePair) -> str:
    """Return the pair's place in the list of decided pairs, as text.

    It has the time of the verdict, because the pair loses that time when the verdict is taken back.
    """
    return f"{pair.pk}@{pair.decided_at.isoformat()}" if pair.decided_at else ""


def read_mark(text: str) -> tuple[datetime | None, int]:
    """Return the time and the id of a mark that `mark` wrote, or (None, 0) for any other text."""
    pk, _, when = text.partition("@")
    try:
        moment = parse_datetime(when)
    except ValueError:  # the 32nd of a month
        moment = None
    return (moment, int(pk)) if moment and moment.tzinfo and is_id(pk) else (None, 0)


def shown_pairs(
    request: Request,
    found: Sequence[DuplicatePair],
    mark: Callable[[DuplicatePair], str],
    asked: Mapping[str, str],
) -> dict[str, Any]:
    """Return what `_pairs.html` needs: PAGE of the pairs, and the address of the next page, which keeps the filters."""
    more_after = mark(found[PAGE - 1]) if len(found) > PAGE else ""
    more = f"{request.path}?{urlencode({**asked, 'after': more_after})}" if more_after else ""
    return {"pairs": found[:PAGE], "more_after": more_after, "more": more, "choices": verdicts.CHOICES}


def tally(pairs: verdicts.Pairs, user: permissions.User) -> Tally:
    """Return the numbers of these pairs as this user sees them."""
    counts = verdicts.counts(pairs)
    by_verdict = {verdict: counts.get(verdict, 0) for verdict, _ in verdicts.CHOICES}
    lone = Count("pk", filter=Q(case=None))
    open_pairs = verdicts.waiting(pairs, user).order_by()
    waiting = open_pairs.aggregate(all=Count("pk"), lone=lone, cases=Count("case", distinct=True))
    return Tally(waiting["all"], waiting["lone"] + waiting["cases"], by_verdict)


@require_POST  # because it writes: the export itself is recorded
def table(request: Request) -> StreamingHttpResponse:
    """Send all pairs that the user may review, decided or not, as a CSV table.

    Reviewers who curate nothing may not read the names of files, so their table has none.
    """
    pairs = reviewable(request)
    has_files = pair_table.may_read_file_names(request.user)
    record(Verb.EXPORTED, kind="pair", label="all possible duplicates")
    texts = (text for text, _ in pair_table.chunks(pairs, has_files=has_files))
    headers = {"Content-Disposition": f'attachment; filename="pairs-{timezone.now():%Y%m%d-%H%M%S}.csv"'}
    return StreamingHttpResponse(texts, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
def claim(request: Request, pk: int) -> HttpResponse:
    """Claim a pair or renew the claim, or end it if `release` is sent (204). Answer 409 with a sentence if refused."""
    pair = get_object_or_404(reviewable(request), pk=pk)
    if "release" in request.POST:
        claims.release(pk, request.user)
    elif not claims.claim(pk, request.user):
        name = claims.colleague_at(pair, request.user)
        looking, decided = gettext("%(name)s is looking at this pair."), gettext("This pair has been decided.")
        sentence = looking % {"name": name} if name else decided
        return HttpResponse(sentence, status=409, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@require_POST
def swap(request: Request, pk: int) -> HttpResponse:
    """Exchange which of the two works is the detail, edition or copy of the other."""
    pair = reviewable(request).filter(pk=pk).first()
    if pair is None and DuplicatePair.objects.filter(pk=pk).exists():
        raise Http404
    try:
        verdicts.swap(pk, request.user)
    except (verdicts.NotYoursError, verdicts.PairGoneError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("The two works of this verdict are exchanged."))
    return redirect(pair or "review")


def reviewable(request: Request) -> verdicts.Pairs:
    """Return the pairs that the user may review. Raise PermissionDenied for a user who reviews none."""
    if not verdicts.may_review(request.user):
        raise PermissionDenied
    return verdicts.reviewable(request.user)
