"""The Models page: who may see it, retrieval scores, and names of measurements."""

import pytest
from django.test import Client
from django.urls import reverse

from similarity.evaluation import stored_evaluations
from similarity.models import Evaluation
from tests import factories
from tests.similarity.models_page.measured import COPIES, FOUND, SCORES, SPEED, page_of, stored

pytestmark = pytest.mark.django_db


def test_the_public_must_sign_in_and_users_who_curate_nothing_get_403(client: Client):
    as_public = client.get("/models/")
    assert as_public.status_code == 302
    assert as_public["Location"] == f"{reverse('login')}?next=/models/"
    client.force_login(factories.a_user())
    assert client.get("/models/").status_code == 403
    assert 'href="/models/"' not in client.get("/browse/").text


def test_curators_and_superusers_have_a_link_in_the_header(curator: Client):
    superuser = Client()
    superuser.force_login(factories.a_user(is_superuser=True))

    for client in (curator, superuser):
        assert 'href="/models/"' in client.get("/browse/").text
        assert client.get("/models/").status_code == 200


def test_an_empty_page_lists_the_commands_that_measure_more(curator: Client):
    page = curator.get("/models/").text

    assert "Nothing has been measured yet" in page
    assert "manage.py evaluate GROUND_TRUTH.json" in page
    assert "manage.py evaluate_copies" in page


def test_scores_have_their_intervals_in_the_table_and_the_chart(curator: Client):
    page = page_of(curator, retrieval=FOUND)

    assert "Look, vgg16" in page
    assert "0.80–1.00" in page
    assert "<title>Look, vgg16: 0.43, 95 % interval 0.80–1.00</title>" in page


def test_the_measure_for_each_set_can_be_chosen_and_an_unknown_one_is_the_default(curator: Client):
    stored("retrieval", FOUND)

    assert "Average precision (mAP), set by set" in curator.get("/models/", {"measure": "mean_ap"}).text
    assert "First work right (P@1), set by set" in curator.get("/models/", {"measure": "<script>"}).text


def test_a_measure_has_the_same_name_in_the_links_and_in_the_table(curator: Client):
    page = page_of(curator, retrieval=FOUND)

    for title in ("First work right (P@1)", "In the first five (recall@5)", "Average precision (mAP)"):
        assert f">{title}</a>" in page
        assert f'<th scope="col">{title}</th>' in page


def test_the_best_its_lead_and_its_interval_come_before_the_table(curator: Client):
    sure = {**SCORES, "works": 300}
    far = {**sure, "p_at_1": 0.4, "p_at_1_interval": [0.3, 0.5]}
    near = {**sure, "p_at_1": 0.85, "p_at_1_interval": [0.75, 0.95]}
    stored("retrieval", {**FOUND, "overall": sure}, lens="look")
    stored("retrieval", {**FOUND, "overall": near}, lens="texture")
    stored("retrieval", {**FOUND, "overall": far}, lens="colour")

    page = curator.get("/models/").text.replace("\N{NO-BREAK SPACE}", " ")

    assert "<b>Look, vgg16</b> ranks the right work first for 90 % of the photographs" in page
    assert "Clearly worse: Colour, vgg16 with 40 %, 50 points behind." in page
    assert "Not clearly worse, because the intervals overlap: Texture, vgg16 (85 %)." in page
    assert page.index("<b>Look, vgg16</b>") < page.index("<table")


def test_measurements_on_other_data_are_not_compared(curator: Client):
    many = {**SCORES, "works": 300, "queries": 300}
    stored("retrieval", {**FOUND, "overall": many, "pictures": 900}, lens="look")
    stored("retrieval", {**FOUND, "overall": {**many, "p_at_1": 0.4, "p_at_1_interval": [0.3, 0.5]}}, lens="texture")
    stored("retrieval", {**FOUND, "overall": {**SCORES, "works": 5, "p_at_1": 1.0}, "pictures": 900}, lens="colour")

    page = curator.get("/models/").text.replace("\N{NO-BREAK SPACE}", " ")

    assert "<b>Look, vgg16</b> ranks the right work first for 90 % of the photographs" in page
    assert "Measured on other data and therefore not compared: Texture, vgg16 (40 %), Colour, vgg16 (100 %)." in page
    assert "300 works are searched for among 900 pictures." in page
    assert "All sets, 30 to 300 photographs" in page
    assert "Clearly worse:" not in page
    assert "Not clearly worse" not in page


def test_only_the_newest_measurement_of_a_network_is_shown(curator: Client):
    stored("retrieval", {**FOUND, "sets": {"older": SCORES}})
    stored("retrieval", {**FOUND, "sets": {"newer": SCORES}})

    page = curator.get("/models/").text

    assert "newer" in page
    assert "older" not in page


def test_networks_of_one_name_are_distinguished_by_their_weights(curator: Client):
    stored("retrieval", FOUND, weights_digest="abcdef" + 58 * "0")
    stored("retrieval", FOUND, weights_digest="123456" + 58 * "0")
    stored("retrieval", FOUND, is_trained=False)

    page = curator.get("/models/").text

    assert "Look, vgg16 (abcdef)" in page
    assert "Look, vgg16 (123456)" in page
    assert "Look, vgg16 untrained <span" in page


def test_each_network_is_shown_with_its_pooling_and_projection(curator: Client):
    stored("retrieval", FOUND, pooling="gem", projection="whitened-256:0123456789ab")
    stored("copies", COPIES, pooling="cells")

    page = curator.get("/models/").text

    assert "gem, whitened-256<" in page
    assert "cells, not whitened<" in page


def test_the_page_states_how_many_works_are_searched_for_among_how_many_pictures(curator: Client):
    stored("retrieval", {**FOUND, "overall": {**SCORES, "works": 8}, "pictures": 48}, dataset="new")
    stored("retrieval", FOUND, dataset="without the number of works")

    page = curator.get("/models/").text

    assert "8 works are searched for among 48 pictures." in page
    assert "Works are searched for among 279 pictures." in page


def test_lenses_are_in_the_order_of_the_site(curator: Client):
    for lens in ("colour", "look", "subject"):
        stored("retrieval", FOUND, lens=lens)

    found = stored_evaluations.latest(Evaluation.Kind.RETRIEVAL)

    assert [one.lens for one in found] == ["look", "subject", "colour"]


def test_the_page_has_no_inline_style_or_script(curator: Client):
    page = page_of(curator, retrieval=FOUND, copies=COPIES, speed=SPEED)

    assert "style=" not in page
    assert "<style" not in page
    assert "onload" not in page
