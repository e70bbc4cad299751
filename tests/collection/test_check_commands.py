"""The commands check_files and rebuild_derivatives."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from collection.files import storage
from collection.jobs import derivative_jobs, job_queue
from collection.management.commands import check_files as check_files_command
from collection.models import FileCheck, Job, JobState
from tests.collection.damage import derivative_of, flip_a_byte, original_of
from tests.factories import a_painted_image

pytestmark = pytest.mark.django_db


def check_files(*words: str) -> tuple[int, str]:
    """Return the exit code, and what the command wrote."""
    out = StringIO()
    try:
        call_command("check_files", *words, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def rebuild(*words: str) -> str:
    out = StringIO()
    call_command("rebuild_derivatives", *words, stdout=out)
    return out.getvalue()


def test_whole_files_end_with_exit_code_0(media):
    a_painted_image()

    assert check_files() == (0, "1 picture checked, 0 with a problem.\n")


def test_each_problem_is_a_line_and_the_exit_code_is_1(media):
    flipped, deleted, garbage, whole = (a_painted_image() for _ in range(4))
    flip_a_byte(original_of(flipped))
    original_of(deleted).unlink()
    derivative_of(garbage).write_bytes(b"garbage")

    code, said = check_files()

    lines = {words[0]: line for line in said.splitlines() if (words := line.split())}
    assert code == 1
    assert "4 pictures checked, 3 with a problem." in said
    assert lines[str(flipped.pk)].endswith("The content of the original has changed since its upload.")
    assert lines[str(deleted.pk)].endswith("The original is missing.")
    assert deleted.artwork.accession_number in lines[str(deleted.pk)]
    assert lines[str(garbage.pk)].endswith("480.webp is damaged.")
    assert str(whole.pk) not in lines
    assert "upload or import the same file again" in said
    assert "check_files --rebuild" in said


def test_without_rebuild_nothing_is_queued(media):
    image = a_painted_image()
    derivative_of(image).unlink()

    check_files()

    assert not job_queue.is_waiting(job_queue.DERIVATIVES)


def test_rebuild_makes_smaller_copies_again_and_checks_them_again(media):
    image = a_painted_image()
    for path in storage.derivatives(image.sha256).iterdir():
        path.unlink()
    other = a_painted_image()
    derivative_of(other).write_bytes(b"garbage")

    code, said = check_files("--rebuild")

    assert (code, said) == (0, "2 pictures checked, 0 with a problem.\n")
    assert derivative_of(image).is_file()
    assert check_files()[0] == 0


def test_rebuild_leaves_what_only_a_person_can_heal(media):
    image = a_painted_image()
    original_of(image).unlink()
    derivative_of(image).unlink()

    code, said = check_files("--rebuild")

    assert code == 1
    assert "1 picture checked, 1 with a problem." in said
    assert FileCheck.objects.get().original == "missing"


def test_a_sample_checks_so_many_pictures(media):
    for _ in range(3):
        a_painted_image()

    _, said = check_files("--sample", "2")

    assert said.startswith("2 pictures checked")
    assert FileCheck.objects.count() == 2


def test_a_missing_disk_stops_the_check_with_a_sentence(media):
    a_painted_image()
    (media / "originals").rename(media / "elsewhere")

    with pytest.raises(CommandError, match=r"The folder of pictures .* is missing"):
        check_files()

    assert not FileCheck.objects.exists()


def test_pictures_are_queued_by_number_by_collection_or_all(media):
    images = [a_painted_image() for _ in range(3)]

    by_number = rebuild(str(images[0].pk))
    derivative_jobs.run()
    by_collection = rebuild("--collection", images[1].collection.slug)
    derivative_jobs.run()
    every = rebuild("--all")

    assert by_number.startswith("1 picture is queued")
    assert by_collection.startswith("1 picture is queued")
    assert every.startswith("3 pictures are queued")
    queued = Job.objects.filter(key=job_queue.DERIVATIVES)
    assert set(queued.values_list("state", "priority")) == {(JobState.PENDING, job_queue.BACKLOG_PRIORITY)}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Name either"),
        (["1", "--all"], "Name either"),
        (["--collection", "none"], "There is no collection none"),
        (["999999"], "There is no picture with the number 999999"),
    ],
)
def test_a_wrong_choice_is_refused_with_a_sentence(media, words, sentence):
    with pytest.raises(CommandError, match=sentence):
        rebuild(*words)


@pytest.mark.parametrize("number", ["0", "-1"])
def test_a_sample_of_no_picture_is_refused_in_a_sentence(number: str):
    with pytest.raises(CommandError, match="--sample must be 1 or more"):
        check_files(f"--sample={number}")


def test_rebuild_makes_all_again_however_many_batches_they_are(media, monkeypatch):
    monkeypatch.setattr(check_files_command, "BATCH", 2)
    images = [a_painted_image() for _ in range(5)]
    for image in images:
        derivative_of(image).unlink()
    original_of(images[1]).unlink()

    code, said = check_files("--rebuild")

    assert code == 1
    assert "5 pictures checked, 1 with a problem." in said
    assert [derivative_of(image).is_file() for image in images] == [True, False, True, True, True]
