"""All pairs as a table: every value in a column of its own, no formula, and only pairs that the reader may review."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client

from collection.models import AuditEntry, Collection
from similarity.duplicates import proposals
from similarity.duplicates.review import pair_table, verdicts
from similarity.models import DuplicatePair, Fingerprint, Kind, Rule, Verdict
from tests import factories

pytestmark = pytest.mark.django_db

HOMOGRAPHY = [1.0, 0.0, 0.25, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]


def a_pair(collection: Collection | None = None, **fields: object) -> DuplicatePair:
    collection = collection or factories.a_collection(slug="prints")
    low, high = (factories.an_image(factories.a_work(collection), original_name=f"{n}.jpg") for n in ("a", "b"))
    return DuplicatePair.objects.create(low=low, high=high, **{"suggested": Verdict.DUPLICATE, **fields})


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def exported(tmp_path: Path) -> list[dict[str, str]]:
    file = tmp_path / "pairs.csv"
    call_command("export_pairs", file)
    return read(file.read_text("utf-8"))


def downloaded(client: Client) -> list[dict[str, str]]:
    answer = client.post("/review/pairs.csv")
    assert answer.status_code == 200
    return read(b"".join(answer.streaming_content).decode())


def test_a_decided_pair_has_all_that_was_found_and_who_decided(tmp_path: Path):
    signals = {name: number / 8 for number, name in enumerate(proposals.SIGNALS, start=1)}
    pair = a_pair(
        kind=Kind.DETAIL, rule=Rule.FEATURES, relation="detail", correlation=0.5, inliers=40, low_share=1.0,
        high_share=0.25, colour_difference=2.5, homography=HOMOGRAPHY, signals=signals, hash_distance=None,
    )  # fmt: skip
    Fingerprint.objects.create(
        image=pair.low, phash="0" * 64, is_flat=False, thumb=b"", colours=b"", twin="0" * 12, twin_bits="0" * 48
    )
    verdicts.decide(pair.pk, Verdict.SIMILAR, factories.a_user("Ada"))

    (row,) = exported(tmp_path)

    pair.refresh_from_db()
    assert row["pair"] == str(pair.pk)
    assert (row["first_accession_number"], row["first_file"]) == (pair.low.artwork.accession_number, "a.jpg")
    assert (row["second_accession_number"], row["second_file"]) == (pair.high.artwork.accession_number, "b.jpg")
    assert (row["first_collection"], row["second_collection"]) == ("prints", "prints")
    assert (row["first_twin_value"], row["second_twin_value"]) == ("0" * 12, "")
    assert (row["kind"], row["rule"], row["suggestion"]) == ("detail", "features", "duplicate")
    assert (row["verdict"], row["decided_by"]) == ("similar", "Ada")
    assert row["decided_at"] == pair.decided_at.isoformat()
    measured = [row[name] for name in ("correlation", "inliers", "first_share", "second_share", "colour_difference")]
    assert measured == ["0.5", "40", "1.0", "0.25", "2.5"]
    assert (row["relation"], row["hash_distance_bits"]) == ("detail", "")
    assert json.loads(row["homography"]) == HOMOGRAPHY
    assert {name: float(row[f"signal_{name}"]) for name in proposals.SIGNALS} == signals


def test_an_open_pair_has_empty_cells_for_what_is_not_known(tmp_path: Path):
    a_pair()

    (row,) = exported(tmp_path)

    assert row["verdict"] == "undecided"
    unknown = ["decided_by", "decided_at", "inliers", "homography", "first_share", "signal_twin_bits"]
    assert [row[name] for name in unknown] == [""] * len(unknown)


def test_no_cell_is_a_formula(tmp_path: Path):
    pair = a_pair(note="+cmd")
    pair.low.artwork.accession_number = "=1+1"
    pair.low.artwork.save()
    pair.high.original_name = "@sum.jpg"
    pair.high.save()

    (row,) = exported(tmp_path)

    assert (row["first_accession_number"], row["second_file"], row["note"]) == ("'=1+1", "'@sum.jpg", "'+cmd")


def test_more_pairs_than_one_query_reads_are_each_written_once(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(pair_table, "CHUNK", 2)
    pairs = [a_pair(factories.a_collection()) for _ in range(5)]

    rows = exported(tmp_path)

    assert [int(row["pair"]) for row in rows] == [pair.pk for pair in pairs]


def test_a_file_that_cannot_be_written_is_refused_in_one_sentence(tmp_path: Path):
    with pytest.raises(CommandError, match=r"pairs.csv could not be written: No such file or directory\.$"):
        call_command("export_pairs", tmp_path / "missing" / "pairs.csv")


def test_curators_download_only_the_pairs_of_their_own_collections():
    own, other = factories.a_collection(), factories.a_collection()
    pair = a_pair(own)
    a_pair(other)
    curator, administrator = Client(), Client()
    curator.force_login(factories.a_user("Ada", curates=own))
    administrator.force_login(factories.a_user(is_superuser=True))

    assert [int(row["pair"]) for row in downloaded(curator)] == [pair.pk]
    assert len(downloaded(administrator)) == 2
    assert AuditEntry.objects.filter(verb="exported", kind="pair", user_name="Ada").count() == 1


def test_names_of_files_are_for_curators_and_administrators_alone():
    collection = factories.a_collection()
    a_pair(collection)
    reviewer = factories.a_user()
    reviewer.user_permissions.add(Permission.objects.get(codename="change_duplicatepair"))
    clients = {}
    for user in (reviewer, factories.a_user(curates=collection), factories.a_user(is_superuser=True)):
        clients[user] = Client()
        clients[user].force_login(user)

    assert ["first_file" in downloaded(client)[0] for client in clients.values()] == [False, True, True]


def test_outsiders_download_nothing_and_reading_the_address_exports_nothing(client: Client):
    a_pair()

    assert client.post("/review/pairs.csv").status_code == 403
    assert client.get("/review/pairs.csv").status_code == 405


def test_the_queue_and_the_decided_pairs_offer_the_table():
    reviewer = Client()
    reviewer.force_login(factories.a_user(is_superuser=True))

    for page in ("/review/", "/review/decided/"):
        assert 'action="/review/pairs.csv"' in reviewer.get(page).text
