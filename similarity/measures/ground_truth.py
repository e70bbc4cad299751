"""A folder of pictures with questions and their right answers, as a JSON file tells them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

USUAL_NAME = "ground_truth.json"


class GroundTruthError(ValueError):
    """A ground truth that can't be read; the text says what is wrong with it."""


@dataclass(frozen=True)
class Query:
    file: str
    matches: frozenset[str]


@dataclass(frozen=True)
class GroundTruth:
    """Files are named relative to the folder of pictures."""

    database: Sequence[str]
    queries: Mapping[str, Sequence[Query]]

    def answerable(self, name: str) -> list[Query]:
        """The queries of one set whose work is in the database: the others have no right answer to rank."""
        there = set(self.database)
        return [query for query in self.queries[name] if query.matches & there]


def title(path: Path) -> str:
    """What a ground truth is called: as its file is, or as its folder where all of them have the file's name."""
    there = path.resolve()
    return there.parent.name if there.name == USUAL_NAME and there.parent.name else there.stem


def works(queries: Sequence[Query]) -> list[int]:
    """For each query the number of the work that it shows. Queries have one number if an answer is right for both, or
    if others link them so: photographs of several works at once tie these together."""
    number: dict[str, int] = {}
    for fresh, query in enumerate(queries):
        linked = {number[file] for file in query.matches & number.keys()}
        number = {file: fresh if before in linked else before for file, before in number.items()}
        number |= dict.fromkeys(query.matches, fresh)
    return [number[next(iter(query.matches))] for query in queries]


def read(path: Path) -> GroundTruth:
    """Raises GroundTruthError."""
    try:
        told = json.loads(path.read_text("utf-8"))
        queries = {
            name: [Query(one["file"], frozenset(one["matches"])) for one in ones]
            for name, ones in told["queries"].items()
        }
        return GroundTruth(list(told["database"]), queries)
    except OSError as error:
        raise GroundTruthError(f"{path} can't be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GroundTruthError(
            f'{path} is no ground truth: it should be {{"database": [file, ...], "queries": '
            f'{{"set": [{{"file": ..., "matches": [file, ...]}}]}}}} ({error!r}).'
        ) from None
