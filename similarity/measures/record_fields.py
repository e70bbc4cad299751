"""The fields of a museum's record by which works are compared, and how each is measured and named."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A field, with the words that sentences use for it."""

    key: str  # in results and JSON
    one: str  # singular
    many: str  # plural
    absent: str  # the reason to show if no work has the field
    is_recall: bool = False  # measured by recall, else by precision


FIELDS = (
    Field("classification", "class", "classes", "No work has a class."),
    Field("maker", "maker", "makers", "No work names a known maker.", is_recall=True),
    Field("culture", "culture", "cultures", "No work has a culture."),
    Field("department", "department", "departments", "No work has a department."),
)

UNKNOWN_WORDS = frozenset([
    "unknown", "anonymous", "unidentified", "unrecorded", "anonym", "anonyme", "anonyma", "inconnu", "inconnue",
    "unbekannt", "unbekannter", "onbekend", "anoniem", "anonimo", "anónimo", "ignoto", "sconosciuto", "desconocido",
    "desconhecido", "okänd", "ukjent", "ukendt", "tuntematon",
])  # fmt: skip


def is_known(maker: str) -> bool:
    """Return whether a name names one maker. "Unknown maker" and "unknown Japanese" stand for many makers."""
    words = maker.lower().replace(",", " ").replace("(", " ").replace(")", " ").split()
    return bool(words) and UNKNOWN_WORDS.isdisjoint(words)
