"""The review queue: pairs side by side. If two people decide a pair, the second one gets an error message."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from collection.audit.recording import Verb, record
from collection.views.fragments import Request
from similarity.converters import is_id
from similarity.duplicates.review import case_strips, pair_table, verdicts
from similarity.models import DuplicatePair, Verdict

PAGE = 12


@dataclass(frozen=True)
class Tally:
    """The number of undecided pairs, and of pairs by verdict."""

    waiting: int
    by_verdict: dict[Verdict, int]

    @property
    def decided(self) -> int:
        return sum(self.by_verdict.values())


@require_safe
def queue(request: Request) -> HttpResponse:
    """Show undecided pairs, the most certain first; ?after=<id> continues after that pair."""
    pairs = reviewable(request)
    after = request.GET.get("after", "")
    last = pairs.filter(pk=after).first() if is_id(after) else None
    found = verdicts.behind(verdicts.undecided(verdicts.alone(pairs)), last)
    return listed(request, found, pairs, "review/queue.html", lambda pair: str(pair.pk), is_queue=True)


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
    return listed(request, found, pairs, "review/decided.html", mark, kind)


def mark(pair: DuplicatePair) -> str:
    """Return the pair's place in the list of decided pairs, with the time, which a withdrawn verdict no longer has."""
    return f"{pair.pk}@{pair.decided_at.isoformat()}" if pair.decided_at else ""


def read_mark(text: str) -> tuple[datetime | None, int]:
    """Return the time and the id of a mark that `mark` wrote, or (None, 0) for any other text."""
    pk, _, when = text.partition("@")
    try:
        moment = parse_datetime(when)
    except ValueError:  # the 32nd of a month
        moment = None
    return (moment, int(pk)) if moment and moment.tzinfo and is_id(pk) else (None, 0)


def listed(
    request: Request,
    found: verdicts.Pairs,
    every: verdicts.Pairs,
    template: str,
    mark: Callable[[DuplicatePair], str],
    kind: Verdict | None = None,
    *,
    is_queue: bool = False,
) -> HttpResponse:
    """Show a page of pairs. For htmx, show only the next pairs: no counts are on that fragment, so none are queried."""
    pairs = list(found[: PAGE + 1])
    more_after = mark(pairs[PAGE - 1]) if len(pairs) > PAGE else ""
    shown = {"pairs": pairs[:PAGE], "more_after": more_after, "choices": verdicts.CHOICES}
    context = shown | {"asked": kind, "path": request.path}
    if request.htmx:
        return render(request, "review/_pairs.html", context)
    shown_cases = case_strips.of(every) if is_queue else []
    return render(request, template, context | {"tally": tally(every), "cases": shown_cases})


def tally(pairs: verdicts.Pairs) -> Tally:
    counts = verdicts.counts(pairs)
    by_verdict = {verdict: counts.get(verdict, 0) for verdict, _ in verdicts.CHOICES}
    return Tally(counts.get(Verdict.UNDECIDED, 0), by_verdict)


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


def reviewable(request: Request) -> verdicts.Pairs:
    """Return the pairs that the user may review. Raise PermissionDenied for a user who reviews none."""
    if not verdicts.may_review(request.user):
        raise PermissionDenied
    return verdicts.reviewable(request.user)
