"""Checks that the web process makes: database, Redis, weights, the folder of pictures and its disk.

Each returns "ok" or a sentence. Any of them may hang, so `health` runs each in its own thread.
"""

import os
import shutil
import socket
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from redis import Redis, RedisError

from collection.files import storage
from collection.models import ArtworkImage
from config.monitoring.worker_kinds import OK
from similarity.spaces import lifecycle
from similarity.vision.networks import ensemble, shipped

MIB = 2**20
REDIS_S = 1.0
NO_REDIS = "Redis does not answer"
UNKNOWN = "unknown while Redis does not answer"


def connect() -> Redis:
    """Return a client with a short timeout, because /readyz must answer quickly."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=REDIS_S, socket_connect_timeout=REDIS_S)


def check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "the database does not answer"
    finally:
        connection.close()
    return OK


def check_redis() -> str:
    try:
        with connect() as client:
            client.ping()
    except RedisError:
        return NO_REDIS
    return OK


def check_weights() -> str:
    try:
        check_shipped_files()
        space = lifecycle.live()
    except shipped.ShippedFileError as error:
        return str(error)
    except DatabaseError:
        return "unknown while the database does not answer"
    finally:
        connection.close()
    if space is None:
        return "no worker has loaded a network yet"
    return OK if lifecycle.is_being_replaced(space) else space.problem or OK


def check_shipped_files() -> None:
    """Raise ShippedFileError for a damaged or missing file. KINDRED_WEIGHTS replaces that of the first network."""
    first, *others = ensemble.names_of(settings.KINDRED_BACKBONE)
    for name in others if settings.KINDRED_WEIGHTS is not None else [first, *others]:
        shipped.path_of(name)
    shipped.check_projections()


def check_media() -> str:
    """Write a file into the folder of pictures and delete it. Only this shows whether uploads can be stored."""
    trial = Path(settings.MEDIA_ROOT, f".readyz-{socket.gethostname()}-{os.getpid()}")
    try:
        if not storage.folder_of_originals().is_dir() and has_pictures():
            return "the folder of the originals is missing; is its disk mounted?"
        trial.write_bytes(b"may be deleted")
        trial.unlink()
    except OSError as error:
        return f"no picture can be stored: {(error.strerror or 'the disk fails').lower()}"
    return OK


def has_pictures() -> bool:
    try:
        return ArtworkImage.objects.exists()
    except DatabaseError:  # which `check_database` reports
        return False
    finally:
        connection.close()


def check_disk() -> str:
    try:
        free_mib = shutil.disk_usage(settings.MEDIA_ROOT).free / MIB
    except OSError as error:
        return f"unknown: {(error.strerror or 'the disk fails').lower()}"
    if free_mib >= settings.KINDRED_DISK_MIN_MIB:
        return OK
    return f"less than {settings.KINDRED_DISK_MIN_MIB:,} MiB are free for pictures"
