"""Heartbeats of workers and of the scheduler: each process writes its activity to Redis every few seconds.

All heartbeats are fields of one hash, so one command reads them. Fields older than FORGOTTEN_S are deleted, so the hash
does not grow. The process that writes measures ages up to that moment, and Redis measures the time since then.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from redis import Redis

from similarity.workers.ephemeral import time_of

KEY = "kindred:heartbeats"
INTERVAL_S = 2.0
STALE_S = 8.0  # so that /readyz is right within ten seconds
FORGOTTEN_S = 600
LONG_S = 600.0  # most tasks end within it; a longer one makes others wait

BEAT = "beat"  # the scheduler, in place of a queue


@dataclass(frozen=True)
class Heartbeat:
    """The activity that a process reported, and the seconds since then."""

    queues: Sequence[str]
    loop_age_s: float | None = 0.0  # since the main loop last ran; None until it has
    tasks: Mapping[str, float] = field(default_factory=dict)  # tasks in progress, with the age in seconds of the oldest
    can_wait: bool = False  # a task runs in the main process, so the main loop waits for its end
    stopped: int = 0  # child processes that a signal has stopped
    processes: int = 0  # child processes for tasks; 0 if the main process runs them, or if the number is unknown
    occupied: int = 0  # those of them that have worked on one task for LONG_S
    age_s: float = 0.0

    @property
    def is_fresh(self) -> bool:
        return self.age_s <= STALE_S

    @property
    def takes_tasks(self) -> bool:
        """Return True if the process runs, and its main loop runs or waits for a task in the main process."""
        is_in_task = self.can_wait and bool(self.tasks)
        loop_runs = self.loop_age_s is not None and self.loop_age_s + self.age_s <= STALE_S
        return self.is_fresh and not self.stopped and (loop_runs or is_in_task)

    @property
    def is_full(self) -> bool:
        """Return True if every child process is occupied, so that new tasks wait."""
        return 0 < self.processes <= self.occupied


def write(redis: Redis, process: str, heartbeat: Heartbeat) -> None:
    """Write the heartbeat of a process, and delete those of processes that ended long ago. Raise RedisError."""
    now = time_of(redis)
    gone = [name for name, stored in load(redis).items() if now - stored["at"] > FORGOTTEN_S]
    text = json.dumps({**asdict(heartbeat), "at": now})
    with redis.pipeline() as pipe:
        pipe.hset(KEY, process, text)
        if gone:
            pipe.hdel(KEY, *gone)
        pipe.expire(KEY, FORGOTTEN_S)
        pipe.execute()


def read(redis: Redis) -> list[Heartbeat]:
    """Return the heartbeats of the last FORGOTTEN_S, with their ages. Raise RedisError."""
    now = time_of(redis)
    return [heartbeat_of(stored, now) for stored in load(redis).values()]


def heartbeat_of(stored: Mapping[str, Any], now: float) -> Heartbeat:
    """Return a stored heartbeat. Fields that this release does not have are ignored."""
    known = {each.name: stored[each.name] for each in fields(Heartbeat) if each.name in stored}
    return replace(Heartbeat(**known), age_s=max(0.0, now - stored["at"]))


def load(redis: Redis) -> dict[str | bytes, dict[str, Any]]:
    return {name: json.loads(text) for name, text in redis.hgetall(KEY).items()}
