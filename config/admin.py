"""Edit the look of the site in Django's admin. Only a draft can be changed; published versions stay unchanged."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collection import queries
from collection.models import Appearance
from config.appearance import publishing
from config.appearance.appearance_forms import AppearanceForm
from config.appearance.museum import shown
from config.appearance.showing import PREVIEW

State = Appearance.State


@admin.register(Appearance)
class AppearanceAdmin(admin.ModelAdmin):
    form = AppearanceForm
    change_form_template = "admin/appearance_form.html"
    list_display = ("museum", "state", "changed_at", "published_at", "published_by")
    actions = ("publish_again",)
    fieldsets = (
        (None, {"fields": ("name",)}),
        (_("Logo"), {"fields": (
            "logos_now", "logo_file", "removes_logo", "logo_dark_file", "removes_logo_dark", "logo_has_name",
        )}),
        (_("Colours and typefaces"), {"fields": ("accent_light", "accent_dark", "typefaces")}),
        (_("Texts"), {"fields": ("home_title", "home_text", "footer_line")}),
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allow one draft at a time."""
        return super().has_add_permission(request) and not Appearance.objects.filter(state=State.DRAFT).exists()

    def has_change_permission(self, request: HttpRequest, obj: Appearance | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == State.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Appearance | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.state != State.PUBLISHED)

    def get_fieldsets(self, request: HttpRequest, obj: Appearance | None = None) -> Any:
        """Show the stored fields of a version that cannot be changed any more."""
        if obj is None or obj.state == State.DRAFT:
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": ("state", "published_at", "published_by", *publishing.FIELDS)}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Appearance | None = None) -> tuple[str, ...]:
        fixed = ("state", "published_at", "published_by", *publishing.FIELDS)
        return ("logos_now",) if obj is None or obj.state == State.DRAFT else fixed

    @admin.display(description=_("name of the museum"), ordering="name")
    def museum(self, version: Appearance) -> str:
        return version.shown_name

    @admin.display(description=_("Logos now"))
    def logos_now(self, draft: Appearance) -> str:
        """Show the stored logos. A new draft starts with those of the published version."""
        source = draft if draft.pk else publishing.draft_from_published()
        found = [shown(logo) for logo in (source.logo, source.logo_dark)]
        names = (gettext("logo"), gettext("logo for dark mode"))
        images = [(logo.url, name) for logo, name in zip(found, names, strict=True) if logo]
        return format_html_join(" ", '<img src="{}" height="40" alt="{}">', images) or gettext("none")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        before = publishing.draft_from_published()
        return {name: getattr(before, name) for name in publishing.FIELDS}

    def save_model(self, request: HttpRequest, obj: Appearance, form: AppearanceForm, change: bool) -> None:
        """Save the draft. A new draft keeps the logos of the published version unless the form has others."""
        if not change:
            before = publishing.draft_from_published()
            for name in ("logo", "logo_dark"):
                if getattr(obj, name) is None and not form.cleaned_data[f"removes_{name}"]:
                    setattr(obj, name, getattr(before, name))
        obj.save()

    def response_add(self, request: HttpRequest, obj: Appearance, post_url_continue: str | None = None) -> HttpResponse:
        return self.saved(request, obj)

    def response_change(self, request: HttpRequest, obj: Appearance) -> HttpResponse:
        return self.saved(request, obj)

    def saved(self, request: HttpRequest, obj: Appearance) -> HttpResponse:
        """Publish the draft, preview it, or return to its form, depending on the button."""
        if "_publish" in request.POST and self.has_change_permission(request):
            return self.published(request, obj.pk)
        if "_preview" in request.POST:
            return redirect(f"{reverse('home')}?{PREVIEW}")
        sentence = gettext("The draft was saved. Only administrators can see it.")
        self.message_user(request, sentence, messages.SUCCESS)
        return redirect(reverse("admin:collection_appearance_change", args=[obj.pk]))

    def published(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            chosen = publishing.publish(pk)
        except publishing.NotPublishableError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            sentence = gettext("The look of %(name)s is public. Every page shows it within 15 seconds.")
            self.message_user(request, sentence % {"name": chosen.shown_name}, messages.SUCCESS)
        return redirect(reverse("admin:collection_appearance_changelist"))

    @admin.action(description=_("Publish this version (again)"), permissions=["change"])
    def publish_again(self, request: HttpRequest, chosen: QuerySet[Appearance]) -> None:
        pks = list(chosen.values_list("pk", flat=True))
        if len(pks) == 1:
            self.published(request, pks[0])
        else:
            self.message_user(request, gettext("Please choose exactly one version."), messages.ERROR)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **named: Any) -> Any:
        work = next(iter(queries.recent(request.user, 1)), None)
        addresses = [
            (gettext("Preview the home page"), reverse("home")),
            (gettext("Preview a list"), reverse("browse")),
        ]
        if work is not None:
            addresses.append((gettext("Preview a work"), work.get_absolute_url()))
        context["previews"] = [(label, f"{address}?{PREVIEW}") for label, address in addresses]
        context |= {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **named)
