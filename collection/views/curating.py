"""Pages on which curators change a work: its record, its publication, its views."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from collection import queries
from collection.audit import works as audited
from collection.desk.record_forms import ArtworkForm
from collection.models import Artwork
from collection.permissions import require_curator, visible_works

SAVED = gettext_noop("The record is saved.")
SAVED_AND = {
    "yes": gettext_noop("The record is saved, and the work is published."),
    "no": gettext_noop("The record is saved, and the work is withdrawn: only curators see it now."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save a record. is_published=yes also publishes the work, is_published=no withdraws it."""
    with transaction.atomic():  # if two people save at once, the second transaction reads the first one's result
        work = curated_work(request, pk, is_held=request.method == "POST")
        before = audited.snapshot(work)
        form = ArtworkForm(request.POST or None, instance=work)
        if request.method == "POST" and form.is_valid():
            form.save()
            messages.success(request, gettext(published(work, request.POST.get("is_published"))))
            audited.record_change(work, before)
            return redirect(work)
    unchanged = Artwork.objects.select_related("collection").get(pk=pk)  # because validation changes the form's work
    context = {"form": form, "work": unchanged, "views": queries.views_of(unchanged, request.user)}
    return render(request, "collection/work_edit.html", context, status=422 if form.errors else 200)


def published(work: Artwork, asked: str | None) -> str:
    """Publish or withdraw a work if `asked` is "yes" or "no". Return the message about it and the saved record."""
    if asked not in SAVED_AND:
        return SAVED
    work.is_published = asked == "yes"
    work.save(update_fields=["is_published"])
    return SAVED_AND[asked]


@require_POST
def delete_view(request: HttpRequest, pk: int, image_pk: int) -> HttpResponse:
    work = curated_work(request, pk)
    image = get_object_or_404(work.images, pk=image_pk)
    image.delete()  # the audit log records it in the same transaction
    messages.success(
        request, gettext("The view %(name)s is removed.") % {"name": image.view_label or image.original_name}
    )
    return redirect("work-edit", pk)


def curated_work(request: HttpRequest, pk: int, *, is_held: bool = False) -> Artwork:
    """Return a work that the user curates. Raise Http404 if the user may not see it, PermissionDenied otherwise.

    Raise WorkMergedError if it was merged into another work.
    """
    works = visible_works(request.user).select_related("collection")
    held = works.select_for_update(of=("self",), no_key=True) if is_held else works
    work = queries.listed_or_404(held, request.user, pk)
    require_curator(request.user, work.collection)
    return work
