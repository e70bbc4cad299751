"""Pages on which curators upload pictures and follow the progress."""

import logging
from collections.abc import Mapping
from contextlib import suppress

from django.conf import settings
from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFilesSent
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from collection.desk import upload_intake
from collection.desk.upload_forms import UploadForm
from collection.files import refusal_texts
from collection.jobs import upload_progress
from collection.models import Artwork, Collection, Upload, UploadedFile
from collection.permissions import require_curator, visible_collections

logger = logging.getLogger(__name__)

MIB = 2**20
WHOLE_FILES = 20  # files of the maximum size that one request may have


class TooMuchAtOnceError(ValueError):
    """The body of a request is too large. The text can be shown to a person."""


@csrf_exempt  # `receive` checks the token in the body, after its size and the user were checked
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form and receive files. A script sends one file at a time and gets JSON; the form sends all."""
    collection = get_object_or_404(visible_collections(request.user), slug=slug)
    require_curator(request.user, collection)
    if request.method != "POST":
        return form_page(request, collection, UploadForm(collection, request.user.pk))
    try:
        refuse_too_much(request)
        return receive(request, collection)
    except TooManyFilesSent:
        limit = {"limit": intcomma(settings.DATA_UPLOAD_MAX_NUMBER_FILES)}
        return problem(request, collection, gettext("At most %(limit)s files can be sent at a time.") % limit, 413)
    except TooMuchAtOnceError as error:
        return problem(request, collection, str(error), 413)
    except RequestDataTooBig:
        return problem(request, collection, gettext("This form contains too much text."), 413)
    except upload_intake.NotStoredError as error:
        return problem(request, collection, refusal_texts.stored(str(error)), 503)
    except (OSError, DatabaseError) as error:
        logger.exception("Could not receive what was uploaded to %s", collection)
        delete_parts(request)
        return problem(request, collection, gettext(upload_intake.sentence_for(error)), 503)


def delete_parts(request: HttpRequest) -> None:
    """Delete the part of a file that arrived before the disk was full. Django would keep it for a while."""
    for handler in request.upload_handlers:
        with suppress(OSError):  # what was not yet written cannot be written now
            handler.upload_interrupted()


def refuse_too_much(request: HttpRequest) -> None:
    limit_mib = settings.KINDRED_UPLOAD_LIMIT_MIB * WHOLE_FILES
    size_mib = int(request.META.get("CONTENT_LENGTH") or 0) / MIB
    if size_mib > limit_mib:
        sizes = {"size": intcomma(round(size_mib)), "limit": intcomma(limit_mib)}
        sentence = gettext("These files have %(size)s MiB together; at most %(limit)s MiB can be sent at a time.")
        raise TooMuchAtOnceError(sentence % sizes)


@csrf_protect
def receive(request: HttpRequest, collection: Collection) -> HttpResponse:
    form = UploadForm(collection, request.user.pk, request.POST, request.FILES)
    if not form.is_valid():
        return problem(
            request, collection, " ".join(str(error) for errors in form.errors.values() for error in errors), 422
        )
    target = form.cleaned_data["upload"]
    target = target or Upload.objects.create(collection=collection, uploaded_by_id=request.user.pk)
    try:
        files = upload_intake.receive(target, form.cleaned_data["files"], form.options())
    except upload_intake.NotStoredError:
        Upload.objects.filter(pk=target.pk, files=None).delete()  # an upload of nothing is no upload
        raise
    if wants_json(request):
        works = upload_progress.works_of(target, files, request.user)
        received = [as_json(file, works) for file in files]
        return JsonResponse({"upload": target.pk, "url": target.get_absolute_url(), "files": received})
    return redirect(target)


def as_json(file: UploadedFile, works: Mapping[int, Artwork]) -> dict[str, str]:
    """Return the outcome of a file for a script. works: those that the user may see, by id."""
    work = works.get(file.image.artwork_id) if file.image else None
    link = work.get_absolute_url() if work else ""
    refusal, note = (refusal_texts.stored(text) for text in (file.refusal, file.note))
    return {"name": file.name, "refusal": refusal, "note": note, "work": link}


def problem(request: HttpRequest, collection: Collection, sentence: str, status: int) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"problem": sentence}, status=status)
    form = UploadForm(collection, request.user.pk)
    return form_page(request, collection, form, problem=sentence, status=status)


def wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def form_page(
    request: HttpRequest, collection: Collection, form: UploadForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "collection": collection,
        "form": form,
        "problem": problem,
        "size_limit_mib": settings.KINDRED_UPLOAD_LIMIT_MIB,
        "pixel_limit_mp": settings.KINDRED_PIXEL_LIMIT_MP,
        "files_limit": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        "earlier": Upload.objects.filter(collection=collection, uploaded_by=request.user.pk)[:5],
    }
    return render(request, "collection/upload.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the outcome of each file. POST action=publish or action=retry."""
    upload = curated_upload(request, pk)
    if request.method == "POST":
        act(request, upload)
        return redirect(upload)
    progress = upload_progress.of(upload, request.user)
    return render(request, "collection/upload_detail.html", {"upload": upload, "progress": progress})


def act(request: HttpRequest, upload: Upload) -> None:
    match request.POST.get("action"):
        case "publish":
            count = upload_intake.publish(upload)
            sentence = ngettext("%(count)s work published.", "%(count)s works published.", count)
            messages.success(request, sentence % {"count": intcomma(count)})
        case "retry":
            upload_intake.retry(upload)
        case other:
            raise BadRequest(f"{other} is not an action")


@require_safe
def show_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the fragment that the page requests every second, or status 204 if nothing has changed."""
    upload = curated_upload(request, pk)
    found = upload_progress.of(upload, request.user)
    if request.GET.get("seen") == found.version:
        return HttpResponse(status=204)
    return render(request, "collection/_upload_progress.html", {"upload": upload, "progress": found, "is_part": True})


def curated_upload(request: HttpRequest, pk: int) -> Upload:
    """Return an upload. Raise Http404 if the user may not see its collection, PermissionDenied for non-curators."""
    own = Upload.objects.filter(collection__in=visible_collections(request.user))
    upload = get_object_or_404(own.select_related("collection", "uploaded_by"), pk=pk)
    require_curator(request.user, upload.collection)
    return upload
