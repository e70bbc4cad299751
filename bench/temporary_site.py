"""A site for benchmarks, with its own PostgreSQL and Redis, in a home that is deleted at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.gallery import Gallery

SERVER_SETTINGS = ("DATABASE_URL", "REDIS_URL")


@contextmanager
def open_site(*, is_quick: bool) -> Iterator["Gallery"]:
    """Yield the pictures for an empty site with production settings. The shell's own settings are ignored."""
    home = Path(tempfile.mkdtemp(prefix="kindred-bench-"))
    try:
        with served(home):
            from bench.gallery import Gallery

            yield Gallery(home, is_quick)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def served(home: Path) -> Iterator[None]:
    """Run the servers and set up Django while the with-block lasts."""
    for name in [name for name in os.environ if name.startswith("KINDRED_") or name in SERVER_SETTINGS]:
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
