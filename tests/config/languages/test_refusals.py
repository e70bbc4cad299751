"""Refusals of pictures are shown in the visitor's language, also those that were stored in English."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from collection import aliases, imaging
from collection.browsing.facet_table import BY_NAME
from collection.files import refusal_texts
from collection.models import Artwork

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
