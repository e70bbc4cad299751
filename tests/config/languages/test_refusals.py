"""Refusals of pictures are shown in the visitor's language, also those that were stored in English."""

import json
import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from collection import aliases, imaging
from collection.browsing.facet_table import BY_NAME
from collection.files import derivatives, integrity, refusal_texts
from collection.jobs import failures, job_queue
from collection.models import Artwork
from similarity.groups.building import overview_stages
from similarity.spaces import fitting, lifecycle, space_requests

BMP = b"BM" + bytes(60)
GERMAN = "Diese Datei ist ein BMP-Bild; Kindred nimmt Bilder in JPEG, PNG, WebP, TIFF, GIF, HEIC und AVIF an."


def refusal_of(data: bytes) -> imaging.Refused:
    with pytest.raises(imaging.Refused) as refused:
        imaging.check(data)
    return refused.value


def test_a_refusal_is_german() -> None:
    refusal = refusal_of(BMP)

    with translation.override("de"):
        assert refusal_texts.translated(refusal) == GERMAN
    assert str(refusal).startswith("This file is a BMP picture; Kindred accepts ")


def test_a_stored_refusal_is_german() -> None:
    with translation.override("de"):
        assert refusal_texts.stored(str(refusal_of(BMP))) == GERMAN


def test_numbers_of_a_refusal_are_german() -> None:
    limits = imaging.Limits(size_mib=1)

    with pytest.raises(imaging.TooManyBytes) as refused:
        imaging.check_size(1_500 * 2**20, limits)

    with translation.override("de"):
        assert "1.500,0 MiB" in refusal_texts.translated(refused.value)


@pytest.mark.parametrize("text", [aliases.HELD, aliases.HELD_AND_MERGED])
def test_an_accession_number_is_no_number(text: str) -> None:
    english = text % {"work": "1923.4", "kept": "1,5"}

    with translation.override("de"):
        shown = refusal_texts.stored(english)

    assert shown != english
    assert "1923.4" in shown


def test_an_unknown_sentence_stays() -> None:
    with translation.override("de"):
        assert refusal_texts.stored("The disk is on holiday.") == "The disk is on holiday."


@pytest.mark.parametrize("text", sorted(imaging.refusals.TEXTS))
def test_every_stored_text_is_found_again(text: str) -> None:
    names = refusal_texts.PLACEHOLDER.findall(text)
    english = text % dict.fromkeys(names, "12") if names else text

    with translation.override("en-gb"):
        assert refusal_texts.stored(english) == english


@pytest.mark.django_db
def test_a_search_is_refused_in_german(client: Client) -> None:
    picture = SimpleUploadedFile("a.bmp", BMP)
    with translation.override(None):  # or the language of the request would stay for the tests that follow
        answer = client.post("/search/picture/", {"picture": picture}, headers={"Accept-Language": "de"})

    assert GERMAN in answer.content.decode()


def test_counts_that_are_kept_have_no_language() -> None:
    """Kept counts may have labels in the language of the visitor for whom works were counted."""
    century = BY_NAME["century"]

    with translation.override("de"):
        assert century.shown_label("-3", "3rd century BCE") == "3. Jahrhundert v. Chr."


def test_the_unknown_maker_is_german_only_where_it_is_shown() -> None:
    work = Artwork(accession_number="1923.4")

    with translation.override("de"):
        assert (work.shown_creators, work.shown_title) == ("Unbekannt", "Ohne Titel")
        assert str(work) == "Untitled (1923.4)"


SEND_AGAIN = "Laden Sie dieselbe Datei noch einmal hoch, oder stellen Sie sie aus einer Sicherung wieder her."
SEE_LOG = "Der Grund steht im Log des Workers."


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (
            "The original has 1,200 bytes instead of 1,300. Upload the same file again, or restore it from a backup.",
            f"Das Original hat 1.200 statt 1.300 Bytes. {SEND_AGAIN}",
        ),
        (
            "2 of its 3 smaller copies cannot be used: 480.webp is missing, 160.webp is damaged.",
            "2 von 3 kleineren Kopien sind unbrauchbar: 480.webp fehlt, 160.webp ist beschädigt.",
        ),
        (
            "The smaller copies of this picture could not be made. The reason is in the log of the worker.",
            f"Zu diesem Bild konnten die Dateien der Art „kleinere Kopien“ nicht erzeugt werden. {SEE_LOG}",
        ),
        (job_queue.GAVE_UP, "Nach 3 Versuchen aufgegeben: Jedes Mal hielt der Worker an, bevor er fertig war."),
        (
            "Space 7 has 1,000 vectors, the live one 2,000: it does not go live.",
            "Raum 7 hat 1.000 Vektoren, der aktive 2.000: Er wird nicht aktiv.",
        ),
        ("It failed. The original is missing.", "It failed. Das Original fehlt."),
    ],
)
def test_a_stored_sentence_with_values_is_german(english: str, german: str) -> None:
    with translation.override("de"):
        assert refusal_texts.stored(english) == german
    with translation.override("en-gb"):
        assert refusal_texts.stored(english) == english


def test_the_web_process_knows_the_texts_that_workers_store() -> None:
    """Texts are known once their module is imported, and some modules are only imported by workers."""
    texts = [failures.NOT_FLAGGED, integrity.UNUSABLE, derivatives.NO_LONGER_READ, lifecycle.SHORTFALL]
    texts += [fitting.SAME_AS_LIVE, space_requests.GAVE_UP_TEXT, overview_stages.GAVE_UP_TEXT]
    program = (
        "import django; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns;"
        "from collection.imaging.refusals import TEXTS; import json; print(json.dumps(sorted(TEXTS)))"
    )

    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout

    assert set(texts) <= set(json.loads(printed.splitlines()[-1]))
