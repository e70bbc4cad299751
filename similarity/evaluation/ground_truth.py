"""A folder of pictures with questions and their right answers, as a JSON file tells them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


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
