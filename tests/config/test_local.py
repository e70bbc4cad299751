"""The embedded servers: shared while used, gone afterwards."""

import psycopg
import redis

from config import env


def test_the_embedded_postgres_can_hold_vectors():
    with psycopg.connect(env.read().database_url) as db:
        versions = db.execute(
            "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"
        ).fetchall()

    assert versions


def test_the_embedded_redis_refuses_writes_rather_than_forgetting():
    with redis.from_url(env.read().redis_url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("save") == {"save": "300 1"}
