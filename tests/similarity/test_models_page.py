"""The Models page: for curators alone, the newest numbers, what to do where there are none."""

import pytest
from django.test import Client
from django.urls import reverse

from similarity.evaluation import records
from similarity.models import Evaluation
from tests import factories

pytestmark = pytest.mark.django_db

SCORES = {
    "queries": 30, "p_at_1": 0.9, "recall_at_5": 0.95, "mean_ap": 0.925,
    "p_at_1_interval": [0.8, 1.0], "recall_at_5_interval": [0.85, 1.0], "mean_ap_interval": [0.82, 0.99],
}  # fmt: skip
FOUND = {"sets": {"easy": SCORES, "wall": {**SCORES, "p_at_1": 0.43}}, "overall": SCORES, "pictures": 279}
SUGGESTED = {"duplicate": 0.7, "any": 0.81, "false_duplicates": 1, "false_similar": 12}
COPIES = {
    "pictures": 134, "background": 66, "recall": 0.63, "recall_normalised": 0.64, "micro_ap": 0.71,
    "micro_ap_normalised": {"0.5": 0.72, "1.0": 0.74, "2.0": 0.73},
    "alterations": {"jpeg-30": {"recall": 0.97}, "crop-50": {"recall": 0.12}},
    "suggested": {"jpeg-30": SUGGESTED}, "suggested_overall": SUGGESTED,
    "curve": [[0.0, 1.0], [0.63, 0.999], [1.0, 0.2]],
}  # fmt: skip
SPEED = {
    "pictures_per_s": 1234.5,
    "ms_by_stage": {"decode": 2.5, "network": 0.5},
    "gmac_per_s": 19000,
    "device": "H200",
}


def kept(kind: str, results: dict, **fields: object) -> Evaluation:
    defaults = {"dataset": "retrieval", "lens": "look", "backbone": "vgg16", "weights_digest": "a" * 64}
    return Evaluation.objects.create(kind=kind, results=results, **{**defaults, **fields})


@pytest.fixture
def curator() -> Client:
    client = Client()
    client.force_login(factories.a_user(curates=factories.a_collection()))
    return client


def test_the_public_is_asked_to_sign_in_and_the_page_is_closed_to_those_who_curate_nothing(client: Client):
    as_public = client.get("/models/")
    assert as_public.status_code == 302
    assert as_public["Location"] == f"{reverse('login')}?next=/models/"
    client.force_login(factories.a_user())
    assert client.get("/models/").status_code == 403
    assert 'href="/models/"' not in client.get("/browse/").text


def test_curators_and_superusers_find_it_in_the_header(curator: Client):
    superuser = Client()
    superuser.force_login(factories.a_user(is_superuser=True))

    for client in (curator, superuser):
        assert 'href="/models/"' in client.get("/browse/").text
        assert client.get("/models/").status_code == 200


def test_where_nothing_was_measured_the_page_says_which_commands_do(curator: Client):
    page = curator.get("/models/").text

    assert "Nothing was measured yet" in page
    assert "manage.py evaluate GROUND_TRUTH.json" in page
    assert "manage.py evaluate_copies" in page


def test_scores_stand_with_their_intervals_in_table_and_chart(curator: Client):
    kept("retrieval", FOUND)

    page = curator.get("/models/").text

    assert "Look, vgg16" in page
    assert "0.80–1.00" in page
    assert "<title>Look, vgg16: 0.43, 95 % interval 0.80–1.00</title>" in page


def test_the_measure_set_by_set_can_be_chosen_and_nonsense_is_the_first(curator: Client):
    kept("retrieval", FOUND)

    assert "mAP, set by set" in curator.get("/models/", {"measure": "mean_ap"}).text
    assert "P@1, set by set" in curator.get("/models/", {"measure": "<script>"}).text


def test_the_newest_measurement_of_a_network_takes_the_place_of_the_older(curator: Client):
    kept("retrieval", {**FOUND, "sets": {"older": SCORES}})
    kept("retrieval", {**FOUND, "sets": {"newer": SCORES}})

    page = curator.get("/models/").text

    assert "newer" in page
    assert "older" not in page


def test_networks_of_one_name_are_told_apart(curator: Client):
    kept("retrieval", FOUND, weights_digest="abcdef" + 58 * "0")
    kept("retrieval", FOUND, weights_digest="123456" + 58 * "0")
    kept("retrieval", FOUND, is_trained=False)

    page = curator.get("/models/").text

    assert "Look, vgg16 (abcdef)" in page
    assert "Look, vgg16 (123456)" in page
    assert "Look, vgg16 untrained <span" in page


def test_each_network_stands_with_its_pooling_and_how_its_vectors_were_projected(curator: Client):
    kept("retrieval", FOUND, pooling="gem", projection="whitened-256:0123456789ab")
    kept("copies", COPIES, pooling="cells")

    page = curator.get("/models/").text

    assert "gem, whitened-256<" in page
    assert "cells, not whitened<" in page


def test_what_is_to_be_found_is_told_apart_from_what_it_is_found_among(curator: Client):
    kept("retrieval", {**FOUND, "overall": {**SCORES, "works": 8}, "pictures": 48}, dataset="new")
    kept("retrieval", FOUND, dataset="of before works were counted")

    page = curator.get("/models/").text

    assert "8 works, to be found among 48 pictures." in page
    assert "Works are to be found among 279 pictures." in page


def test_lenses_stand_in_the_order_of_the_site(curator: Client):
    for lens in ("colour", "look", "subject"):
        kept("retrieval", FOUND, lens=lens)

    found = records.latest(Evaluation.Kind.RETRIEVAL)

    assert [one.lens for one in found] == ["look", "subject", "colour"]


def test_copies_are_a_table_of_alterations_with_numbers_in_every_cell_and_a_curve(curator: Client):
    kept("copies", COPIES)

    page = curator.get("/models/").text

    assert '<td class="heat heat--10">0.97</td>' in page
    assert '<td class="heat heat--1">0.12</td>' in page
    assert "recall 0.63 at 99.9 % precision" in page
    assert "1 other pair as duplicates and 12 as similar" in page


def test_shares_of_copies_stand_with_their_intervals_in_tables_and_charts(curator: Client):
    spread = {
        "recall_interval": [0.5, 0.71], "recall_normalised_interval": [0.52, 0.72], "micro_ap_interval": [0.66, 0.76],
        "micro_ap_normalised_interval": {"0.5": [0.67, 0.77], "1.0": [0.69, 0.79], "2.0": [0.68, 0.78]},
        "alterations": {"jpeg-30": {"recall": 0.97, "recall_interval": [0.91, 1.0]}, "crop-50": {"recall": 0.12}},
    }  # fmt: skip
    kept("copies", {**COPIES, **spread})

    page = curator.get("/models/").text

    for interval in ("0.50–0.71", "0.52–0.72", "0.66–0.76", "0.67–0.77", "0.69–0.79", "0.68–0.78", "0.91–1.00"):
        assert f'<span class="scores__interval">{interval}</span>' in page
    assert "<title>Look, vgg16: 0.63, 95 % interval 0.50–0.71</title>" in page
    assert "<title>Look, vgg16: 0.71, 95 % interval 0.66–0.76</title>" in page
    assert "recall 0.63 at 99.9 % precision, 95 % interval 0.50–0.71" in page


def test_copies_measured_before_there_were_intervals_are_shown_without(curator: Client):
    kept("copies", COPIES)

    page = curator.get("/models/").text

    assert "<title>Look, vgg16: 0.63</title>" in page
    assert "scores__interval" not in page
    assert "plot__interval" not in page


def test_alterations_and_stages_stand_in_their_order_and_unknown_ones_behind(curator: Client):
    scored = {name: {"recall": 0.5} for name in ("wall", "flip", "melted", "jpeg-60")}
    kept("copies", {**COPIES, "alterations": scored})
    kept("speed", {**SPEED, "ms_by_stage": {"write": 1.0, "network": 2.0, "decode": 3.0}})

    page = curator.get("/models/").text

    for names in (["jpeg-60", "flip", "wall", "melted"], ["decode, ms", "network, ms", "write, ms"]):
        places = [page.index(f">{name}</th>") for name in names]
        assert places == sorted(places)


def test_speed_is_told_with_its_stages(curator: Client):
    kept("speed", SPEED)

    page = curator.get("/models/").text

    assert "1,234.5" in page
    assert "<title>vgg16 on H200, decode: 2.50 ms</title>" in page


def test_the_page_asks_for_no_inline_style_or_script(curator: Client):
    kept("retrieval", FOUND)
    kept("copies", COPIES)
    kept("speed", SPEED)

    page = curator.get("/models/").text

    assert "style=" not in page
    assert "<style" not in page
    assert "onload" not in page
