"""The Models page: same class, maker, culture and department, with chance, and with reasons for missing measures."""

import pytest
from django.test import Client

from similarity.models import Space, SpaceState
from tests.similarity.models_page.measured import stored

pytestmark = pytest.mark.django_db

OMITTED = {"omitted": "No work has a culture."}


def scored(value: float, **fields: object) -> dict:
    defaults = {"interval": [value - 0.02, value + 0.02], "chance": 0.08, "works": 925, "labels": 22, "data": "one"}
    return {"value": value, **defaults, **fields}


def measured(of_class: float, of_maker: float = 0.3, **fields: object) -> dict:
    maker = scored(of_maker, chance=0.01, works=880, labels=140)
    omitted = {"culture": OMITTED, "department": {"omitted": "All 925 works have the same department."}}
    return {"measures": {"classification": scored(of_class, **fields), "maker": maker, **omitted}}


def page_of(client: Client) -> str:
    return client.get("/models/").text.replace("\N{NO-BREAK SPACE}", " ")


def test_each_measure_names_the_best_and_the_level_of_chance(curator: Client):
    stored("likeness", measured(0.42, 0.31), dataset="all collections")
    stored("likeness", measured(0.29, 0.30), dataset="all collections", lens="colour")

    page = page_of(curator)

    assert (
        "<b>Look, vgg16</b> shows works of the same class in 42 % of the ten nearest places (95 % interval 40–44 %)."
        in page
    )
    assert "averaged over all works that have a class. Chance alone would reach 8 %." in page
    assert "Clearly worse: Colour, vgg16 with 29 %, 13 points behind." in page
    assert "<b>Look, vgg16</b> shows 31 % of the other works by the same maker among the ten nearest" in page
    assert "Not clearly worse, because the intervals overlap: Colour, vgg16 (30 %)." in page


def test_each_measure_is_explained_and_its_chart_has_a_line_for_chance(curator: Client):
    stored("likeness", measured(0.42))

    page = page_of(curator)

    assert "The share of the ten works nearest to a work that have the same class," in page
    assert "The share of the other works by a work&#x27;s maker that are among the ten works nearest to it" in page
    assert "Share from 0 to 1, on 925 works and 22 classes; dashed line: chance." in page
    assert "<title>Chance: 0.08</title>" in page
    assert "<desc>Look, vgg16: 0.42, 95 % interval 0.40–0.44; Chance: 0.08</desc>" in page


def test_a_missing_measure_has_its_reason(curator: Client):
    stored("likeness", measured(0.42))

    page = page_of(curator)

    assert "<b>Same culture</b> is left out. No work has a culture." in page
    assert "<b>Same department</b> is left out. All 925 works have the same department." in page


def test_measurements_on_other_data_are_in_the_table_and_not_compared(curator: Client):
    stored("likeness", measured(0.42))
    stored("likeness", measured(0.41), lens="subject")
    stored("likeness", measured(0.9, data="another"), lens="colour")

    page = page_of(curator)

    assert "<b>Look, vgg16</b> shows works of the same class in 42 %" in page
    assert "Measured on other data and therefore not compared: Colour, vgg16 (90 %)." in page
    chart = page.split('<figcaption class="chart__title">Same class')[1].split("</figure>")[0]
    assert "Subject, vgg16: 0.41" in chart
    assert "Colour, vgg16" not in chart
    assert '<td>0.90 <span class="scores__interval">0.88–0.92</span></td>' in page


def test_spaces_of_one_network_are_distinguished_and_retired_ones_are_left_out(curator: Client):
    made_of = {"lens": "look", "backbone": "vgg16", "weights_digest": "a" * 64, "is_trained": True}
    live, refit, retired = (
        Space.objects.create(state=state, pooling="mean", projection=state, dimensions=4, **made_of)
        for state in (SpaceState.LIVE, SpaceState.BUILDING, SpaceState.RETIRED)
    )
    for space, value in ((live, 0.40), (refit, 0.41), (retired, 0.99)):
        stored("likeness", {**measured(value), "space": space.pk}, pooling="mean")

    page = page_of(curator)

    assert f"Look, vgg16 (mean, aaaaaa, space {live.pk})" in page
    assert f"Look, vgg16 (mean, aaaaaa, space {refit.pk})" in page
    assert f"space {retired.pk})" not in page


def test_without_measurements_there_is_no_section(curator: Client):
    page = page_of(curator)

    assert 'id="likeness"' not in page


def test_a_collection_without_records_shows_only_reasons(curator: Client):
    reasons = {
        "classification": {"omitted": "No work has a class."},
        "maker": {"omitted": "No work names a known maker."},
    }
    stored("likeness", {"measures": {**reasons, "culture": OMITTED, "department": OMITTED}})

    page = page_of(curator)

    assert "<b>Same class</b> is left out. No work has a class." in page
    assert "dashed line" not in page.split('id="likeness"')[1].split("<summary>How")[0]
