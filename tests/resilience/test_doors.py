"""Hostile files at each door, the pages, the API and the import: each is taken, or refused with a sentence."""

import io
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.html import strip_tags

from collection.files import storage
from collection.jobs import derivative_jobs, job_queue
from collection.models import ArtworkImage, Job, JobState
from similarity.workers import fair_queue
from tests import factories
from tests.resilience import hostile_files, long_form

SEED, FLIPS = 11, 40 if long_form.IS_LONG else 4
# Damage that each format shows: a missing end, a false size, another kind of file, a bomb.
REFUSED = re.compile(r"(cut-.*|says-64x96|head-alone|claims-.*|unpacks|no-width|scans|archive|empty|page|noise.*)\.\w+")
SENTENCE = re.compile(r"^[A-Z“][^\n]{10,400}\.$")
GIVES_AWAY = re.compile(r"Traceback|Error\b|Exception|/tmp/|/srv/|site-packages|0x[0-9a-f]{6}")

pytestmark = pytest.mark.django_db


@pytest.fixture
def files() -> list[hostile_files.Hostile]:
    return list(hostile_files.all_files(SEED, FLIPS))


@pytest.fixture
def curator(client: Client, media: Path) -> Client:
    client.force_login(factories.a_user(curates=factories.a_collection(slug="prints")))
    return client


def is_polite(sentence: str) -> bool:
    return bool(SENTENCE.match(sentence)) and not GIVES_AWAY.search(sentence)


def test_an_upload_of_each_file_is_taken_or_refused_with_a_sentence(
    curator: Client, files: list[hostile_files.Hostile], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    refused: dict[str, str] = {}

    for name, data in files:
        answer = curator.post(
            "/collections/prints/upload/",
            {"files": [SimpleUploadedFile(name, data)], "publish": "on"},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code in {200, 422}, name
        content = answer.json()
        refused[name] = content["problem"] if "problem" in content else content["files"][0]["refusal"]

    assert {name: said for name, said in refused.items() if said and not is_polite(said)} == {}
    assert caplog.messages == []
    make_derivatives()
    assert_all_that_was_taken_is_whole()
    assert [name for name, said in refused.items() if REFUSED.fullmatch(name) and not said] == []
    assert ArtworkImage.objects.count() > len(hostile_files.NAMES)


def make_derivatives() -> None:
    while job_queue.is_waiting(job_queue.DERIVATIVES):
        derivative_jobs.run()


def assert_all_that_was_taken_is_whole() -> None:
    """Every picture has its file under its own digest, and derivatives or a reason why not."""
    for image in ArtworkImage.objects.all():
        job = Job.objects.get(image=image, key=job_queue.DERIVATIVES)
        assert job.state == JobState.DONE or is_polite(job.reason), image.original_name
        assert storage.original(image.sha256, image.extension).stat().st_size == image.size_bytes
        assert "/" not in image.original_name


@pytest.mark.parametrize("address", ["/search/picture/", "/api/v1/search/picture"])
def test_a_search_by_each_file_is_taken_or_refused_with_a_sentence(
    client: Client, broker: Any, files: list[hostile_files.Hostile], address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    said: dict[str, str] = {}

    for number, (name, data) in enumerate(files):
        if number % fair_queue.CLIENT_LIMIT == 0:
            forget_searches(broker)
        answer = client.post(address, {"picture": SimpleUploadedFile(name, data, "image/jpeg")})
        assert answer.status_code in {202, 302, 422}, name
        said[name] = sentence_of(answer)

    assert {name: one for name, one in said.items() if one and not is_polite(one)} == {}
    assert caplog.messages == []
    assert sum(1 for one in said.values() if one) > len(files) / 3


def forget_searches(broker: Any) -> None:
    """Let the limits of searches begin anew, as if a while had passed."""
    with broker.connect() as redis:
        redis.flushdb()


def sentence_of(answer: Any) -> str:
    """Return the refusal of a search, or an empty string if it was taken."""
    if answer.status_code in {202, 302}:
        return ""
    if answer["Content-Type"].startswith("application/json"):
        detail = answer.json()["detail"]
        return detail if isinstance(detail, str) else detail[0]["msg"]
    found = re.search(r'<p[^>]*role="alert"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    assert found is not None, answer.text
    return " ".join(strip_tags(found[1]).split()).replace("&quot;", '"')


def test_an_import_of_all_of_them_refuses_each_with_a_sentence_and_goes_on(
    media: Path, tmp_path: Path, files: list[hostile_files.Hostile]
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    for number, (name, data) in enumerate(files):
        safe = re.sub(r"[^\w.<>=()-]", "_", name)[-80:]
        (folder / f"{number:03}-{safe}").write_bytes(data)
    (folder / "zz-whole.jpg").write_bytes(factories.painted(9))
    output, errors = io.StringIO(), io.StringIO()

    with pytest.raises((SystemExit, CommandError)) as ended:
        call_command("import_collection", str(folder), collection="prints", stdout=output, stderr=errors)

    assert getattr(ended.value, "code", None) == 1  # some rows were refused
    assert "Traceback" not in output.getvalue() + errors.getvalue()
    assert ArtworkImage.objects.filter(original_name="zz-whole.jpg").exists()
    make_derivatives()
    assert_all_that_was_taken_is_whole()
