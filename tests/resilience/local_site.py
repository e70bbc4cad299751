"""The whole site as `make demo` runs it, in a home of its own, so that its processes can be killed."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import httpx
import psutil
import psycopg

from config import env
from config.local import server_state
from config.local.locks import Lockfiles

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 240  # for the start, and for the end of all work, on a busy machine
TICK_S = 0.2
SEND_AGAIN = "Please send it again"  # as the site asks while its database is away
SETTINGS = {
    "KINDRED_BACKBONE": "squeezenet1_0",
    "KINDRED_BATCH_SIZE": "4",
    "KINDRED_LEASE_S": "8",
    "KINDRED_SWEEP_S": "2",
}
# A word of the command of each program.
PROGRAMS = {"web": "waitress", "work": "sweep,work,flag", "embed": "search,embed", "beat": "beat"}


class LocalSite:
    """A site that runs from `start` to `stop`. Its name for its collection is that of the folder `pictures`."""

    def __init__(self, home: Path, pictures: Path, port: int) -> None:
        self.home, self.pictures, self.port = home, pictures, port
        self.url = f"http://127.0.0.1:{port}"
        self.log = home / "runlocal.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            sys.executable,
            "manage.py",
            "runlocal",
            "--port",
            str(self.port),
            "--collection",
            str(self.pictures),
        ]
        variables = {**env.inherited(KINDRED_HOME=str(self.home), **SETTINGS)}
        for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "KINDRED_SECRET_KEY"):
            variables.pop(name, None)
        output: IO[bytes] = self.log.open("wb")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=variables, stdout=output, stderr=output, start_new_session=True
        )
        self.wait_until(lambda: "Everything is ready." in self.log.read_text(), "the start of the site")

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until the condition holds. Raise TimeoutError with the end of the log, or if the site has ended."""
        until = time.monotonic() + PATIENCE_S
        while not condition():
            if self.has_ended or time.monotonic() > until:
                raise TimeoutError(
                    f"{what}: {'the site ended' if self.has_ended else 'too late'}\n{self.ends_of_logs()}"
                )
            time.sleep(TICK_S)

    def ends_of_logs(self) -> str:
        logs = [self.log, *sorted((self.home / "logs").glob("*.log"))]
        return "\n\n".join(f"{log.name}:\n{log.read_text(errors='replace')[-2500:]}" for log in logs)

    def password(self, name: str) -> str:
        found: str = json.loads((self.home / "logins.json").read_text())[name]
        return found

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Return the rows of a query, or raise psycopg.OperationalError while the database restarts."""
        state = server_state.from_line(Lockfiles(self.home / "run", "postgres").state.read_text())
        with psycopg.connect(state.url) as connection:
            return connection.execute(statement).fetchall()  # type: ignore[call-overload,no-any-return]

    # --- its processes ---

    def processes(self, kind: str) -> Sequence[psutil.Process]:
        """Return the processes of one kind: a program of PROGRAMS, redis or postgres."""
        assert self.process is not None
        if kind in PROGRAMS:
            children = psutil.Process(self.process.pid).children(recursive=True)
            return [each for each in children if PROGRAMS[kind] in " ".join(command_of(each)).split("-n ")[0]]
        postmaster = self.home / "postgres" / "postmaster.pid"
        if kind == "postgres":
            with suppress(OSError, ValueError, psutil.NoSuchProcess):
                first = psutil.Process(int(postmaster.read_text().split("\n", 1)[0]))
                return [first, *first.children()]
            return []
        return [each for each in psutil.process_iter() if is_redis_of(each, self.home)]

    def kill(self, kind: str, dice: random.Random) -> str:
        """Kill one process of this kind as the kernel would. Return its command, or "" if none runs now."""
        found = sorted(self.processes(kind), key=lambda process: process.pid)
        if not found:
            return ""
        victim = dice.choice(found)
        command = " ".join(command_of(victim))
        with suppress(psutil.NoSuchProcess):
            victim.kill()
        return command


def command_of(process: psutil.Process) -> list[str]:
    with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        return process.cmdline()
    return []


def is_redis_of(process: psutil.Process, home: Path) -> bool:
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return "redis-server" in process.name() and str(home) in f"{process.cwd()} {process.cmdline()}"
    return False


class Curator:
    """The curator of the site at a browser, who sends a file again until there is an answer to it."""

    def __init__(self, site: LocalSite) -> None:
        self.site = site
        self.browser = httpx.Client(base_url=site.url, timeout=30, headers={"Referer": site.url})
        self.is_signed_in = False

    def sign_in(self) -> None:
        self.browser.cookies.clear()
        self.browser.get("/login/").raise_for_status()
        form = {"username": "curator", "password": self.site.password("curator"), "csrfmiddlewaretoken": self.token()}
        answer = self.browser.post("/login/", data=form)
        self.is_signed_in = answer.status_code == httpx.codes.FOUND

    def token(self) -> str:
        return self.browser.cookies.get("csrftoken", "")

    def upload(self, name: str, data: bytes, is_over: Callable[[], bool]) -> dict[str, str]:
        """Send one file until the site answers. Return what it says of the file. Raise TimeoutError if `is_over`."""
        while not is_over():
            with suppress(httpx.HTTPError):
                if not self.is_signed_in:
                    self.sign_in()
                answer = self.send(name, data)
                if answer.status_code == httpx.codes.OK:
                    (file,) = answer.json()["files"]
                    if SEND_AGAIN not in file["refusal"]:
                        return dict(file)
                self.is_signed_in = answer.status_code not in {httpx.codes.FORBIDDEN, httpx.codes.FOUND}
        raise TimeoutError(f"{name} got no answer\n{self.site.ends_of_logs()}")

    def try_again(self, upload_id: object) -> None:
        """Press "Try again" on the page of an upload."""
        self.sign_in()
        form = {"action": "retry", "csrfmiddlewaretoken": self.token()}
        answer = self.browser.post(f"/uploads/{upload_id}/", data=form)
        assert answer.status_code == httpx.codes.FOUND

    def send(self, name: str, data: bytes) -> httpx.Response:
        return self.browser.post(
            f"/collections/{self.site.pictures.name}/upload/",
            data={"csrfmiddlewaretoken": self.token(), "publish": "on"},
            files={"files": (name, data, "image/jpeg")},
            headers={"Accept": "application/json", "X-CSRFToken": self.token()},
        )
