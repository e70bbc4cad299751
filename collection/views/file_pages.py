"""The page of files, for administrators: when files were last read, what is damaged, and how to repair it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, user_passes_test
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from collection.desk.file_forms import PicturesForm
from collection.files import storage
from collection.jobs import file_checks, job_queue, rebuilding
from collection.models import ArtworkImage, FileCheck, FileState, Job, Orphan
from collection.permissions import sees_everything
from collection.views.fragments import Request

LISTED = 100  # problems on the page
NO_DISK = gettext_noop("The folder of pictures is missing. Is its disk mounted?")


@dataclass(frozen=True)
class Problem:
    """A picture whose last check found something, as the page lists it."""

    check: FileCheck
    is_rebuilding: bool  # its derivatives are queued or are being made

    @property
    def needs_original(self) -> bool:
        return self.check.original != FileState.WHOLE

    @property
    def file(self) -> str:
        """Return the place of the original in the folder of pictures, for a restore from a backup."""
        image = self.check.image
        return storage.original(image.sha256, image.extension).relative_to(settings.MEDIA_ROOT).as_posix()


def is_administrator(user: User | AnonymousUser) -> bool:
    """Return True for administrators. For others raise PermissionDenied (403) with a sentence."""
    if not sees_everything(user):
        raise PermissionDenied(gettext("This page is for administrators."))
    return True


for_administrators = user_passes_test(is_administrator)


@require_safe
@never_cache
@login_required
@for_administrators
def files(request: Request) -> HttpResponse:
    """Show the state of all files. The list reloads itself."""
    if request.htmx:
        return render(request, "collection/_files.html", state())
    return page(request, PicturesForm())


def page(request: HttpRequest, form: PicturesForm) -> HttpResponse:
    context = {**state(), "form": form}
    return render(request, "collection/files.html", context, status=422 if form.errors else 200)


def state() -> dict[str, Any]:
    """Return the context of collection/_files.html."""
    found = file_checks.problems().select_related("image__artwork__collection").order_by("-checked_at", "pk")
    listed = list(found[:LISTED])
    unfinished = Job.objects.filter(key=job_queue.DERIVATIVES, state__in=job_queue.UNFINISHED)
    rebuilding_now = set(unfinished.filter(image__in=[one.image_id for one in listed]).values_list("image", flat=True))
    pictures = ArtworkImage.objects.count()
    return {
        "pictures": pictures,
        "checked": FileCheck.objects.exclude(checked_at=None).count(),
        "read_since": file_checks.read_since(),
        "is_late": file_checks.is_late(),
        "is_unmounted": bool(pictures) and not storage.folder_of_originals().is_dir(),
        "problems": [Problem(one, one.image_id in rebuilding_now) for one in listed],
        "problem_count": found.count(),
        "orphans": Orphan.objects.count(),
        "check_days": settings.KINDRED_CHECK_DAYS,
        "orphan_days": settings.KINDRED_ORPHAN_DAYS,
    }


@require_POST
@login_required
@for_administrators
def check(request: HttpRequest) -> HttpResponse:
    """Check the pictures with the number in the form."""
    form = PicturesForm(request.POST)
    if not form.is_valid():
        return page(request, form)
    return checked(request, form.cleaned_data["number"])


@require_POST
@login_required
@for_administrators
def check_one(request: HttpRequest, pk: int) -> HttpResponse:
    return checked(request, [get_object_or_404(ArtworkImage.objects.select_related("artwork"), pk=pk)])


def checked(request: HttpRequest, images: Iterable[ArtworkImage]) -> HttpResponse:
    """Check pictures, with a message about each, and return to the page."""
    try:
        for image in images:
            add_result_message(request, image, file_checks.check(image))
    except storage.StoreUnavailableError:
        messages.error(request, gettext(NO_DISK))
    return redirect("files")


def add_result_message(request: HttpRequest, image: ArtworkImage, found: FileCheck | None) -> None:
    names = {"picture": image.pk, "work": image.artwork.accession_number}
    if found is None:
        messages.error(request, gettext("Picture %(picture)s of %(work)s was deleted.") % names)
    elif found.problem:
        problem = {**names, "problem": found.problem}
        messages.error(request, gettext("Picture %(picture)s of %(work)s: %(problem)s") % problem)
    else:
        messages.success(request, gettext("Picture %(picture)s of %(work)s: all files are whole.") % names)


@require_POST
@login_required
@for_administrators
def rebuild(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the derivatives of one picture."""
    image = get_object_or_404(ArtworkImage.objects.select_related("artwork"), pk=pk)
    rebuilding.queue([image])
    sentence = gettext("The smaller copies of picture %(picture)s are being made again.") % {"picture": image.pk}
    messages.success(request, sentence)
    return redirect("files")
