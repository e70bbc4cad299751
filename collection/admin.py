"""The pages of Django's admin. Pictures and jobs are read-only here: only uploads and imports add pictures."""

from django import forms
from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from collection.audit import works as audited
from collection.audit.recording import Verb, record
from collection.desk.record_forms import LinesField
from collection.jobs import job_queue, rebuilding
from collection.models import Artwork, ArtworkImage, Collection, Job, Upload, UploadedFile

HTTPS_FIRST: dict[type[models.Field], dict[str, str]] = {models.URLField: {"assume_scheme": "https"}}


class RecordForm(forms.ModelForm):
    """The form of a work. Makers are entered one per line, because a name may contain a comma."""

    creators = LinesField(required=False, label=_("creators"), help_text=_("one per line"))


class ReadOnly:
    """A mixin for rows that the admin shows, but neither adds nor changes."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ImageInline(ReadOnly, admin.TabularInline):
    model = ArtworkImage
    fields = ("position", "view_label", "format", "width_px", "height_px", "size_bytes", "sha256")
    can_delete = False
    extra = 0


class JobInline(ReadOnly, admin.TabularInline):
    model = Job
    fields = ("key", "state", "attempts", "reason", "changed_at")
    readonly_fields = ("changed_at",)
    can_delete = False
    extra = 0


class UploadedFileInline(ReadOnly, admin.TabularInline):
    model = UploadedFile
    fields = ("name", "image", "refusal")
    can_delete = False
    extra = 0


@admin.register(Collection)
class CollectionAdmin(admin.ModelAdmin):
    formfield_overrides = HTTPS_FIRST
    list_display = ("title", "institution", "slug", "is_public", "originals_public", "public_side_px")
    search_fields = ("title", "institution")
    prepopulated_fields = {"slug": ("title",)}
    filter_horizontal = ("curators",)

    def save_model(self, request: HttpRequest, obj: Collection, form: forms.ModelForm, change: bool) -> None:
        before = audited.stored(obj) if change else {}
        super().save_model(request, obj, form, change)
        audited.record_change(obj, before)
        if change and before["public_side_px"] != obj.public_side_px:
            self.resize_public_images(request, obj, before["public_side_px"])

    def resize_public_images(self, request: HttpRequest, collection: Collection, former_px: int) -> None:
        count = rebuilding.note_change(collection, former_px)
        sentence = ngettext(
            "%(count)s picture will be prepared for enlarging again. Workers do this.",
            "%(count)s pictures will be prepared for enlarging again. Workers do this.",
            count,
        )
        self.message_user(request, sentence % {"count": intcomma(count)}, messages.INFO)


@admin.register(Artwork)
class ArtworkAdmin(admin.ModelAdmin):
    form = RecordForm
    formfield_overrides = HTTPS_FIRST
    list_display = ("accession_number", "title", "creators", "date_display", "collection", "is_published")
    list_display_links = ("accession_number", "title")
    list_filter = ("is_published", "collection", "classification")
    list_select_related = ("collection",)
    search_fields = ("accession_number", "title", "creators")
    inlines = (ImageInline,)
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Artwork, form: forms.ModelForm, change: bool) -> None:
        """Write only the changed fields, so that values that a trigger or a colleague has written since then stay."""
        before = audited.stored(obj) if change else {}
        obj.save(update_fields=form.changed_data if change else None)
        changed = {name: old for name, old in before.items() if name in form.changed_data}
        audited.record_change(obj, changed)

    def get_readonly_fields(self, request: HttpRequest, obj: Artwork | None = None) -> tuple[str, ...]:
        """Lock the collection of a saved work: its pictures and their reviewers belong to that collection too."""
        return ("collection",) if obj else ()


@admin.register(ArtworkImage)
class ArtworkImageAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("artwork", "view_label", "format", "width_px", "height_px", "created_at")
    list_filter = ("collection", "format")
    list_select_related = ("artwork",)
    search_fields = ("artwork__accession_number", "artwork__title", "original_name", "sha256")
    inlines = (JobInline,)
    show_full_result_count = False


@admin.register(Job)
class JobAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("image", "key", "state", "attempts", "reason", "changed_at")
    list_filter = ("state", "key")
    list_select_related = ("image__artwork",)
    search_fields = ("image__artwork__accession_number", "reason")
    actions = ("try_again",)
    show_full_result_count = False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("collection.change_job")

    @admin.action(description=_("Try again what failed"), permissions=["retry"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        with transaction.atomic():
            count = job_queue.retry(chosen)
            if count:
                record(Verb.ASKED, kind="job", label=f"another try of what failed ({count})")
        sentence = ngettext("%(count)s will be tried again.", "%(count)s will be tried again.", count)
        self.message_user(request, sentence % {"count": intcomma(count)}, messages.SUCCESS)


@admin.register(Upload)
class UploadAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("id", "collection", "uploaded_by", "created_at")
    list_filter = ("collection",)
    list_select_related = ("collection", "uploaded_by")
    inlines = (UploadedFileInline,)
