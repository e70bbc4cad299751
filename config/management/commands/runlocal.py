"""Run the whole site on one machine, as `make demo` does. manage.py has started the servers before this command."""

import http.client
import signal
import sys
import time
from argparse import ArgumentParser
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils.text import slugify

from collection.models import Collection
from config import env, local
from config.local import preflight
from config.local.console import Console
from config.local.errors import LocalStackError
from config.local.supervisor import Program, Supervisor
from config.local_secrets import logins
from config.management.commands import load_study
from config.monitoring import backlog

TICK_S = 0.25
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    help = "Run database, Redis, workers and the site on this machine, with a collection to look at."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        preflight.add_arguments(parser)

    def handle(self, *, port: int, collection: Path | None, **_: Any) -> None:
        console = Console()
        logs = settings.KINDRED_HOME / "logs"
        supervisor = Supervisor(settings.BASE, logs, env.inherited(PYTHONUNBUFFERED="1"), console)
        for each in STOP_SIGNALS:
            signal.signal(each, signal.default_int_handler)
        try:
            Run(console, supervisor, port, collection).go()
        except KeyboardInterrupt:
            console.line("Stopping ...")
        finally:
            supervisor.stop()
            connection.close()
            local.leave()
        console.line("Stopped.")


class Run:
    """One run of the site, from the first migration to the signal that ends it."""

    def __init__(self, console: Console, supervisor: Supervisor, port: int, folder: Path | None) -> None:
        self.console = console
        self.supervisor = supervisor
        self.port = port
        self.address = f"http://{preflight.ADDRESS}:{port}/"
        self.folder = folder.resolve() if folder else None
        self.programs = programs(port)
        self.is_announced = False
        self.logins: list[logins.Login] = []

    def go(self) -> None:
        """Run until KeyboardInterrupt. Raise LocalStackError if a program keeps dying."""
        self.console.status("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        self.logins = logins.ensure(settings.KINDRED_HOME, self.collection())
        for name in ("web", "work", "beat"):
            self.supervisor.start(self.programs[name])
        if self.task("open_spaces") != 0:
            raise LocalStackError("There is no network to compare pictures with; open_spaces printed the reason above.")
        self.supervisor.start(self.programs["embed"])
        self.task(*self.loading())
        self.wait_until_ready()
        while True:
            self.look()

    def collection(self) -> Collection:
        """Return the collection that will be filled. Create it if missing."""
        if self.folder is None:
            slug, title, description = load_study.SLUG, load_study.TITLE, load_study.DESCRIPTION
        else:
            title, description = self.folder.name.replace("-", " ").replace("_", " ").capitalize(), ""
            slug = slug_of(self.folder)
        defaults = {"title": title, "description": description}
        return Collection.objects.get_or_create(slug=slug, defaults=defaults)[0]

    def loading(self) -> list[str]:
        if self.folder is None:
            return ["load_study"]
        metadata = self.folder / "metadata.csv"
        words = ["import_collection", str(self.folder), "--collection", slug_of(self.folder)]
        return [*words, "--metadata", str(metadata)] if metadata.is_file() else words

    def task(self, *words: str) -> int:
        """Run a command of manage.py in a process that writes to this terminal. Return its exit code."""
        self.console.clear()
        process = self.supervisor.run([sys.executable, "manage.py", *words])
        while process.poll() is None:
            self.look()
        if process.returncode != 0:
            self.console.line(f"({words[0]} ended with exit code {process.returncode}; see above.)")
        return process.returncode

    def wait_until_ready(self) -> None:
        state = None
        while state is None or not state.is_complete or not self.is_announced:
            self.look()
            try:
                state = backlog.now()
            except DatabaseError:  # the database is restarting
                connection.close()
                continue
            self.console.status(str(state))
        self.console.line(f"{state}.")
        self.console.line("Everything is ready. Ctrl-C stops.")

    def look(self) -> None:
        """Restart programs that died, and announce the address once the site answers. Wait a moment."""
        self.supervisor.tick()
        if not self.is_announced and answers(self.port):
            self.announce()
        time.sleep(TICK_S)

    def announce(self) -> None:
        self.is_announced = True
        self.console.line()
        self.console.line(f"  Kindred is at {self.address}")
        for login in self.logins:
            self.console.line(f"  sign in as {login}")
        self.console.line()


def programs(port: int) -> dict[str, Program]:
    """Return the programs by name. `web` and `work` import no torch. `embed` is one process, which uses all cores."""
    celery = [sys.executable, "-m", "celery", "-A", "config"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    # waitress reads whole requests before a thread takes them, so that slow senders cannot occupy the threads.
    web = [
        *(sys.executable, "-m", "waitress"),
        *(f"--listen={preflight.ADDRESS}:{port}", "--threads=8", "--connection-limit=200", "--channel-timeout=60"),
        *("--max-request-header-size=32768", "--ident=", "config.wsgi:application"),
    ]
    words = {
        "web": web,
        "work": [*worker, "--pool", "prefork", "-c", "2", "-Q", "sweep,work,flag", "-n", "work@%h"],
        "beat": [*celery, "beat", "--loglevel", "INFO", "-s", str(settings.KINDRED_HOME / "beat-schedule")],
        "embed": [*worker, "--pool", "solo", "-Q", "search,embed", "-n", "embed@%h"],
    }
    return {name: Program(name, each) for name, each in words.items()}


def slug_of(folder: Path) -> str:
    return slugify(folder.name)[:50] or "collection"


def answers(port: int, timeout_s: float = 1) -> bool:
    web = http.client.HTTPConnection(preflight.ADDRESS, port, timeout=timeout_s)
    try:
        web.request("GET", "/healthz")
        return web.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()
