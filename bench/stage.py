"""Where benchmarks run: a PostgreSQL and a Redis of their own, in a home that is deleted at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.gallery import Gallery

FOREIGN = ("DATABASE_URL", "REDIS_URL")


@contextmanager
def open_stage(*, is_quick: bool) -> Iterator["Gallery"]:
    """An empty site, production settings, and the pictures for it. The shell's own settings count for nothing."""
    home = Path(tempfile.mkdtemp(prefix="kindred-bench-"))
    try:
        with served(home):
            from bench.gallery import Gallery

            yield Gallery(home, is_quick)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def served(home: Path) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("KINDRED_") or name in FOREIGN]:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "KINDRED_HOME": str(home),
        "KINDRED_SECRET_KEY": "a key for benchmarks, of no value anywhere else",
    }

    from config import local

    local.attach()
    try:
        prepare()
        yield
    finally:
        from django.db import connections

        connections.close_all()
        local.leave()


def prepare() -> None:
    import logging

    import django
    from django.core.management import call_command

    django.setup()
    logging.getLogger().setLevel(logging.WARNING)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
