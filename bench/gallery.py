"""A site with a few hundred pictures: real paintings if they are available, else pictures painted by code."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from collection import study
from collection.importing import importer
from collection.importing.mapping import Entry
from collection.models import Artwork, ArtworkImage, Collection, Job, JobState
from similarity.embedding import pipeline
from similarity.models import Space
from similarity.spaces import lifecycle, planning
from similarity.vision.contract import Recipe
from similarity.vision.networks import weights
from similarity.vision.networks.embedder import NetworkEmbedder

REAL = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "art"
PICTURES = 240
PICTURES_QUICK = 24
PAINTED_LIMIT = 180  # works of the study collection
LOOK = Recipe("look", "gem-3")  # as in a simple notebook: conv5_3, pooled


@dataclass(eq=False)  # compared by identity, so that it can be a key of a cache
class Gallery:
    home: Path
    is_quick: bool

    @property
    def wanted(self) -> int:
        return PICTURES_QUICK if self.is_quick else PICTURES

    @property
    def label(self) -> str:
        kind = "paintings of ../shared/data/art" if REAL.is_dir() else "painted study pictures"
        return f"{ArtworkImage.objects.filter(collection=self.collection).count()} {kind}"

    @cached_property
    def collection(self) -> Collection:
        """Import and publish the pictures. Their jobs wait, except those for derivatives, which are marked as done."""
        folder = REAL if REAL.is_dir() else self.painted()
        collection = Collection.objects.create(slug="bench", title="Benchmarks")
        entries = evenly(importer.entries_of(folder, folder / "metadata.csv"), self.wanted)
        importer.run(folder, entries, importer.target_for(collection, publishes=True), lambda _: None)
        self.mark_derivatives_done()
        return collection

    def painted(self) -> Path:
        print("  painting pictures, because there are none in ../shared/data/art")
        study.paint(self.home / "study", works=min(self.wanted, PAINTED_LIMIT))
        return self.home / "study"

    def mark_derivatives_done(self) -> None:
        Job.objects.filter(key="derivatives").update(state=JobState.DONE)

    @cached_property
    def files(self) -> list[Path]:
        """Return the original files."""
        from collection.files import storage

        images = ArtworkImage.objects.filter(collection=self.collection).order_by("pk")
        return [storage.original(image.sha256, image.extension) for image in images]

    @cached_property
    def network(self) -> weights.Network:
        """Return VGG16 with random weights from a fixed seed. Speed does not depend on the weights."""
        return weights.resolve("vgg16", None, self.home / "weights")

    @cached_property
    def embedder(self) -> NetworkEmbedder:
        return NetworkEmbedder(self.network)

    @cached_property
    def space(self) -> Space:
        """Return the live space. Every picture waits for it."""
        self.collection  # noqa: B018 - the pictures must exist before the space, which adds their jobs
        return planning.open_plain(self.embedder.identity, LOOK, self.embedder.recipes[LOOK])

    def embed_all(self) -> None:
        """Embed every picture that has no vector yet."""
        self.space  # noqa: B018 - the space must exist first
        pipeline.run([self.embedder])
        lifecycle.calibrate(self.space)

    def works(self) -> list[Artwork]:
        return list(Artwork.objects.filter(collection=self.collection, images__isnull=False).distinct())


def evenly(entries: Sequence[Entry], count: int) -> list[Entry]:
    """Return at most `count` entries, evenly spaced over the table."""
    step = max(len(entries) / count, 1.0)
    return [entries[int(n * step)] for n in range(min(count, len(entries)))]
