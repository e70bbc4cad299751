"""The fields of a museum's record by which works are called the same, and how each is measured and named."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A field and its words, as they stand in sentences."""

    key: str  # in results and JSON
    one: str
    many: str
    absent: str  # why nothing is measured where no work has it
    is_recall: bool = False  # else precision


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
    """Whether a maker's name names somebody: "Unknown maker" and "unknown Japanese" are many hands, not one."""
    words = maker.lower().replace(",", " ").replace("(", " ").replace(")", " ").split()
    return bool(words) and UNKNOWN_WORDS.isdisjoint(words)
