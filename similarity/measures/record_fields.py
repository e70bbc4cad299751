"""The fields of a museum's record by which works are compared, and how each is measured and named."""

from dataclasses import dataclass


def gettext_noop(text: str) -> str:
    """Return the text. `makemessages` collects the arguments of functions with this name. Pages translate them."""
    return text


@dataclass(frozen=True)
class Field:
    """A field, with the words that sentences use for it."""

    key: str  # in results and JSON
    title: str
    one: str  # singular
    many: str  # plural
    absent: str  # the reason to show if no work has the field
    is_recall: bool = False  # measured by recall, else by precision


FIELDS = (
    Field(
        gettext_noop("classification"), gettext_noop("Class"), gettext_noop("class"), gettext_noop("classes"),
        gettext_noop("No work has a class."),
    ),
    Field(
        "maker", gettext_noop("Maker"), gettext_noop("maker"), gettext_noop("makers"),
        gettext_noop("No work names a known maker."), is_recall=True,
    ),
    Field(
        "culture", gettext_noop("Culture"), gettext_noop("culture"), gettext_noop("cultures"),
        gettext_noop("No work has a culture."),
    ),
    Field(
        "department", gettext_noop("Department"), gettext_noop("department"), gettext_noop("departments"),
        gettext_noop("No work has a department."),
    ),
)  # fmt: skip

UNKNOWN_WORDS = frozenset([
    "unknown", "anonymous", "unidentified", "unrecorded", "anonym", "anonyme", "anonyma", "inconnu", "inconnue",
    "unbekannt", "unbekannter", "onbekend", "anoniem", "anonimo", "anónimo", "ignoto", "sconosciuto", "desconocido",
    "desconhecido", "okänd", "ukjent", "ukendt", "tuntematon",
])  # fmt: skip


def is_known(maker: str) -> bool:
    """Return whether a name names one maker. "Unknown maker" and "unknown Japanese" stand for many makers."""
    words = maker.lower().replace(",", " ").replace("(", " ").replace(")", " ").split()
    return bool(words) and UNKNOWN_WORDS.isdisjoint(words)
