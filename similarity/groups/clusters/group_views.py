"""Show the groups of works that look alike, one group, and a work's group. Curators name and hide groups."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import replace_url

from collection import queries
from collection.browsing import paging
from collection.browsing.filters import Filters
from collection.desk.record_forms import BrowseForm
from collection.views.browse_pages import loads_itself
from collection.views.fragments import Request, page_query, respond, target_of
from similarity.groups.building import versions
from similarity.groups.clusters import gone_groups, group_naming, group_works, shown_groups
from similarity.groups.clusters.group_forms import GroupForm
from similarity.groups.clusters.shown_groups import ShownGroup
from similarity.models import Overview, Placement

TYPICAL = 8  # works at the top of a group's page
STRIP = 6  # works of its group on the page of a work
HOME_GROUPS = 4

Groups = dict[int, ShownGroup]


@require_safe
def listing(request: Request) -> HttpResponse:
    """Show the groups of the first level, or the reason why there are none."""
    overview = versions.live()
    first = shown_groups.of_first_level(groups_for(request, overview).values())
    shown_groups.add_works(first, request.user)
    context = {"groups": first, "is_made": overview is not None, "is_being_made": versions.building() is not None}
    return render(request, "groups/groups.html", context)


@require_safe
def group(request: Request, number: int) -> HttpResponse:
    """Show a group with its parts, its neighbours and its works. For htmx (#works), return more works."""
    overview = versions.live()
    groups = groups_for(request, overview)
    shown = groups.get(number)
    if shown is None:
        return redirect_or_404(request, number, overview, groups)
    form = list_form(request.GET)
    after = form.after_pk()
    if target_of(request) == "works":
        return more_works(request, shown, after)
    context = {
        "group": shown,
        **around(request, shown, groups, is_first_page=after is None),
        "page": group_works.page(shown.group, request.user, after, form.page_count()),
        "is_continued": after is not None,
        "loads_itself": loads_itself(request, form.page_count()),
        "form": naming_form(request, shown),
    }
    return respond(request, "groups/group.html", context)


def around(request: Request, shown: ShownGroup, groups: Groups, *, is_first_page: bool) -> dict[str, Any]:
    """Return the groups around a group, and its most typical works. Continued pages show its parent only."""
    parent = next((one for one in groups.values() if one.group.pk == shown.group.parent_id), None)
    if not is_first_page:
        return {"parent": parent}
    parts = shown_groups.children_of(shown, groups.values())
    near = [groups[number] for number in shown.group.near if number in groups]
    shown_groups.add_works([*parts, *near], request.user)
    shown_groups.add_works([shown], request.user, TYPICAL)
    return {"parent": parent, "parts": parts, "near": near}


def more_works(request: Request, shown: ShownGroup, after: int | None) -> HttpResponse:
    """Return the works that follow. The address of the page changes too, so that Back shows them again."""
    current = list_form(page_query(request))
    context = {
        "page": group_works.page(shown.group, request.user, after),
        "loads_itself": loads_itself(request, current.page_count() + 1),
    }
    answer = respond(request, "collection/_more.html", context)
    address = paging.continued(Filters(), current.after_pk(), current.page_count(), after)
    return replace_url(answer, request.path + address)


def list_form(fields: Any) -> BrowseForm:
    """Return the form of the list's place in the address."""
    form = BrowseForm({name: fields.get(name, "") for name in ("after", "pages")})
    form.is_valid()
    return form


def groups_for(request: Request, overview: Overview | None) -> Groups:
    return shown_groups.find(overview, request.user) if overview is not None else {}


def redirect_or_404(request: Request, number: int, overview: Overview | None, groups: Groups) -> HttpResponse:
    """Redirect to the group that has most of the works of a former group, or answer 404 with a link to all groups."""
    following = gone_groups.successor(number, overview, groups) if overview is not None else None
    if following is not None and following.number != number:
        return redirect("group", following.number)
    return render(request, "groups/no_group.html", {"has_groups": bool(groups)}, status=404)


def naming_form(request: Request, shown: ShownGroup) -> GroupForm | None:
    if not shown_groups.may_name(request.user):
        return None
    return GroupForm(initial={"name": shown.name, "is_hidden": shown.is_hidden})


@require_POST
def name(request: Request, number: int) -> HttpResponse:
    """Name a group or hide it."""
    if number not in groups_for(request, versions.live()):
        raise Http404
    if not shown_groups.may_name(request.user):
        raise PermissionDenied
    form = GroupForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    elif group_naming.change(number, request.user, **form.cleaned_data):
        messages.success(request, gettext("Saved. Only curators see this group now.") if form.cleaned_data["is_hidden"]
                         else gettext("Saved. Everybody sees this name.") if form.cleaned_data["name"]
                         else gettext("Saved. The group has no name now."))  # fmt: skip
    return redirect("group", number)


@require_safe
def of_work(request: Request, pk: int) -> HttpResponse:
    """Return a strip of works of a work's group, for the end of its page. It is empty if the work has none."""
    work = queries.work_or_404(request.user, pk)
    overview = versions.live()
    placement = Placement.objects.filter(overview=overview, work=work).select_related("group", "subgroup").first()
    groups = groups_for(request, overview) if placement else {}
    levels = (placement.subgroup, placement.group) if placement else ()
    found = [groups[one.number] for one in levels if one is not None and one.number in groups]
    if found:
        shown_groups.add_works(found[:1], request.user, STRIP + 1)
        found[0].works = [other for other in found[0].works if other.pk != work.pk][:STRIP]
    return render(request, "groups/_group_of_work.html", {"group": found[0] if found else None, "parent": found[1:]})


@require_safe
def on_home(request: Request) -> HttpResponse:
    """Return a row of the largest groups, for the home page."""
    first = shown_groups.of_first_level(groups_for(request, versions.live()).values())[:HOME_GROUPS]
    shown_groups.add_works(first, request.user)
    return render(request, "groups/_groups_on_home.html", {"groups": first, "address": reverse("groups")})
