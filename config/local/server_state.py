"""The state of a local server, as its daemon reports it: one line of JSON."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class ServerState:
    """The address of a running server, or an error. Notes are lines for the user."""

    url: str = ""
    notes: list[str] = field(default_factory=list)
    error: str = ""

    def to_line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def from_line(line: str) -> ServerState:
    return ServerState(**json.loads(line))
