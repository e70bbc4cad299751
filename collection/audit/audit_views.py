"""The page of the audit log and its CSV table, for superusers."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required, user_passes_test
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from collection.audit import history
from collection.audit.audit_forms import AuditForm
from collection.audit.recording import Verb, record
from collection.csv_cells import Echo, Table
from collection.permissions import sees_everything

COLUMNS = ("at", "who", "from", "verb", "kind", "object_id", "label", "detail")


def is_superuser(user: User | AnonymousUser) -> bool:
    if not sees_everything(user):
        raise PermissionDenied(gettext("This page is for administrators of the whole site."))
    return True


@require_safe
@login_required
@user_passes_test(is_superuser)
def audit(request: HttpRequest) -> HttpResponse:
    """Show a page of the history. ?after=<mark> continues after the line with this mark."""
    form = AuditForm(request.GET)
    lines, mark = history.page(form.filters(), request.GET.get("after", ""))
    context = {
        "form": form,
        "lines": lines,
        "next": mark and address(request.GET, mark),
        "chosen": address(request.GET, ""),
    }
    return render(request, "collection/audit.html", context)


def address(query: QueryDict, mark: str) -> str:
    """Return the query string of the page after `mark`, with the same filters. Without a mark it is the first page."""
    other = query.copy()
    other.pop("after", None)
    if mark:
        other["after"] = mark
    return other.urlencode()


@require_POST  # because it writes: the export itself is recorded
@login_required
@user_passes_test(is_superuser)
def download(request: HttpRequest) -> StreamingHttpResponse:
    """Send all lines that match the filters in the address as a CSV table."""
    form = AuditForm(request.GET)
    filters = form.filters()
    record(Verb.EXPORTED, kind="audit", label="the audit log", detail=dict(request.GET.items()))
    name = f"audit-{timezone.now():%Y%m%d-%H%M%S}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(table(filters), content_type="text/csv; charset=utf-8", headers=headers)


def table(filters: history.Filters) -> Iterator[str]:
    rows = Table(Echo())
    yield rows.writerow(COLUMNS)
    for line in history.every(filters):
        with translation.override("en-gb"):  # programs read the same words in every language
            said = "; ".join(line.said)
        cells = (line.at.isoformat(), line.who, line.client, line.verb, line.kind, line.object_id, line.label, said)
        yield rows.writerow(cells)
