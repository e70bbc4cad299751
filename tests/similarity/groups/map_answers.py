"""Works on the map, and what the server answers about them."""

import gzip
import json

import numpy as np

from collection.models import Artwork, ArtworkImage, Collection
from similarity.groups.maps import points
from similarity.models import Group, GroupName, Overview, Placement
from tests import factories
from tests.similarity.placed_works import embedded_work


def along_the_map(count: int = 12, collection: Collection | None = None) -> list[Artwork]:
    """Make public works, each a little less like the first."""
    collection = collection or factories.a_collection(slug="open")
    return [embedded_work(collection, angle, title=f"Quokka {n}") for n, angle in enumerate(np.linspace(0, 3, count))]


def publish(work, *, is_published: bool) -> None:
    work.is_published = is_published
    work.save()


def unpacked(response) -> dict:
    """Return the header of the data, and its columns by name."""
    assert response.status_code == 200
    content = gzip.decompress(response.content) if response.get("Content-Encoding") == "gzip" else response.content
    length = int.from_bytes(content[:4], "little")
    found = {"header": json.loads(content[4 : 4 + length])}
    offset = 4 + length
    for name in points.COLUMNS.names:
        kind = points.COLUMNS[name]
        size = kind.itemsize * found["header"]["count"]
        found[name] = np.frombuffer(content[offset : offset + size], kind.base)
        offset += size
    assert offset == len(content)
    return found


def works_on_map(client) -> set[int]:
    return {int(pk) for pk in unpacked(client.get("/map/data"))["works"]}


def painted(work) -> ArtworkImage:
    """Give a work a real picture before the one with its vector."""
    ArtworkImage.objects.filter(artwork=work).update(position=9)
    image = factories.a_painted_image(work)
    ArtworkImage.objects.filter(pk=image.pk).update(position=0)
    return image


def group_of(overview: Overview, works, number: int, name: str) -> Group:
    """Put these works into a group of their own, with a name that a curator gave."""
    Placement.objects.filter(overview=overview).update(subgroup=None)
    GroupName.objects.create(number=number, name=name)
    group = Group.objects.create(overview=overview, number=number, size=len(works), x=0.5, y=0.5)
    Placement.objects.filter(overview=overview, work__in=[work.pk for work in works]).update(group=group)
    return group
