"""Write the vectors of a live space to a file for numpy."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from collection.audit.recording import Verb, record
from collection.permissions import unmerged
from similarity.index import store
from similarity.spaces import lifecycle


class Command(BaseCommand):
    help = "Writes image_sha256, accession_number, filename and vectors (float32, unit rows) to an .npz file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.npz")
        parser.add_argument("--lens", default=lifecycle.DEFAULT_LENS)

    def handle(self, *, file: Path, lens: str, **_: Any) -> None:
        space = lifecycle.live(lens)
        if space is None:
            raise CommandError(f"There is no live space for the lens {lens!r}; has a worker been started?")
        embeddings = space.embeddings.filter(unmerged("image__artwork__"))
        rows = embeddings.order_by("image__artwork__accession_number", "image__position").values_list(
            "image__sha256", "image__artwork__accession_number", "image__original_name", "vector"
        )
        digests, numbers, names, stored = zip(*rows, strict=True) if rows else ((), (), (), ())
        vectors = np.array([store.as_array(vector) for vector in stored], np.float32).reshape(-1, space.dimensions)
        lengths = np.linalg.norm(
            vectors, axis=1, keepdims=True
        )  # float16 numbers are rounded, so lengths differ from 1
        arrays: dict[str, Any] = {
            "image_sha256": np.array(digests, str),
            "accession_number": np.array(numbers, str),
            "filename": np.array(names, str),
            "vectors": vectors / lengths,
        }
        try:
            with file.open("wb") as target:
                np.savez_compressed(target, allow_pickle=False, **arrays)
        except OSError as error:
            raise CommandError(f"{file} could not be written: {error.strerror}.") from None
        record(Verb.EXPORTED, space, detail={"vectors": len(vectors)})
        self.stdout.write(f"{len(vectors)} vectors of {space.dimensions} numbers written to {file}.")
