"""The Models page: for curators alone, the newest numbers, what to do where there are none."""

import pytest
from django.test import Client
from django.urls import reverse

from similarity.evaluation import stored_evaluations
from similarity.models import Evaluation
from tests import factories
from tests.similarity.models_page.measured import COPIES, FOUND, SCORES, SPEED, kept, page_of

pytestmark = pytest.mark.django_db


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


def test_the_commands_that_measure_more_are_named_below(curator: Client):
    page = curator.get("/models/").text

    assert "Nothing has been measured yet" in page
    assert "manage.py evaluate GROUND_TRUTH.json" in page
    assert "manage.py evaluate_copies" in page


def test_scores_stand_with_their_intervals_in_table_and_chart(curator: Client):
    page = page_of(curator, retrieval=FOUND)

    assert "Look, vgg16" in page
    assert "0.80–1.00" in page
    assert "<title>Look, vgg16: 0.43, 95 % interval 0.80–1.00</title>" in page


def test_the_measure_set_by_set_can_be_chosen_and_nonsense_is_the_first(curator: Client):
    kept("retrieval", FOUND)

    assert "Average precision (mAP), set by set" in curator.get("/models/", {"measure": "mean_ap"}).text
    assert "First work right (P@1), set by set" in curator.get("/models/", {"measure": "<script>"}).text


def test_a_measure_is_called_the_same_where_it_is_chosen_and_where_it_stands(curator: Client):
    page = page_of(curator, retrieval=FOUND)

    for title in ("First work right (P@1)", "In the first five (recall@5)", "Average precision (mAP)"):
        assert f">{title}</a>" in page
        assert f'<th scope="col">{title}</th>' in page


def test_the_point_comes_first_what_is_best_by_how_much_and_how_surely(curator: Client):
    sure = {**SCORES, "works": 300}
    far = {**sure, "p_at_1": 0.4, "p_at_1_interval": [0.3, 0.5]}
    near = {**sure, "p_at_1": 0.85, "p_at_1_interval": [0.75, 0.95]}
    kept("retrieval", {**FOUND, "overall": sure}, lens="look")
    kept("retrieval", {**FOUND, "overall": near}, lens="texture")
    kept("retrieval", {**FOUND, "overall": far}, lens="colour")

    page = curator.get("/models/").text.replace("\N{NO-BREAK SPACE}", " ")

    assert "<b>Look, vgg16</b> ranks the right work first for 90 % of the photographs" in page
    assert "Clearly worse: Colour, vgg16 with 40 %, 50 points behind." in page
    assert "Not clearly worse, because the intervals overlap: Texture, vgg16 (85 %)." in page
    assert page.index("<b>Look, vgg16</b>") < page.index("<table")


def test_measurements_of_other_photographs_or_pictures_are_not_compared(curator: Client):
    many = {**SCORES, "works": 300, "queries": 300}
    kept("retrieval", {**FOUND, "overall": many, "pictures": 900}, lens="look")
    kept("retrieval", {**FOUND, "overall": {**many, "p_at_1": 0.4, "p_at_1_interval": [0.3, 0.5]}}, lens="texture")
    kept("retrieval", {**FOUND, "overall": {**SCORES, "works": 5, "p_at_1": 1.0}, "pictures": 900}, lens="colour")

    page = curator.get("/models/").text.replace("\N{NO-BREAK SPACE}", " ")

    assert "<b>Look, vgg16</b> ranks the right work first for 90 % of the photographs" in page
    assert "Measured on other data and therefore not compared: Texture, vgg16 (40 %), Colour, vgg16 (100 %)." in page
    assert "300 works are searched for among 900 pictures." in page
    assert "All sets, 30 to 300 photographs" in page
    assert "Clearly worse:" not in page
    assert "Not clearly worse" not in page


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

    assert "8 works are searched for among 48 pictures." in page
    assert "Works are searched for among 279 pictures." in page


def test_lenses_stand_in_the_order_of_the_site(curator: Client):
    for lens in ("colour", "look", "subject"):
        kept("retrieval", FOUND, lens=lens)

    found = stored_evaluations.latest(Evaluation.Kind.RETRIEVAL)

    assert [one.lens for one in found] == ["look", "subject", "colour"]


def test_the_page_asks_for_no_inline_style_or_script(curator: Client):
    page = page_of(curator, retrieval=FOUND, copies=COPIES, speed=SPEED)

    assert "style=" not in page
    assert "<style" not in page
    assert "onload" not in page
