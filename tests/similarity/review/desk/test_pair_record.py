"""The table of both records: what differs, what only one has, and what nobody may read."""

import pytest
from django.contrib.auth.models import Permission

from collection.models import Artwork, Upload, UploadedFile
from similarity.duplicates.review.desk import pair_record
from similarity.models import DuplicatePair
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db


def fresh(pair: DuplicatePair) -> DuplicatePair:
    return DuplicatePair.objects.get(pk=pair.pk)


def states(pair: DuplicatePair) -> dict[str, str]:
    rows = pair_record.record_rows(fresh(pair)) + pair_record.file_rows(fresh(pair), has_names=True)
    return {row.label: row.state for row in rows}


def test_two_empty_fields_do_not_differ_and_a_single_value_is_marked_as_such():
    pair = a_pair()
    Artwork.objects.filter(pk=pair.low.artwork_id).update(title="The Wave", medium="Oil on canvas", culture="Dutch")
    Artwork.objects.filter(pk=pair.high.artwork_id).update(title="A Wave", credit_line="Gift", culture="Dutch")

    found = states(pair)

    assert found["Title"] == "differs"
    assert found["Medium"] == "first"
    assert found["Credit line"] == "second"
    assert found["Culture"] == "same"
    assert found["Date"] == "empty"


def test_a_maker_who_is_recorded_as_unknown_is_none():
    pair = a_pair()
    Artwork.objects.filter(pk=pair.low.artwork_id).update(creators=["Unknown maker"])

    assert states(pair)["Artists or makers"] == "empty"


def test_files_are_compared_by_their_whole_digest_though_a_part_is_shown():
    pair = a_pair()
    type(pair.low).objects.filter(pk=pair.low_id).update(sha256="a" * 63 + "b", pixel_digest="c" * 64)
    type(pair.low).objects.filter(pk=pair.high_id).update(sha256="a" * 64, pixel_digest="c" * 64)

    found = states(pair)

    assert found["File (SHA-256)"] == "differs"
    assert found["Pixels (digest)"] == "same"


def test_the_uploader_is_named_and_an_import_is_unknown():
    pair = a_pair()
    upload = Upload.objects.create(collection=pair.low.collection, uploaded_by=factories.a_user("ada"))
    UploadedFile.objects.create(upload=upload, name="a.jpg", image=pair.low)

    (row,) = [row for row in pair_record.file_rows(fresh(pair), has_names=True) if row.label == "Uploaded by"]

    assert (row.first, row.second) == ("ada", "unknown")


def test_reviewers_who_curate_nothing_read_no_names_of_files():
    pair = a_pair()
    reviewer = factories.a_user()
    reviewer.user_permissions.add(Permission.objects.get(codename="change_duplicatepair"))

    pages = [signed_in(reviewer), signed_in(curates=pair.low.collection), signed_in(is_superuser=True)]
    has_name = ["picture.jpg" in one.get(pair.get_absolute_url()).text for one in pages]

    assert has_name == [False, True, True]
