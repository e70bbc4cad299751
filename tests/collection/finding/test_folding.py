"""Python folds a query as PostgreSQL folds what it indexes."""

import unicodedata

import pytest
from django.db import connection

from collection.browsing.text import folding

SCRIPTS = [(0x20, 0x24F), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0xFB00, 0xFB06)]


def folded_by_database(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kindred_fold(one) FROM unnest(%s::text[]) WITH ORDINALITY AS all_of (one, place)", [texts]
        )
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Halmágyi", "halmagyi"),
        ("Ørsted, Łódź & Weiß", "orsted lodz weiss"),
        ("Œuvre d’Ægir", "oeuvre d aegir"),
        ("ﬁgures Ⅳ", "figures iv"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
        ("Толстой, Ёлка", "толстой елка"),
        ("A\u202egnol\u200fo 🎨 b", "agnolo b"),
        ("m\u0302an", "man"),
        ("ガラス 한국", "ガラス 한국"),
        ("“Boats” — 1923.4/b_c", "boats 1923 4 b c"),
        ("!!! 🎨 ...", ""),
        ("a \u0301 b \u00b4 \u0345", "a b"),
        ("١٩٢٣", "1923"),
    ],
)
@pytest.mark.django_db
def test_accents_case_and_punctuation_do_not_matter(text, expected):
    assert folding.fold(text) == expected
    assert folded_by_database([text]) == [expected]


@pytest.mark.django_db
def test_every_letter_is_folded_alike_in_python_and_in_the_database():
    letters = [chr(code) for start, end in SCRIPTS for code in range(start, end + 1)]
    texts = [f"a{letter}b" for letter in letters if unicodedata.category(letter) not in ("Cn", "Cs")]

    wrong = {
        f"U+{ord(text[1]):04X}": (ours, theirs)
        for text, ours, theirs in zip(texts, map(folding.fold, texts), folded_by_database(texts), strict=True)
        if ours != theirs
    }

    assert wrong == {}


@pytest.mark.django_db
def test_every_character_can_be_searched_for():
    texts = [chr(code) for code in range(1, 0x20000) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]
    words = [word for text in texts for word in folding.WORD.findall(folding.clean(f"{text}b {text}"))]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(kindred_term('{english,german}', one, true)), count(kindred_phrase('{english}', one))"
            " FROM unnest(%s::text[]) AS one",
            [words],
        )
        assert cursor.fetchone() == (len(words), len(words))


@pytest.mark.django_db
def test_a_record_with_any_character_can_be_written():
    letters = [chr(code) for code in range(1, 0x20000) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]
    texts = [f"{letter} {letter}ing" for letter in letters]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(kindred_stems('{english,arabic,hindi}', one)), count(kindred_vector(one))"
            " FROM unnest(%s::text[]) AS one",
            [texts],
        )
        assert cursor.fetchone() == (len(texts), len(texts))


def test_words_know_where_they_stand_in_the_text():
    text = "L’été, peint\u00ad\u200bure"

    assert [(word.folded, text[word.start : word.end]) for word in folding.words(text)] == [
        ("l", "L"), ("ete", "été"), ("peinture", "peint\u00ad\u200bure"),
    ]  # fmt: skip
