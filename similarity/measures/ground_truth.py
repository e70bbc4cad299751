"""Queries and their right answers in a folder of pictures, read from a JSON file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

USUAL_NAME = "ground_truth.json"


class GroundTruthError(ValueError):
    """A ground truth file that cannot be read. The text says what is wrong with it."""


@dataclass(frozen=True)
class Query:
    file: str
    matches: frozenset[str]


@dataclass(frozen=True)
class GroundTruth:
    """The pictures to search and the queries, by set. File names are relative to the folder of pictures."""

    database: Sequence[str]
    queries: Mapping[str, Sequence[Query]]

    def answerable(self, name: str) -> list[Query]:
        """Return the queries of one set that have a match in the database. The others have no right answer to rank."""
        files = set(self.database)
        return [query for query in self.queries[name] if query.matches & files]


def title(path: Path) -> str:
    """Return the name of a ground truth: that of its file, or of its folder if the file has the usual name."""
    file = path.resolve()
    return file.parent.name if file.name == USUAL_NAME and file.parent.name else file.stem


def works(queries: Sequence[Query]) -> list[int]:
    """Return for each query the number of the work that it shows.

    Two queries show the same work if they share a match, or if a chain of other queries links them. A photograph of
    several works therefore joins these works.
    """
    number: dict[str, int] = {}  # by file
    for fresh, query in enumerate(queries):
        linked = {number[file] for file in query.matches & number.keys()}
        number = {file: fresh if before in linked else before for file, before in number.items()}
        number |= dict.fromkeys(query.matches, fresh)
    return [number[next(iter(query.matches))] for query in queries]


def read(path: Path) -> GroundTruth:
    """Read a ground truth file. Raise GroundTruthError."""
    try:
        content = json.loads(path.read_text("utf-8"))
        queries = {
            name: [Query(one["file"], frozenset(one["matches"])) for one in ones]
            for name, ones in content["queries"].items()
        }
        return GroundTruth(list(content["database"]), queries)
    except OSError as error:
        raise GroundTruthError(f"{path} can't be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GroundTruthError(
            f'{path} is not a ground truth file. It should be {{"database": [file, ...], "queries": '
            f'{{"set": [{{"file": ..., "matches": [file, ...]}}]}}}} ({error!r}).'
        ) from None
