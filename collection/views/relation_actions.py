"""Set and remove relations between works."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from collection.desk.merge_forms import RelationForm
from collection.merging import relations
from collection.merging.merge_errors import MergeRefusedError
from collection.models import WorkRelation
from collection.permissions import curated_collections
from collection.views.merge_pages import curated_pair


@require_POST
def relate(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Relate two works: the first is a detail of the second, or whatever `kind` says."""
    work, second = curated_pair(request, pk, other)
    form = RelationForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Please choose one of the relations."))
        return redirect("work-merge", pk, other)
    try:
        relations.relate(work, second, form.kind_chosen(), request.user)
    except MergeRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("The relation is set. Both pages show it."))
    return redirect("work-history", pk)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    own = curated_collections(request.user).values("pk")
    rows = WorkRelation.objects.filter(from_work__collection__in=own, to_work__collection__in=own)
    relation = get_object_or_404(rows.select_related("from_work__collection", "to_work__collection"), pk=pk)
    relations.remove(relation, request.user)
    messages.success(request, gettext("The relation is removed."))
    return redirect("work-history", relation.from_work_id)
