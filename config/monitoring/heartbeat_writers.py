"""Write the heartbeats of workers and of the scheduler. config.celery connects this module.

A thread of the worker's main process writes. Every few seconds the main loop records that it runs, and which tasks it
has given to child processes. Signals record the tasks that run in the main process. If the whole process is stopped,
it writes no heartbeat, and the last one becomes stale.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler
from celery.worker import state
from redis.exceptions import RedisError

from config.monitoring import heartbeats
from config.monitoring.heartbeats import Heartbeat
from similarity.workers import ephemeral

logger = logging.getLogger(__name__)

STOPPED = set("Tt")  # states in /proc/<pid>/stat of processes that a signal or a debugger has stopped


class WorkerActivity:
    """The activity of the main process of a worker."""

    def __init__(self) -> None:
        self.queues: list[str] = []
        self.is_solo = False
        self.children: Callable[[], list[int]] = list
        self.loop_ran_at: float | None = None  # on the monotonic clock, like the next
        self.tasks: dict[str, tuple[str, float]] = {}  # name and start by id
        self.begun: dict[str, float] = {}  # start by id of the tasks that run in child processes
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def attach(self, consumer: Any) -> None:
        """Use a consumer that starts. It starts again after each lost connection, but the thread starts only once."""
        self.queues = sorted(consumer.app.amqp.queues.consume_from)
        self.is_solo = consumer.pool.info["processes"] == [os.getpid()]
        self.children = lambda: [] if self.is_solo else list(consumer.pool.info["processes"])
        self.loop_ran_at = None
        if self.thread is None:
            self.thread = threading.Thread(target=self.write_forever, name="heartbeat", daemon=True)
            self.thread.start()

    def note_loop(self) -> None:
        """Record that the main loop runs, and the tasks that child processes have not finished."""
        now = time.monotonic()
        with self.lock:
            self.loop_ran_at = now
            if not self.is_solo:
                given = {request.id: request.name for request in state.reserved_requests}
                self.tasks = {pk: self.tasks.get(pk, (name, now)) for pk, name in given.items()}
                self.begun = {request.id: self.begun.get(request.id, now) for request in state.active_requests}

    def begin(self, task_id: str, name: str) -> None:
        """Record the start of a task in the main process."""
        with self.lock:
            self.tasks[task_id] = (name, time.monotonic())

    def end(self, task_id: str) -> None:
        with self.lock:
            self.tasks.pop(task_id, None)
            if self.is_solo:
                self.loop_ran_at = time.monotonic()  # the main loop continues now

    def now(self) -> Heartbeat:
        now = time.monotonic()
        with self.lock:
            ages: dict[str, float] = {}
            for name, began_at in self.tasks.values():
                ages[name] = max(ages.get(name, 0.0), now - began_at)
            occupied = sum(now - began_at >= heartbeats.LONG_S for began_at in self.begun.values())
            loop_age_s = None if self.loop_ran_at is None else now - self.loop_ran_at
        children = self.children()
        return Heartbeat(
            self.queues, loop_age_s, ages, can_wait=self.is_solo, stopped=stopped(children),
            processes=len(children), occupied=occupied,
        )  # fmt: skip

    def write_forever(self) -> None:
        is_failing = False
        while True:
            try:
                with ephemeral.connect() as redis:
                    heartbeats.write(redis, process_name(), self.now())
                is_failing = False
            except RedisError as error:
                if not is_failing:  # once, until it succeeds again
                    logger.warning("The heartbeat of this worker could not be written: %s", error)
                is_failing = True
            time.sleep(heartbeats.INTERVAL_S)


activity = WorkerActivity()


class HeartbeatStep(bootsteps.StartStopStep):
    """Call `note_loop` from the main loop of a worker while it consumes messages."""

    requires = ("celery.worker.consumer.tasks:Tasks",)
    entry: Any = None

    def start(self, consumer: Any) -> None:
        activity.attach(consumer)
        self.entry = consumer.timer.call_repeatedly(heartbeats.INTERVAL_S, activity.note_loop)

    def stop(self, consumer: Any) -> None:
        if self.entry is not None:
            self.entry.cancel()


class Scheduler(PersistentScheduler):
    """The scheduler of beat. It writes heartbeats from its own loop, so they end if the loop hangs."""

    max_interval = heartbeats.INTERVAL_S
    written_at = 0.0

    def tick(self, *arguments: Any, **named: Any) -> float:
        if time.monotonic() - self.written_at >= heartbeats.INTERVAL_S:
            self.written_at = time.monotonic()
            self.write()
        return float(super().tick(*arguments, **named))

    def write(self) -> None:
        try:
            with ephemeral.connect() as redis:
                heartbeats.write(redis, process_name(), Heartbeat([heartbeats.BEAT]))
        except RedisError as error:
            logger.warning("The heartbeat of the scheduler could not be written: %s", error)


def process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def stopped(children: list[int]) -> int:
    """Count the processes that a signal has stopped. Return 0 on systems without /proc."""
    return sum(state_of(pid) in STOPPED for pid in children)


def state_of(pid: int) -> str:
    """Return the letter of a process's state, or an empty string if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
