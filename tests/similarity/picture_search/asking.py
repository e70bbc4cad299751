"""Works to find, and searches by picture as visitors send them."""

from collections.abc import Sequence

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from collection.models import Artwork
from similarity.index import store
from tests import factories, fakes, pictures


def indexed(embedder: fakes.FakeEmbedder, lenses: Sequence[str], seed: int, **fields: object) -> Artwork:
    """A painted work in the index of each of these lenses."""
    work = factories.a_work(**fields)
    image = factories.an_image(work)
    for lens in lenses:
        vectors = fakes.vectors(embedder, [square_of(factories.painted(seed))], lens)
        store.put_all(fakes.opened(embedder, lens), [image.pk], vectors)
    embedder.seen = 0
    return work


def square_of(data: bytes) -> np.ndarray:
    from similarity.vision.pixels import decoding

    return decoding.read(data, fakes.FakeEmbedder.canvases).canvas


def send(client: Client, data: bytes, name: str = "mine.jpg", **fields: object):
    return client.post("/search/picture/", {"picture": SimpleUploadedFile(name, data, "image/jpeg"), **fields})


def send_by_htmx(client: Client, data: bytes, *, page: str = "http://testserver/search/picture/", **fields: object):
    headers = {"HX-Request": "true", "HX-Target": "answer", "HX-Current-URL": page}
    picture = SimpleUploadedFile("mine.jpg", data, "image/jpeg")
    return client.post("/search/picture/", {"picture": picture, **fields}, headers=headers)


def works_of(page) -> list[Artwork]:
    return [one.work for one in page.context["kin"]]


def jpeg(picture: Image.Image) -> bytes:
    return pictures.packed(picture, "JPEG", quality=90)
