"""The Models page: copies and speed, as tables and charts with units, dates and descriptions in words."""

import re

import pytest
from django.test import Client
from django.utils.formats import date_format
from django.utils.timezone import localtime, now

from tests.similarity.models_page.measured import COPIES, FOUND, SPEED, page_of, stored

pytestmark = pytest.mark.django_db


def test_copies_have_a_table_by_alteration_and_a_precision_recall_curve(curator: Client):
    page = page_of(curator, copies=COPIES)

    assert '<td class="heat heat--10">0.97</td>' in page
    assert '<td class="heat heat--1">0.12</td>' in page
    assert "recall 0.63 at 99.9 % precision" in page
    assert "Its lowest shares: cropped to 25\N{NO-BREAK SPACE}% of the area (12\N{NO-BREAK SPACE}%)" in page
    assert "1 other pair as duplicates and 12 as similar" in page


def test_shares_of_copies_have_their_intervals_in_tables_and_charts(curator: Client):
    intervals = {
        "recall_interval": [0.5, 0.71], "recall_normalised_interval": [0.52, 0.72], "micro_ap_interval": [0.66, 0.76],
        "micro_ap_normalised_interval": {"0.5": [0.67, 0.77], "1.0": [0.69, 0.79], "2.0": [0.68, 0.78]},
        "alterations": {"jpeg-30": {"recall": 0.97, "recall_interval": [0.91, 1.0]}, "crop-50": {"recall": 0.12}},
    }  # fmt: skip
    stored("copies", {**COPIES, **intervals})

    page = curator.get("/models/").text

    for interval in ("0.50–0.71", "0.52–0.72", "0.66–0.76", "0.67–0.77", "0.69–0.79", "0.68–0.78", "0.91–1.00"):
        assert f'<span class="scores__interval">{interval}</span>' in page
    assert "<title>Look, vgg16: 0.63, 95 % interval 0.50–0.71</title>" in page
    assert "<title>Look, vgg16: 0.71, 95 % interval 0.66–0.76</title>" in page
    assert "recall 0.63 at 99.9 % precision, 95 % interval 0.50–0.71" in page


def test_measurements_with_other_pictures_or_alterations_are_not_compared(curator: Client):
    sure = {**COPIES, "pictures": 400, "recall_interval": [0.6, 0.66]}
    worse = {**sure, "recall": 0.2, "recall_interval": [0.15, 0.25]}
    stored("copies", sure, lens="look")
    stored("copies", worse, lens="texture")
    stored("copies", {**worse, "background": 1}, lens="colour")
    stored("copies", {**worse, "alterations": {"flip": {"recall": 0.2}}}, lens="subject")

    page = curator.get("/models/").text.replace("\N{NO-BREAK SPACE}", " ")

    assert "Clearly worse: Texture, vgg16 with 20 %, 43 points behind." in page
    assert "Measured on other data and therefore not compared: Subject, vgg16 (20 %), Colour, vgg16 (20 %)." in page
    assert "400 pictures were altered; 66 further pictures serve as the reference" in page


def test_older_measurements_of_copies_are_shown_without_intervals(curator: Client):
    page = page_of(curator, copies=COPIES)

    assert "<title>Look, vgg16: 0.63</title>" in page
    assert "scores__interval" not in page
    assert "plot__interval" not in page


def test_alterations_and_stages_are_in_their_order_with_unknown_ones_last(curator: Client):
    scored = {name: {"recall": 0.5} for name in ("wall", "flip", "melted", "jpeg-60")}
    stored("copies", {**COPIES, "alterations": scored})
    stored("speed", {**SPEED, "ms_by_stage": {"write": 1.0, "network": 2.0, "decode": 3.0}})

    page = curator.get("/models/").text

    alterations = ["Saved again as JPEG, quality 60", "Mirrored", "Photographed on a wall", "melted"]
    for names in (alterations, ["decode", "network", "write"]):
        places = [page.index(f">{name}</th>") for name in names]
        assert places == sorted(places)


def test_speed_is_shown_with_its_stages(curator: Client):
    page = page_of(curator, speed=SPEED)

    assert "1,234.5" in page
    assert "<title>Look, vgg16 on H200, decode: 2.50 ms</title>" in page
    assert "<b>Look, vgg16</b> processes 1,234.5 pictures a second on H200" in page


def test_every_chart_has_a_description_its_unit_and_its_date(curator: Client):
    page = page_of(curator, retrieval=FOUND, copies=COPIES, speed=SPEED)

    today = date_format(localtime(now()), "j F Y")
    charts = page.split('<figure class="chart">')[1:]
    assert len(charts) == 7  # all sets and two sets, recall, curves, micro-AP, stages
    for chart in charts:
        assert "<desc>Look, vgg16" in chart
        assert re.search(r'<span class="chart__unit">[^<]+\. Measured ', chart)
        assert f"Measured {today}." in chart


def test_each_lens_has_its_own_chart_of_curves_and_networks_keep_their_line_style(curator: Client):
    for lens in ("look", "texture"):
        for backbone in ("vgg16", "mobilenet_v2"):
            stored("copies", COPIES, lens=lens, backbone=backbone)

    page = curator.get("/models/").text

    look = page.split('<figcaption class="chart__title">Look: precision and recall')[1].split("</figure>")[0]
    assert "Look, mobilenet_v2: recall 0.63" in look
    assert "Look, vgg16: recall 0.63" in look
    assert "Texture, " not in look
    texture = page.split('<figcaption class="chart__title">Texture: precision and recall')[1].split("</figure>")[0]
    assert re.findall(r"series--\d", look) == re.findall(r"series--\d", texture)


def test_the_speed_of_all_lenses_at_once_is_labelled(curator: Client):
    stored("speed", SPEED, lens="all")
    stored("speed", {**SPEED, "pictures_per_s": 2000.0}, lens="look")

    page = curator.get("/models/").text

    assert "<b>Look, vgg16</b> processes 2,000.0 pictures a second" in page
    assert "The slowest, All lenses, vgg16, processes 1,234.5" in page
