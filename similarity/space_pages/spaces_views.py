"""Pages about spaces, for administrators: the progress of each, the possible actions, and the comparison of two."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, user_passes_test
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from collection.jobs import workers
from collection.views.fragments import Request
from similarity.evaluation.reports import held_out_tables
from similarity.evaluation.reports.space_scores import scored
from similarity.models import Space, SpaceRequest
from similarity.space_pages import comparison, comparison_page, group_versions, overview
from similarity.space_pages.space_forms import NetworkForm, PlanForm, RecordsForm, focus_on_wrong
from similarity.spaces import lifecycle, planning, space_requests
from similarity.vision.lenses import ALL
from similarity.workers import task_names

RELOAD_S = {True: 3, False: 10}  # of the table: short while a request waits, which is answered within seconds


def is_administrator(user: User | AnonymousUser) -> bool:
    """Return True for administrators. For others raise PermissionDenied (403) with a sentence."""
    if not user.has_perm("similarity.change_space"):
        raise PermissionDenied(gettext("This page is for administrators."))
    return True


may_change = user_passes_test(is_administrator)


@require_safe
@login_required
@may_change
def listing(request: Request) -> HttpResponse:
    """Show every space by lens. The table reloads itself while a space changes without a person."""
    if request.htmx:
        return render(request, "similarity/_spaces.html", table())
    return page(request)


def table() -> dict[str, Any]:
    """Return the context of similarity/_spaces.html."""
    rows = overview.rows()
    by_lens = [(lens, [row for row in rows if row.space.lens == lens.name]) for lens in ALL.values()]
    requests = list(SpaceRequest.objects.select_related("requested_by"))
    is_awaited = any(not one.problem for one in requests)
    return {
        "requests": requests,
        "lenses": [(lens, found) for lens, found in by_lens if found],
        "is_busy": is_awaited or any(row.is_moving for row in rows),
        "again_s": RELOAD_S[is_awaited],
    }


def page(
    request: Request,
    plan_form: PlanForm | None = None,
    network_form: NetworkForm | None = None,
    records_form: RecordsForm | None = None,
) -> HttpResponse:
    """Show the page. A form with errors is shown with the reasons, and the status is 422."""
    wrong = [form for form in (plan_form, network_form, records_form) if form is not None and form.errors]
    for form in wrong:
        focus_on_wrong(form)
    forms = {
        "plan_form": plan_form or PlanForm(),
        "network_form": network_form or NetworkForm(),
        "records_form": records_form or RecordsForm(),
    }
    context = table() | forms | {"versions": group_versions.read()}
    return render(request, "similarity/spaces.html", context, status=422 if wrong else 200)


@require_POST
@login_required
@may_change
def plan(request: Request) -> HttpResponse:
    """Plan a new fit of a space of this site."""
    form = PlanForm(request.POST)
    if not form.is_valid():
        return page(request, plan_form=form)
    like: Space = form.cleaned_data["like"]
    try:
        planned = planning.plan(like.identity, form.recipe(), metric=form.cleaned_data["metric"])
    except lifecycle.SpaceError as error:
        form.add_error(None, str(error))
        return page(request, plan_form=form)
    workers.wake(task_names.EMBED)
    messages.success(request, gettext("Planned: %(space)s.") % {"space": planned})
    return redirect("spaces")


@require_POST
@login_required
@may_change
def ask(request: Request) -> HttpResponse:
    """Ask a worker for spaces of a network. No web process can load one."""
    form = NetworkForm(request.POST)
    return request_of(request, form, task_names.PLAN_REQUESTS) or page(request, network_form=form)


@require_POST
@login_required
@may_change
def learn(request: Request) -> HttpResponse:
    """Ask a worker for a look that is learned from the museum's records."""
    form = RecordsForm(request.POST)
    return request_of(request, form, task_names.LEARN) or page(request, records_form=form)


@require_POST
@login_required
@may_change
def group(request: Request) -> HttpResponse:
    """Ask a worker to build groups and map again."""
    try:
        group_versions.request()
    except group_versions.RequestError as error:
        messages.error(request, str(error))
    else:
        workers.wake(task_names.BUILD_OVERVIEW)
        messages.success(request, gettext("Groups and map are being built again. The current ones stay until then."))
    return redirect("spaces")


def request_of(request: Request, form: NetworkForm | RecordsForm, task_name: str) -> HttpResponse | None:
    """Save the form's request and wake a worker. Return None if the form has errors, also if the same request waits."""
    if not form.is_valid():
        return None
    try:
        space_requests.ask(form.request(request.user))
    except space_requests.RequestError as error:
        form.add_error(None, str(error))
        return None
    workers.wake(task_name)
    return redirect("spaces")


@require_POST
@login_required
@may_change
def settle(request: Request, pk: int, verb: str) -> HttpResponse:
    """Let a refused request wait again, or dismiss it. Do nothing if the request has been deleted."""
    chosen = SpaceRequest.objects.filter(pk=pk).first()
    try:
        if chosen is not None:
            {"ask-again": space_requests.ask_again, "dismiss": space_requests.dismiss}[verb](chosen)
    except space_requests.RequestError as error:
        messages.error(request, str(error))
    else:
        workers.wake(task_names.PLAN_REQUESTS)
        workers.wake(task_names.LEARN)
    return redirect("spaces")


@require_POST
@login_required
@may_change
def change(request: Request, pk: int, verb: str) -> HttpResponse:
    """Make a space live, or retire it. A rollback makes the previous space live."""
    space = get_object_or_404(Space, pk=pk)
    try:
        {"activate": lifecycle.activate, "retire": lifecycle.retire}[verb](space)
    except lifecycle.SpaceError as error:
        messages.error(request, str(error))
    else:
        workers.wake(task_names.SWEEP)
        if verb == "activate":
            done = gettext("Space %(number)s is now live.") % {"number": space.pk}
            messages.success(request, f"{done} {overview.row_of(space).what_follows}".rstrip())
        else:
            done = gettext("Space %(number)s is retired. Its vectors are being deleted.") % {"number": space.pk}
            messages.success(request, done)
    return redirect("spaces")


@require_safe
@login_required
@may_change
def compare(request: Request, pk: int, other: int) -> HttpResponse:
    """Compare two spaces: overlap of the nearest ten, scores, and works with their neighbours in both.

    ?show= chooses the works (sample, differ or agree), ?cases= how many of them.
    """
    one, rival = get_object_or_404(Space, pk=pk), get_object_or_404(Space, pk=other)
    every = overview.rows()
    try:
        found = comparison_page.compared((one, rival), request.user, {row.space.pk: row.done for row in every})
    except lifecycle.SpaceError as error:
        messages.error(request, str(error))
        return redirect("spaces")
    order = comparison_page.order_of(request.GET.get("show", ""))
    count = comparison_page.count_of(request.GET.get("cases", ""))
    rows = [row for row in every if row.space.lens == one.lens]
    context = {
        "rows": rows,
        "one": one,
        "rival": rival,
        "comparison": found,
        "k": comparison.K,
        "chart": comparison_page.chart(found),
        "order": order,
        "orders": comparison_page.TITLES.items(),
        "cases": comparison_page.cases(found, (one, rival), request.user, order, count),
        "next_case": count + 1,
        "more": count + comparison_page.CASES if count < found.works else None,
        "learned": held_out_tables.tables(one, rival),
        "scores": [(space, row, scored(space)) for space in (one, rival) for row in rows if row.space == space],
    }
    return render(request, "similarity/spaces_compare.html", context)
