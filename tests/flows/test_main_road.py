"""The whole path over HTTP with a real worker: upload, vectors, similar works, search by picture, a verdict."""

import re
from io import BytesIO

import httpx
import pytest
from PIL import Image

from collection.jobs import derivative_jobs
from collection.models import Artwork, Collection, Job, JobState, Upload
from similarity import sweeping
from similarity.models import DuplicatePair, Verdict
from similarity.spaces import lifecycle
from similarity.vision.lenses import ALL
from tests import factories
from tests.flows.conftest import Workers, wait_until

SEEDS = (5, 23, 42, 61)


def sign_in(base_url: str, username: str) -> httpx.Client:
    client = httpx.Client(base_url=base_url, follow_redirects=True, timeout=30)
    client.get("/login/")
    answer = post(client, "/login/", data={"username": username, "password": factories.PASSWORD})
    assert "Sign out" in answer.text
    return client


def post(client: httpx.Client, path: str, **parts: object) -> httpx.Response:
    """Post as a browser does, with the CSRF token and the address of the page."""
    headers = {"X-CSRFToken": client.cookies["csrftoken"], "Referer": str(client.base_url)}
    return client.post(path, headers=headers, **parts)  # type: ignore[arg-type]


def recompressed(data: bytes) -> bytes:
    file = BytesIO()
    Image.open(BytesIO(data)).save(file, "JPEG", quality=30)
    return file.getvalue()


def sweep() -> None:
    """Sweep as beat does: messages that are sent before the worker has started may have expired."""
    derivative_jobs.sweep()
    sweeping.sweep()


def everything_is_done() -> bool:
    """Return True if every picture has its derivatives, and a vector in the live space of every lens."""
    opened = lifecycle.searched_spaces()
    counts = {space.embeddings.count() for space in opened}
    return (
        len(opened) == len(ALL) and counts == {len(SEEDS) + 1} and not Job.objects.exclude(state=JobState.DONE).exists()
    )


@pytest.fixture
def collection(transactional_db: None) -> Collection:
    return factories.a_collection(slug="prints", title="Prints")


def test_from_an_upload_to_its_similar_works_and_a_verdict(live_server, workers: Workers, collection: Collection):
    factories.a_user("curator", curates=collection)
    curator = sign_in(live_server.url, "curator")
    pictures = {f"P.{seed}.jpg": factories.painted(seed) for seed in SEEDS}
    pictures["P.5-copy.jpg"] = recompressed(pictures["P.5.jpg"])
    files = [("files", (name, data, "image/jpeg")) for name, data in pictures.items()]
    files.append(("files", ("notes.txt", b"no picture", "text/plain")))

    # upload
    curator.get("/collections/prints/upload/")
    report = post(curator, "/collections/prints/upload/", files=files, data={"publishes": "on"})
    assert report.url.path == Upload.objects.get().get_absolute_url()
    assert report.text.count("notes.txt") >= 1
    assert Artwork.objects.count() == len(pictures)

    # a real worker
    workers.start("search,embed,work,flag")  # with the networks that ship
    wait_until(everything_is_done, workers, "all pictures done", meanwhile=sweep)
    progress = curator.get(f"{report.url.path}progress/")
    assert "5 of 6 ready, 1 refused" in progress.text

    # similar works, as anyone sees them
    visitor = httpx.Client(base_url=live_server.url, follow_redirects=True, timeout=30)
    work = Artwork.objects.get(accession_number="P.5")
    similar = visitor.get(f"/works/{work.pk}/similar/", headers={"HX-Request": "true"})
    shown = re.findall(r'work-card__link" href="/works/(\d+)/"', similar.text)
    copy = Artwork.objects.get(accession_number="P.5-copy")
    assert len(shown) == len(pictures) - 2  # without the work itself and its copy
    assert str(copy.pk) not in shown
    derivative = visitor.get(work.images.get().url(480))
    assert derivative.headers["content-type"] == "image/webp"

    # search by a picture
    visitor.get("/search/picture/")
    answer = post(visitor, "/search/picture/", files={"picture": ("mine.jpg", pictures["P.42.jpg"], "image/jpeg")})
    wait_until(lambda: "work-card" in visitor.get(answer.url.path).text, workers, "the answer to a searched picture")
    results = re.findall(r'work-card__link" href="/works/(\d+)/"', visitor.get(answer.url.path).text)
    assert int(results[0]) == Artwork.objects.get(accession_number="P.42").pk
    assert Artwork.objects.count() == len(pictures)

    # the copy is in the review queue, and is decided
    pair = DuplicatePair.objects.get(low__artwork=work)
    assert "P.5-copy" in curator.get("/review/").text
    post(curator, pair.get_absolute_url(), data={"verdict": "duplicate"})
    pair.refresh_from_db()
    assert (pair.verdict, pair.decided_by.username) == (Verdict.DUPLICATE, "curator")
