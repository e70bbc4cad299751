"""/metrics serves numbers for Prometheus to clients with the token."""

import pytest
from django.conf import settings as run_settings
from django.test import Client
from redis import Redis

from collection.jobs import job_queue
from similarity.workers import stage_times
from tests import factories, fakes

pytestmark = pytest.mark.django_db

TOKEN = "a token of some length"


@pytest.fixture(autouse=True)
def _fresh(settings) -> None:
    settings.KINDRED_METRICS_TOKEN = TOKEN
    Redis.from_url(run_settings.REDIS_URL).delete(stage_times.KEY)
    stage_times.unpublished.clear()


def metrics(client: Client) -> str:
    return client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()


def test_waiting_jobs_and_live_spaces_are_counted(client: Client):
    fakes.opened(fakes.FakeEmbedder())
    job_queue.add([factories.an_image(is_ready=False)], "derivatives")

    text = metrics(client)

    assert 'kindred_jobs{state="pending",work="derivatives"} 1.0' in text
    assert 'kindred_spaces{backbone="fake",lens="look",state="live"} 1.0' in text


def test_the_time_of_each_stage_is_summed_over_publications(client: Client):
    for _ in range(2):
        with stage_times.stage(stage_times.NETWORK, pictures=8):
            pass
        stage_times.publish()

    text = metrics(client)

    assert 'kindred_stage_pictures_total{stage="network"} 16.0' in text
    assert 'kindred_stage_pictures_total{stage="write"} 0.0' in text


def test_without_redis_stage_times_are_kept_and_the_rest_is_served(client: Client, settings):
    with stage_times.stage(stage_times.WRITE, pictures=3):
        pass
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    stage_times.publish()
    text_without = metrics(client)
    settings.REDIS_URL = run_settings.REDIS_URL

    assert "kindred_jobs" in text_without
    assert "kindred_stage" not in text_without
    assert stage_times.unpublished["write:pictures"] == 3


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
def test_clients_without_the_token_get_404(client: Client, header: dict[str, str]):
    assert client.get("/metrics", headers=header).status_code == 404


def test_without_a_configured_token_only_administrators_may_read(client: Client, settings):
    settings.KINDRED_METRICS_TOKEN = None

    as_public = client.get("/metrics", headers={"Authorization": "Bearer "}).status_code
    client.force_login(factories.a_user("admin", is_superuser=True))

    assert as_public == 404
    assert client.get("/metrics").status_code == 200
