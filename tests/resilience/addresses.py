"""Every address of the URL configuration, with a sample of each object that it can name."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.admin.sites import site
from django.urls import URLPattern, URLResolver, get_resolver, reverse

# For each named address: the kind of object that each of its parameters names. Admin pages of models need no line.
PARAMETERS: dict[str, dict[str, str]] = {
    "collection": {"slug": "collection"},
    "upload": {"slug": "collection"},
    "files-check-one": {"pk": "image"},
    "files-rebuild": {"pk": "image"},
    "account_reset_password_from_key": {"uidb36": "user", "key": "key"},
    "upload-detail": {"pk": "upload"},
    "upload-progress": {"pk": "upload"},
    "work": {"pk": "work"},
    "more-by-makers": {"pk": "work"},
    "compare": {"pk": "work", "other": "other work"},
    "work-edit": {"pk": "work"},
    "work-history": {"pk": "work"},
    "work-merge": {"pk": "work", "other": "other work"},
    "work-relate": {"pk": "work", "other": "other work"},
    "relation-remove": {"pk": "relation"},
    "merge-undo": {"pk": "merge"},
    "view-delete": {"pk": "work", "image_pk": "image"},
    "picture": {"pk": "image", "side_px": "side", "extension": "extension"},
    "original": {"pk": "image"},
    "closeup": {"pk": "image"},
    "iiif": {"identifier": "image"},
    "iiif-manifest": {"pk": "work"},
    "iiif-info": {"identifier": "image"},
    "iiif-part": {
        "identifier": "image",
        "region": "region",
        "size": "image size",
        "rotation": "rotation",
        "quality": "quality",
        "extension": "extension",
    },
    "similar": {"pk": "work"},
    "around": {"pk": "work"},
    "dissimilar": {"pk": "work"},
    "why-similar": {"pk": "work", "other": "other work"},
    "neighbour-add": {"pk": "work"},
    "neighbour-pin": {"pk": "work", "other": "other work"},
    "neighbour-unpin": {"pk": "work", "other": "other work"},
    "neighbour-ban": {"pk": "work", "other": "other work"},
    "neighbour-unban": {"pk": "work", "other": "other work"},
    "map-card": {"pk": "work"},
    "map-sheet": {"overview_id": "overview", "number": "sheet"},
    "search-picture-results": {"token": "token"},
    "search-picture-copy": {"token": "token"},
    "path": {"pk": "work", "other": "other work"},
    "spaces-ask-again": {"pk": "space request"},
    "spaces-dismiss": {"pk": "space request"},
    "spaces-compare": {"pk": "space", "other": "space"},
    "spaces-activate": {"pk": "space"},
    "spaces-retire": {"pk": "space"},
    "review-pair": {"pk": "pair"},
    "review-desk": {"pk": "pair"},
    "review-claim": {"pk": "pair"},
    "review-swap": {"pk": "pair"},
    "review-case": {"pk": "case"},
    "review-batch": {"name": "batch kind"},
    "review-batch-undo": {"pk": "batch"},
    "review-blank-works": {"digest": "digest"},
    "review-blank-except": {"digest": "digest"},
    "review-blank-undo": {"digest": "digest"},
    "group": {"number": "group"},
    "group-name": {"number": "group"},
    "group-of-work": {"pk": "work"},
    "appearance-css": {"pk": "look", "digest": "digest"},
    "appearance-logo": {"sha256": "digest"},
    "appearance-publish": {"pk": "look"},
    "script-texts": {"language": "language"},
    "sitemap-part": {"section": "section"},
    "api-1:artwork": {"work_id": "work"},
    "api-1:similar": {"work_id": "work"},
    "api-1:path": {"from_id": "work", "to_id": "other work"},
    "api-1:group": {"number": "group"},
    "api-1:results": {"token": "token"},
    "admin:view_on_site": {"content_type_id": "content type", "object_id": "work"},
    "admin:app_list": {"app_label": "app"},
    "admin:auth_user_password_change": {"id": "user"},
}
QUERIES: dict[str, Sequence[str]] = {
    "review": ["?collection=reserve"],
    "review-blank": ["?show=blank", "?show=tiny"],
    "home": ["?preview"],
    "browse": ["?q=quokka", "?q=quoka", "?creator=Quokka", "?century=17", "?colour=b3261e", "?find_culture=z"],
    "suggestions": ["?q=quo", "?q=z", "?q=1"],
    "outliers": ["?collection=reserve", "?classification=z"],
    "paths": ["?q=quokka", "?from=1"],
    "path-suggestions": ["?q=quo"],
    "path-choices": ["?works=1,2,3,4"],
    "similar": ["?culture=Dutch", "?seen=1"],
    "api-1:artworks": ["?limit=100", "?collection=reserve"],
    "api-1:positions": ["?limit=5000"],
    "admin:autocomplete": ["?app_label=collection&model_name=artwork&field_name=collection&term=q"],
}
# Django's redirects of addresses without a slash at their end, and the objects' old admin addresses.
UNNAMED = re.compile(r"^admin/(\(\?P<url>\.\*\)\$|\w+/\w+/<path:object_id>/)$")

Samples = Mapping[str, Sequence[object]]


@dataclass(frozen=True)
class Pattern:
    name: str  # with its namespace
    route: str
    parameters: tuple[str, ...]


class UnknownAddressError(LookupError):
    """An address has parameters that PARAMETERS does not explain."""


def patterns(
    found: Sequence[URLPattern | URLResolver] | None = None, before: str = "", space: str = ""
) -> Iterator[Pattern]:
    """Walk the URL configuration."""
    for each in get_resolver().url_patterns if found is None else found:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from patterns(each.url_patterns, route, inner)
        else:
            parameters = re.findall(r"<(?:\w+:)?(\w+)>", route)
            yield Pattern(f"{space}{each.name}" if each.name else "", route, tuple(parameters))


def kinds_of(pattern: Pattern) -> dict[str, str]:
    """Return the kind of object for each parameter. Raise UnknownAddressError."""
    if not pattern.parameters:
        return {}
    if pattern.parameters == ("object_id",) and model_of(pattern):
        return {"object_id": model_of(pattern)}
    kinds = PARAMETERS.get(pattern.name, {})
    if set(kinds) != set(pattern.parameters):
        raise UnknownAddressError(
            f"Tell tests/resilience/addresses.py what {', '.join(pattern.parameters)} of {pattern.route} can be."
        )
    return kinds


def model_of(pattern: Pattern) -> str:
    """Return the label of the model whose admin page this is, or an empty string."""
    labels = {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_": model._meta.label_lower for model in site._registry
    }
    return next((label for start, label in labels.items() if pattern.name.startswith(start)), "")


def addresses(samples: Samples) -> list[str]:
    """Return every address with every combination of samples. Raise UnknownAddressError or KeyError."""
    found = []
    for pattern in patterns():
        if not pattern.name and UNNAMED.match(pattern.route):
            continue
        kinds = kinds_of(pattern)
        if not pattern.name:
            found.append(f"/{pattern.route}")
            continue
        for values in itertools.product(*(samples[kind] for kind in kinds.values())):
            address = reverse(pattern.name, kwargs=dict(zip(kinds, values, strict=True)))
            found += [address, *(address + query for query in QUERIES.get(pattern.name, ()))]
    return list(dict.fromkeys(found))
