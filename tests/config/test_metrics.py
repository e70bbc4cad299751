"""/metrics serves numbers for Prometheus to clients with the token."""

import datetime as dt
import re
import socket
from collections.abc import Iterator

import pytest
from django.conf import settings as run_settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from redis import Redis

from collection.jobs import job_queue, workers
from collection.models import Job
from config.monitoring import health, heartbeats, load_metrics, worker_kinds
from config.monitoring.heartbeats import Heartbeat
from similarity.workers import stage_times, task_names
from tests import factories, fakes
from tests.similarity.sent_messages import fill_queue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("long_limit")]

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
    assert value(text_without, 'kindred_ready{part="redis"}') == 0
    assert stage_times.unpublished["write:pictures"] == 3


@pytest.fixture
def hung_redis(settings) -> Iterator[None]:
    """A Redis that takes connections and never answers, as a stopped process does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.REDIS_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        yield


def test_while_redis_hangs_the_rest_is_served_in_time_and_redis_is_named(client: Client, hung_redis, monkeypatch):
    monkeypatch.setattr(health, "LIMIT_S", 3.0)  # less than clients of Redis wait

    text = metrics(client)

    assert value(text, 'kindred_ready{part="redis"}') == 0
    assert value(text, 'kindred_ready{part="search_and_embedding"}') == 0
    assert value(text, 'kindred_ready{part="database"}') == 1
    assert value(text, "kindred_files_oldest_check_seconds") == 0
    assert "kindred_queue_length" not in text


def test_while_the_database_hangs_the_rest_is_served(client: Client, broker, monkeypatch):
    monkeypatch.setattr(health, "LIMIT_S", 3.0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE collection_job, similarity_space")  # for other threads it hangs

        text = metrics(client)

    assert value(text, 'kindred_queue_length{queue="flag"}') == 0
    assert value(text, 'kindred_ready{part="redis"}') == 1
    assert value(text, 'kindred_ready{part="weights"}') == 0
    assert "kindred_jobs" not in text


def test_each_line_of_readiness_has_a_value(client: Client, media):
    text = metrics(client)

    parts = set(re.findall(r'^kindred_ready{part="(\w+)"} [01]\.0$', text, re.MULTILINE))
    assert parts == {"database", "redis", "weights", "media", "disk", *worker_kinds.KINDS}
    assert value(text, 'kindred_ready{part="media"}') == 1


def test_free_space_is_served(client: Client, media):
    assert value(metrics(client), "kindred_disk_free_bytes") > 0


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
def test_clients_without_the_token_get_404(client: Client, header: dict[str, str]):
    assert client.get("/metrics", headers=header).status_code == 404


def test_without_a_configured_token_only_administrators_may_read(client: Client, settings):
    settings.KINDRED_METRICS_TOKEN = None

    as_public = client.get("/metrics", headers={"Authorization": "Bearer "}).status_code
    client.force_login(factories.a_user("admin", is_superuser=True))

    assert as_public == 404
    assert client.get("/metrics").status_code == 200


def value(text: str, name: str) -> float:
    (line,) = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return float(line.rpartition(" ")[2])


def test_the_heartbeat_of_each_kind_of_worker_has_an_age(client: Client):
    with Redis.from_url(run_settings.REDIS_URL) as redis:
        redis.delete(heartbeats.KEY)
        heartbeats.write(redis, "a worker", Heartbeat(["work"]))

    text = metrics(client)

    assert 0 <= value(text, 'kindred_worker_heartbeat_age_seconds{kind="derivatives"}') < heartbeats.FORGOTTEN_S
    assert value(text, 'kindred_worker_heartbeat_age_seconds{kind="beat"}') == float("inf")


def test_messages_and_searches_that_wait_are_counted(client: Client, broker):
    workers.wake(task_names.FLAG)
    fill_queue(3)

    text = metrics(client)

    assert value(text, 'kindred_queue_length{queue="flag"}') == 1
    assert value(text, 'kindred_queue_length{queue="embed"}') == 0
    assert value(text, "kindred_searches_waiting") == 3


def test_the_oldest_waiting_job_of_each_kind_of_work_has_an_age(client: Client):
    job_queue.add([factories.an_image(is_ready=False)], job_queue.DERIVATIVES)
    job_queue.add([factories.an_image()], job_queue.FLAG, priority=job_queue.BACKLOG_PRIORITY)
    Job.objects.filter(key=job_queue.FLAG).update(changed_at=timezone.now() - dt.timedelta(hours=1))

    text = metrics(client)

    assert value(text, 'kindred_oldest_waiting_job_seconds{work="derivatives"}') < 3600
    assert 3600 <= value(text, 'kindred_oldest_waiting_job_seconds{work="flag"}') < 7200


def test_the_oldest_job_is_read_from_the_index_without_reading_all():
    with CaptureQueriesContext(connection) as queries:
        load_metrics.waiting_since(job_queue.FLAG, job_queue.BACKLOG_PRIORITY)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")  # so few rows would be sorted otherwise
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "job_queue" in plan
    assert "Sort" not in plan
