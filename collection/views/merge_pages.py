"""Pages on which curators merge records, undo merges, and read their history."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection import aliases, queries
from collection.audit.recording import Verb, record
from collection.desk.merge_forms import MergeForm, OtherRecordForm, RelationForm
from collection.merging import merge_history, relations
from collection.merging.merge_errors import MergeRefusedError, PreviewOutdatedError, SameWorkError
from collection.merging.merge_evidence import evidence_of
from collection.merging.record_preview import digest, preview, warnings
from collection.merging.undoing import undo
from collection.merging.work_merging import merge
from collection.models import Artwork
from collection.permissions import own_collections, sees_everything
from collection.views.curating import curated_work

PAGE = 50
LARGEST_NUMBER = 2**63 - 1  # of a row in the database


def curated_pair(request: HttpRequest, pk: int, other: int) -> tuple[Artwork, Artwork]:
    """Return two works that the user curates. Raise Http404, PermissionDenied or WorkMergedError."""
    return curated_work(request, pk), curated_work(request, other)


@require_http_methods(["GET", "HEAD", "POST"])
def merge_two(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Compare two records field by field, and merge the second into the first."""
    kept, merged = curated_pair(request, pk, other)
    if kept == merged:
        messages.info(request, str(SameWorkError(kept)))
        return redirect("work-history", kept.pk)
    if request.method != "POST":
        return render_preview(request, kept, merged)
    form = MergeForm(preview(kept, merged), request.POST)
    if not form.is_valid():
        return render_pair(request, kept, merged, form, status=422)
    try:
        merge(
            kept, merged, request.user, take=form.take(), views=form.cleaned_data["views"],
            note=form.cleaned_data["note"], evidence=evidence_of(kept, merged), shown=form.cleaned_data["shown"],
        )  # fmt: skip
    except PreviewOutdatedError as error:
        messages.error(request, str(error))
        return render_preview(request, *curated_pair(request, pk, other), sent=form)
    except MergeRefusedError as error:
        messages.error(request, str(error))
        return redirect(request.path)
    sentence = gettext("%(number)s was merged into this record. You can undo this at any time.")
    messages.success(request, sentence % {"number": merged.accession_number})
    return redirect(kept)


def render_preview(request: HttpRequest, kept: Artwork, merged: Artwork, sent: MergeForm | None = None) -> HttpResponse:
    """Show both records with a new form. It keeps the note of a form that was refused, but none of its choices."""
    kept_on = {name: sent.cleaned_data[name] for name in ("note", "views")} if sent else {}
    initial = {"shown": digest(kept, merged), **kept_on}  # before the pictures are read, so that it is never too new
    form = MergeForm(preview(kept, merged), initial=initial)
    return render_pair(request, kept, merged, form, status=409 if sent else 200)


def render_pair(request: HttpRequest, kept: Artwork, merged: Artwork, form: MergeForm, *, status: int) -> HttpResponse:
    pictures = [(work, queries.views_of(work, request.user)) for work in (kept, merged)]
    sides = [(work, views, views[0] if views else None) for work, views in pictures]
    context = {
        "kept": kept,
        "merged": merged,
        "sides": sides,
        "form": form,
        "same": [choice for choice in preview(kept, merged) if not choice.differs and choice.kept],
        "warnings": warnings(kept, merged),
        "evidence": evidence_of(kept, merged),
        "relation_form": RelationForm(),
    }
    return render(request, "collection/merge.html", context, status=status)


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the merges and relations of a work. ?number=1923.4 goes on to the comparison with that record."""
    work = curated_work(request, pk)
    form = OtherRecordForm(work, request.user, request.GET if "number" in request.GET else None)
    found = form.cleaned_data["number"] if form.is_valid() else []
    if len(found) == 1:
        return redirect("work-merge", pk, found[0].pk)
    merged = list(aliases.aliases_of(work))
    context: dict[str, Any] = {
        "work": work,
        "form": form,
        "found": found,
        "lines": merge_history.lines(merge_history.merges_about(work, request.user)),
        "related": relations.related_to(work, merged, request.user),
    }
    return render(request, "collection/work_history.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def merges(request: HttpRequest) -> HttpResponse:
    """Show a page of all merges that the user may read; ?before=<pk> continues after a merge."""
    require_any_collection(request)
    rows = merge_history.merges(request.user)
    before = request.GET.get("before", "")
    if before.isdecimal() and int(before) <= LARGEST_NUMBER:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    context = {
        "lines": merge_history.lines(found[:PAGE]),
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return render(request, "collection/merges.html", context)


@require_POST  # because it writes: the export itself is recorded
@login_required
def download(request: HttpRequest) -> HttpResponseBase:
    """Send all merges that the user may read as a CSV table."""
    require_any_collection(request)
    record(Verb.EXPORTED, kind="merge", label="the history of merges")
    name = f"merges-{timezone.now():%Y%m%d-%H%M%S}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    rows = merge_history.table(merge_history.merges(request.user))
    return StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8", headers=headers)


def require_any_collection(request: HttpRequest) -> None:
    """Raise PermissionDenied (403) for users without a collection."""
    if not own_collections(request.user) and not sees_everything(request.user):
        raise PermissionDenied(gettext("This page is for curators."))


@require_POST
def undo_one(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(merge_history.merges(request.user), pk=pk)
    try:
        undone = undo(row, request.user)
    except MergeRefusedError as error:
        messages.error(request, str(error))
        return redirect("merges")
    messages.success(request, undone.sentence)
    return redirect("work-history", undone.merge.merged_id)
