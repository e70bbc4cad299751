"""The filters of the review queue, as its address has them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collection.models import UploadedFile
from similarity.converters import is_id
from similarity.duplicates import proposals
from similarity.duplicates.review.verdicts import Pairs
from similarity.models import Kind, Rule, Verdict

UNKNOWN_KIND = "unknown"  # in an address, where an empty value means any kind
SLUG = re.compile(r"[-\w]{1,100}")
SIGNAL_LABELS = {
    proposals.MATCH: _("The neural network"),
    proposals.REGION: _("The neural network, on a part of a picture"),
    proposals.HASH: _("The picture hash"),
    proposals.TURNED_HASH: _("The picture hash, turned or mirrored"),
    proposals.TWIN: _("The twin value"),
    proposals.PIXELS: _("Equal pixels"),
}
SUGGESTED = (Verdict.DUPLICATE, Verdict.SIMILAR)  # what detection suggests
CHOICES: Mapping[str, Mapping[str, str | Promise]] = {
    "kind": {kind.value or UNKNOWN_KIND: kind.label for kind in Kind},
    "rule": {rule.value: capfirst(rule.label) for rule in Rule},
    "signal": {name: SIGNAL_LABELS.get(name, name.replace("_", " ").capitalize()) for name in proposals.SIGNALS},
    "suggested": {verdict.value: verdict.label for verdict in SUGGESTED},
}
LABELS = {
    "collection": _("Collection"),
    "kind": _("Kind"),
    "rule": _("Compared by"),
    "signal": _("Found by"),
    "uploader": _("Uploaded by"),
    "suggested": _("Suggestion"),
}


@dataclass(frozen=True)
class Filters:
    """What a reviewer has chosen. An empty value admits every pair. Invalid values are ignored, and named."""

    collection: str = ""  # slug of the collection of either picture
    kind: str = ""
    rule: str = ""
    signal: str = ""  # that proposed the pair, also beside others
    uploader: str = ""  # id of the account that uploaded either picture; imported pictures have none
    suggested: str = ""
    left_out: tuple[str, ...] = ()  # labels

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """Return the filters of an address."""
        asked = {name: query.get(name, "").strip() for name in LABELS}
        valid = {name: value for name, value in asked.items() if value and is_valid(name, value)}
        return cls(**valid, left_out=tuple(str(LABELS[name]) for name in LABELS if asked[name] and name not in valid))

    def apply(self, pairs: Pairs) -> Pairs:
        """Return those of these pairs that match all filters."""
        for name, value in self.chosen.items():
            pairs = pairs.filter(CONDITIONS[name](value))
        return pairs

    def without(self, *names: str) -> Self:
        """Return the same filters, some of them empty."""
        return replace(self, **dict.fromkeys(names, ""))  # type: ignore[arg-type]  # names are of texts

    @property
    def chosen(self) -> dict[str, str]:
        """Return the filters that are not empty, by name."""
        return {name: value for name in LABELS if (value := self.value_of(name))}

    def value_of(self, name: str) -> str:
        return str(getattr(self, name))

    @property
    def query_string(self) -> str:
        """Return the filters as an address has them behind its question mark; "" without filters."""
        return urlencode(self.chosen)

    @property
    def problem(self) -> str:
        """Return a sentence on what was left out, or ""."""
        names = ", ".join(self.left_out)
        sentence = gettext("The list is not filtered by %(names)s, as there is no such value.")
        return sentence % {"names": names} if names else ""


def is_valid(name: str, value: str) -> bool:
    if name == "collection":
        return SLUG.fullmatch(value) is not None
    return is_id(value) if name == "uploader" else value in CHOICES[name]


def in_collection(slug: str) -> Q:
    return Q(low__collection__slug=slug) | Q(high__collection__slug=slug)


def uploaded_by(account: str) -> Q:
    """Admit pairs with a picture that this account has uploaded by a form. Imports store nobody."""
    sent = UploadedFile.objects.filter(upload__uploaded_by=int(account), refusal="")
    return Q(Exists(sent.filter(image=OuterRef("low")))) | Q(Exists(sent.filter(image=OuterRef("high"))))


CONDITIONS: Mapping[str, Callable[[str], Q]] = {
    "collection": in_collection,
    "kind": lambda kind: Q(kind="" if kind == UNKNOWN_KIND else kind),
    "rule": lambda rule: Q(rule=rule),
    "signal": lambda name: Q(signals__has_key=name),
    "uploader": uploaded_by,
    "suggested": lambda verdict: Q(suggested=verdict),
}
