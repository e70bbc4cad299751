"""Commands that rank, export, process and flag."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from collection import ingest
from collection.jobs import job_queue
from collection.models import Artwork, Job, JobState
from similarity.duplicates.review import verdicts
from similarity.embedding import embedders, pipeline
from similarity.management.commands import find_similar
from similarity.models import DuplicatePair, Space, SpaceState, Verdict
from similarity.vision.contract import Embedder
from similarity.vision.twin import weights_file
from tests import factories, fakes
from tests.work import flag_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def embedder() -> fakes.FakeEmbedder:
    return fakes.FakeEmbedder()


@pytest.fixture
def small_network(settings) -> Iterator[Embedder]:
    """The network of the settings: a small one, untrained, with its spaces."""
    settings.KINDRED_BACKBONE = "squeezenet1_0"
    embedders.configured.cache_clear()
    embedders.open_spaces()
    yield embedders.configured()
    embedders.configured.cache_clear()


@pytest.fixture
def works(media: Path, embedder: fakes.FakeEmbedder) -> list[Artwork]:
    fakes.opened(embedder)
    return described_works(embedder)


@pytest.fixture
def works_of_the_network(media: Path, small_network: Embedder) -> list[Artwork]:
    return described_works(small_network)


def described_works(embedder: Embedder) -> list[Artwork]:
    """Make three works in one collection, with vectors of this embedder, and flag them."""
    collection = factories.a_collection(slug="prints")
    made = [factories.a_work(collection, accession_number=f"C.{seed}") for seed in (5, 23, 42)]
    for work, seed in zip(made, (5, 23, 42), strict=True):
        factories.add_picture(work, ingest.NewPicture(factories.painted(seed), f"{seed}.jpg"))
    pipeline.run([embedder])
    flag_all()
    return made


def output_of(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_find_similar_ranks_the_collection_against_a_file(works_of_the_network: list[Artwork], tmp_path: Path):
    file = tmp_path / "mine.jpg"
    file.write_bytes(factories.painted(23))

    rows = json.loads(output_of("find_similar", str(file), "-k", "2", "--json"))

    assert [row["rank"] for row in rows] == [1, 2]
    assert rows[0]["accession_number"] == "C.23"
    assert rows[0]["filename"] == "23.jpg"


def test_find_similar_searches_one_collection_if_asked_and_refuses_an_unknown_one(
    works_of_the_network: list[Artwork], tmp_path: Path
):
    file = tmp_path / "mine.jpg"
    file.write_bytes(factories.painted(23))
    factories.a_collection(slug="empty")

    assert json.loads(output_of("find_similar", str(file), "--collection", "empty", "--json")) == []
    with pytest.raises(CommandError, match="no collection 'nowhere'"):
        call_command("find_similar", str(file), "--collection", "nowhere")


def test_find_similar_refuses_what_is_no_picture_in_a_sentence(tmp_path: Path):
    file = tmp_path / "letter.jpg"
    file.write_bytes(b"Dear museum, ...")

    with pytest.raises(CommandError, match="letter"):
        call_command("find_similar", str(file))


def test_find_similar_says_that_there_is_no_space_yet(tmp_path: Path):
    file = tmp_path / "mine.jpg"
    file.write_bytes(factories.painted(23))

    with pytest.raises(CommandError, match="no space of the lens 'look' yet"):
        call_command("find_similar", str(file))


def test_exported_vectors_are_unit_rows_beside_their_pictures(works: list[Artwork], tmp_path: Path):
    file = tmp_path / "vectors.npz"

    output_of("export_vectors", "--lens", "look", str(file))

    with np.load(file) as arrays:
        assert arrays["accession_number"].tolist() == ["C.23", "C.42", "C.5"]
        assert arrays["filename"].tolist() == ["23.jpg", "42.jpg", "5.jpg"]
        assert set(arrays["image_sha256"]) == {work.images.get().sha256 for work in works}
        assert arrays["vectors"].dtype == np.float32
        assert np.linalg.norm(arrays["vectors"], axis=1) == pytest.approx(1, abs=1e-5)


def test_vectors_of_merged_works_are_not_exported(works: list[Artwork], tmp_path: Path):
    Artwork.objects.filter(pk=works[0].pk).update(merged_into=works[1])

    output_of("export_vectors", str(tmp_path / "vectors.npz"))

    with np.load(tmp_path / "vectors.npz") as arrays:
        assert arrays["accession_number"].tolist() == ["C.23", "C.42"]


def test_export_says_that_there_is_nothing_to_export(tmp_path: Path):
    with pytest.raises(CommandError, match="no live space"):
        call_command("export_vectors", str(tmp_path / "vectors.npz"))


def test_process_pending_returns_when_nothing_is_pending(works: list[Artwork]):
    Job.objects.update(state=JobState.DONE)

    assert output_of("process_pending", "--wait").strip() == "Nothing is waiting. Nothing failed."


def test_process_pending_does_not_wait_for_twin_values_that_cannot_be_computed(
    works: list[Artwork], tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(weights_file, "SHIPPED", tmp_path / "missing.safetensors")
    Job.objects.update(state=JobState.DONE)
    job_queue.add([works[0].images.get()], job_queue.TWIN)

    said = output_of("process_pending", "--wait", "--timeout", "60")

    assert said.strip() == "1 picture is waiting for 1 job: 1 to compute twin values. Nothing failed."


def test_process_pending_gives_up_at_its_timeout_and_says_how_much_is_left(media: Path):
    factories.an_image(is_ready=False)

    what = "1 to make smaller sizes, 1 to be cut into tiles, 1 to read their colours, 1 to be made as AVIF"
    with pytest.raises(CommandError, match=rf"for 4 jobs: {what}\. Is a worker"):
        call_command("process_pending", "--wait", "--timeout", "0.1")


def test_process_pending_says_what_it_counts(works: list[Artwork]):
    Job.objects.update(state=JobState.DONE)
    described = Job.objects.filter(key__startswith="embed:").order_by("pk")[:2].values("pk")
    Job.objects.filter(pk__in=described).update(state=JobState.PENDING)
    Job.objects.filter(pk=Job.objects.filter(key="derivatives").first().pk).update(state=JobState.FAILED)
    Job.objects.filter(pk=Job.objects.filter(key=job_queue.FLAG).first().pk).update(state=JobState.PENDING)

    output = output_of("process_pending").strip()

    assert output == (
        "2 pictures are waiting for 3 jobs: 2 to describe pictures for a space, 1 to look for duplicates."
        " 1 job failed, on 1 picture."
    )


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("KINDRED_WEIGHTS", Path("nowhere.pth"), "There is no weights file at"),
        ("KINDRED_BACKBONE", "vgg61", "not a supported network"),
    ],
)
@pytest.mark.parametrize("command", ["find_similar", "evaluate"])
def test_a_network_that_cannot_be_loaded_is_refused_in_a_sentence(
    settings, tmp_path, command, setting, value, sentence
):
    embedders.configured.cache_clear()
    setattr(settings, setting, value)
    truth = tmp_path / "truth.json"
    truth.write_text('{"database": [], "queries": {}}')
    (tmp_path / "mine.jpg").write_bytes(factories.painted(23))
    fakes.opened(fakes.FakeEmbedder())
    words = [str(truth), "--images", str(tmp_path)] if command == "evaluate" else [str(tmp_path / "mine.jpg")]

    with pytest.raises(CommandError, match=sentence):
        call_command(command, *words)


def test_missing_weights_stop_the_set_up_in_one_sentence(settings, tmp_path: Path):
    embedders.configured.cache_clear()
    settings.KINDRED_WEIGHTS = tmp_path / "nowhere.pth"

    with pytest.raises(CommandError, match="There is no weights file at"):
        call_command("open_spaces")


def test_flag_duplicates_finds_again_what_is_not_in_the_queue_and_leaves_verdicts(media: Path, works: list[Artwork]):
    copies = [factories.a_work(works[0].collection, accession_number=f"copy.{seed}") for seed in (5, 23)]
    for copy, seed in zip(copies, (5, 23), strict=True):
        factories.add_picture(copy, ingest.NewPicture(factories.painted(seed) + b"\0", "copy.jpg"))
    pipeline.run([fakes.FakeEmbedder()])
    flag_all()
    lost, decided = DuplicatePair.objects.order_by("low_id")
    verdicts.decide(decided.pk, Verdict.SIMILAR, factories.a_user())
    lost.delete()

    output = output_of("flag_duplicates")
    flag_all()

    assert "5 pictures wait for the workers." in output
    again = DuplicatePair.objects.get(low_id=lost.low_id, high_id=lost.high_id)
    decided.refresh_from_db()
    assert (again.verdict, decided.verdict) == (Verdict.UNDECIDED, Verdict.SIMILAR)


def test_flag_duplicates_needs_no_second_call_after_it_was_stopped(works: list[Artwork]):
    output_of("flag_duplicates")
    claim = job_queue.claim([job_queue.FLAG], 1)
    job_queue.finish(claim, claim.jobs)

    assert job_queue.left(job_queue.FLAG) == len(works) - 1
    flag_all()
    assert job_queue.left(job_queue.FLAG) == 0


@pytest.mark.django_db(transaction=True)
def test_flag_duplicates_waits_for_the_workers_if_asked(works: list[Artwork], broker):
    with broker.FakeWorker("flag", flag_all):
        output = output_of("flag_duplicates", "--wait")

    assert "3 pictures wait" in output
    assert "Done; 0 pairs wait for a verdict." in output
    assert job_queue.left(job_queue.FLAG) == 0


def test_flag_duplicates_says_where_nothing_was_compared_yet(db):
    with pytest.raises(CommandError, match="No picture has been compared yet"):
        call_command("flag_duplicates")


@pytest.mark.parametrize("has_match", [False, True])
def test_find_similar_says_during_an_upgrade_that_the_network_lacks_the_old_pooling(
    small_network: Embedder, tmp_path: Path, has_match: bool
):
    Space.objects.filter(lens="look").update(pooling="of-yesterday")
    if has_match:
        Space.objects.filter(lens="match").update(state=SpaceState.LIVE, dimensions=8)
    file = tmp_path / "mine.jpg"
    file.write_bytes(factories.painted(23))

    with pytest.raises(CommandError, match=r"^squeezenet1_0 has no pooling of-yesterday for the lens 'look' any more"):
        call_command("find_similar", str(file))


def test_a_recognised_work_far_from_the_nearest_has_no_percentage():
    row = {"rank": 1, "closer_than_percent": None, "accession_number": "1934.2", "title": "Blue", "is_recognised": True}

    line = find_similar.table([row])

    assert "This is it" in line
    assert "%" not in line
