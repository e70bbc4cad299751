"""The answer of a daemon to those who need its server: one line of JSON."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Answer:
    """The address of a running server, or an error. Notes are lines for the user."""

    url: str = ""
    notes: list[str] = field(default_factory=list)
    error: str = ""

    def to_line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def from_line(line: str) -> Answer:
    return Answer(**json.loads(line))
