from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from similarity.models import CurationLogEntry, DuplicatePair, Fingerprint, Space, SpaceRequest
from similarity.spaces import lifecycle


@admin.register(Space)
class SpaceAdmin(admin.ModelAdmin):
    list_display = (
        "lens",
        "backbone",
        "weights",
        "is_trained",
        "pooling",
        "metric",
        "dimensions",
        "state",
        "created_at",
    )
    list_filter = ("state", "lens")
    exclude = ("quantiles",)
    actions = ("make_live", "retire")

    @admin.action(description=_("Make live (or roll back to)"), permissions=["operate"])
    def make_live(self, request: HttpRequest, chosen: QuerySet[Space]) -> None:
        self.each(request, chosen, lifecycle.activate, gettext_noop("Space %(number)s is live now."))

    @admin.action(description=_("Retire"), permissions=["operate"])
    def retire(self, request: HttpRequest, chosen: QuerySet[Space]) -> None:
        self.each(request, chosen, lifecycle.retire, gettext_noop("Space %(number)s is retired."))

    def each(self, request: HttpRequest, chosen: QuerySet[Space], change: Callable[[Space], None], done: str) -> None:
        for space in chosen:
            try:
                change(space)
            except lifecycle.SpaceError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, gettext(done) % {"number": space.pk}, messages.SUCCESS)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("similarity.change_space")

    @admin.display(description=_("weights"))
    def weights(self, space: Space) -> str:
        return space.weights_digest[:12]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its fields describe its vectors, so none can be edited

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SpaceRequest)
class SpaceRequestAdmin(admin.ModelAdmin):
    """Requests for spaces: view and delete. Administrators make them on the Spaces page."""

    list_display = ("backbone", "weights_file", "lens_titles", "requested_by", "requested_at", "attempts", "problem")
    list_select_related = ("requested_by",)

    @admin.display(description=_("lenses"))
    def lens_titles(self, request: SpaceRequest) -> str:
        return request.lens_titles

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(DuplicatePair)
class DuplicatePairAdmin(admin.ModelAdmin):
    list_display = (
        "pictures",
        "suggested",
        "verdict",
        "decided_by",
        "decided_at",
        "relation",
        "hash_distance",
        "correlation",
        "certainty",
    )
    list_filter = ("verdict", "suggested", "relation", "is_identical")
    list_select_related = ("decided_by",)
    fields = (
        "low", "high", "is_identical", "relation", "hash_distance", "correlation", "certainty", "suggested",
        "verdict", "note",
    )  # fmt: skip
    readonly_fields = fields[:-1]

    @admin.display(description=_("pictures"))
    def pictures(self, pair: DuplicatePair) -> str:
        return f"{pair.low_id}, {pair.high_id}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Fingerprint)
class FingerprintAdmin(admin.ModelAdmin):
    """Hashes and twin values of pictures. Read only. The search finds equal twin values."""

    list_display = ("picture", "accession_number", "file", "twin", "is_flat")
    list_select_related = ("image__artwork",)
    list_filter = ("is_flat",)
    search_fields = ("twin__exact", "image__artwork__accession_number__exact")
    search_help_text = _("A twin value of 12 hex digits, or an accession number")
    show_full_result_count = False
    ordering = ("-image",)
    fields = ("image", "twin", "twin_bits", "phash", "is_flat")

    @admin.display(description=_("picture"), ordering="image")
    def picture(self, one: Fingerprint) -> int:
        return one.image_id

    @admin.display(description=_("accession number"))
    def accession_number(self, one: Fingerprint) -> str:
        return one.image.artwork.accession_number

    @admin.display(description=_("file"))
    def file(self, one: Fingerprint) -> str:
        return one.image.original_name

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False on its own pages only. The page that deletes a work asks too, as its fingerprints go with it."""
        is_own_page = getattr(request.resolver_match, "url_name", "").startswith("similarity_fingerprint_")
        return not is_own_page and super().has_delete_permission(request, obj)


@admin.register(CurationLogEntry)
class CurationLogAdmin(admin.ModelAdmin):
    """Who pinned or banned which neighbour, and when. Read only."""

    list_display = ("at", "curator", "action", "work_name", "neighbour_name")
    list_filter = ("action",)
    search_fields = ("curator", "work_name", "neighbour_name")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
