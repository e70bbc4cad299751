"""What curators change on a work: its record, whether it is published, its views."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from collection import queries
from collection.desk.record_forms import ArtworkForm
from collection.models import Artwork
from collection.permissions import require_curator, visible_works

WORDS = {"yes": ", and the work is published", "no": ", and the work is withdrawn: only curators see it now"}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The record; with is_published=yes the work is shown to everybody along with it, with =no it is taken back."""
    with transaction.atomic():  # of two who save at once, the second finds what the first has written
        work = curated_work(request, pk, is_held=request.method == "POST")
        form = ArtworkForm(request.POST or None, instance=work)
        if request.method == "POST" and form.is_valid():
            form.save()
            messages.success(request, f"The record is saved{published(work, request.POST.get('is_published'))}.")
            return redirect(work)
    unchanged = Artwork.objects.select_related("collection").get(pk=pk)  # a form writes to its work while it checks
    context = {"form": form, "work": unchanged, "views": queries.views_of(unchanged, request.user)}
    return render(request, "collection/work_edit.html", context, status=422 if form.errors else 200)


def published(work: Artwork, asked: str | None) -> str:
    """Publishes or withdraws a work where that was asked for; what there is to say about it."""
    if asked not in WORDS:
        return ""
    Artwork.objects.filter(pk=work.pk).update(is_published=asked == "yes")
    return WORDS[asked]


@require_POST
def delete_view(request: HttpRequest, pk: int, image_pk: int) -> HttpResponse:
    work = curated_work(request, pk)
    image = get_object_or_404(work.images, pk=image_pk)
    image.delete()
    messages.success(request, f"The view {image.view_label or image.original_name} is removed.")
    return redirect("work-edit", pk)


def curated_work(request: HttpRequest, pk: int, *, is_held: bool = False) -> Artwork:
    """404 for a work that this user may not even see, 403 for one that is another curator's."""
    works = visible_works(request.user).select_related("collection")
    work = get_object_or_404(works.select_for_update(of=("self",), no_key=True) if is_held else works, pk=pk)
    require_curator(request.user, work.collection)
    return work
