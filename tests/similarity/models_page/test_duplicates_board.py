"""The Models page: how many copies reach the review queue, beside single measures."""

import re

import pytest
from django.test import Client

from similarity.evaluation.duplicate_detection import duplicate_report
from tests.similarity.models_page.measured import page_of

pytestmark = pytest.mark.django_db

ROW = {
    "name": "wall", "copies": 100, "found": 0.96, "duplicate": 0.9, "kinds": {}, "signals": {"PDQ": 0.13},
    "false_pairs": [["a.jpg", "b.jpg", "reencoded"]],
}  # fmt: skip
FOUND = {"pictures": 1775, "altered": 100, "clean": {"duplicate": 18, "similar": 12}, "rows": [ROW]}


def test_copies_found_have_a_table_with_intervals_beside_single_measures(curator: Client):
    page = page_of(curator, duplicates=FOUND)

    assert '<th scope="row">Photographed on a wall</th>' in page
    assert '0.96 <span class="scores__interval">0.90–0.98</span>' in page
    assert '<td class="heat heat--1">0.13</td>' in page
    assert "Among 1,775 unaltered pictures, 18 pairs would be suggested as duplicates and 12 as similar." in page
    assert "got 1 pair with pictures other than their original" in page


def test_the_columns_come_in_one_order_however_the_results_are_stored(curator: Client):
    stored = [duplicate_report.COSINE, "a later signal", duplicate_report.MEANS, duplicate_report.PHASH, "PDQ"]
    row = ROW | {"signals": dict.fromkeys(stored, 0.5)}

    page = page_of(curator, duplicates=FOUND | {"rows": [row]})

    (table,) = re.findall(r'<table class="scores scores--heat">.*?</thead>', page, re.DOTALL)
    assert re.findall(r'<th scope="col">(.*?)</th>', table) == [
        "Alteration", "In the review queue", "Suggested as duplicates", "PDQ", "Perceptual hash",
        "Cosine of the last layer (imagededup)", "Cosine in match", "A later signal",
    ]  # fmt: skip


def test_without_a_measurement_the_page_has_no_such_section(curator: Client):
    assert "In the review queue" not in page_of(curator)
