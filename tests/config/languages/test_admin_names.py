"""Django's admin shows models, columns, fields and their explanations in German."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.test import RequestFactory
from django.utils import translation

from collection.models import Appearance

# The same in both languages, and the names by which lenses are stored.
SAME = {"Format", "ID", "Institution", "Logo", "Name", "Pooling", "Problem", "SHA-256", "Upload", "Uploads"}
SAME |= {"Look, subject, composition ..."}
KINDS = [model for model in admin.site._registry if model._meta.app_label in {"collection", "similarity"}]

pytestmark = pytest.mark.django_db


def names_of(model: type) -> dict[str, str]:
    """Return what the admin shows about a model, by where it is shown, in the language that is active."""
    page = admin.site._registry[model]
    options = model._meta
    found = {
        "app": options.app_config.verbose_name,
        "model": options.verbose_name,
        "models": options.verbose_name_plural,
    }
    rows = [model(), Appearance(state=Appearance.State.PUBLISHED)] if model is Appearance else [model()]
    for row in rows:
        found |= dict(fields_of(page, row, (*page.list_display, *filters_of(page))))
    for inline in page.inlines:
        found[inline.__name__] = inline.model._meta.verbose_name_plural
        found |= dict(fields_of(inline(model, admin.site), None, ()))
    return {place: str(name) for place, name in found.items() if str(name)}


def filters_of(page: admin.ModelAdmin) -> list[str]:
    return [name for name in page.list_filter if isinstance(name, str)]


def fields_of(page, row, columns) -> Iterator[tuple[str, str]]:
    request = RequestFactory().get("/admin/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    form = page.get_formset(request, row).form if row is None else page.get_form(request, row)
    for name in (*columns, *flatten_fieldsets(page.get_fieldsets(request, row))):
        place = f"{type(page).__name__}.{name}"
        is_input = name in form.base_fields
        yield place, form()[name].label if is_input else label_for_field(name, page.model, page)
        yield f"{place}, explained", form()[name].help_text if is_input else explanation_of(page.model, name)


def explanation_of(model: type, name: str) -> str:
    try:
        return model._meta.get_field(name).help_text
    except FieldDoesNotExist:
        return ""


@pytest.mark.parametrize("model", KINDS, ids=lambda model: model.__name__)
def test_all_that_the_admin_shows_is_german(model: type) -> None:
    with translation.override("en-gb"):
        english = names_of(model)
    with translation.override("de"):
        german = names_of(model)

    same = {place: name for place, name in english.items() if german[place] == name}
    assert {place: name for place, name in same.items() if name[:1].upper() + name[1:] not in SAME} == {}


def test_the_admin_has_models_of_both_apps() -> None:
    assert {model._meta.app_label for model in KINDS} == {"collection", "similarity"}
