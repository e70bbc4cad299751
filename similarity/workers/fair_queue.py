"""Searches and explanations that wait in Redis for an embedding worker, in fair order.

Networks take turns, and so do the clients of a network. So no search waits for all searches of another client or
network. If the queue is full, a new search displaces the last search of the client with the most. A message to a worker
only says that something waits. The worker takes the next one (`take`). It stays in the queue until the worker has
finished it. If the worker dies, another worker can take it after TAKEN_S.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, TypeVar, cast

from redis.client import Pipeline

from similarity.workers import ephemeral

KEY = "kindred:queue"  # a hash of waiting searches and explanations, by name
TURNS = "kindred:turns"  # a sorted set of networks and clients, by the time of their last turn
MESSAGES = "search"  # Celery's queue of the messages; see CELERY_TASK_ROUTES
TURNS_S = 120  # how long a turn is remembered
QUEUE_S = 600  # longer than anything waits
LIMIT = 50  # limits the memory of Redis and the time of workers, because anyone may search
NETWORK_LIMIT = 20
CLIENT_LIMIT = 10
TAKEN_S = 30  # a search takes a second or two, and some more if its network has to be loaded first
ATTEMPTS_LIMIT = 2
CROWD = 3  # a network with this many searches in the queue is a crowd; `fair_share` gives embedding more time

Full = Literal["client", "network", "queue"]
T = TypeVar("T")


class NoRoomError(RuntimeError):
    """Too many searches of this client, of its network, or of all wait already."""

    def __init__(self, full: Full) -> None:
        super().__init__(f"The {full} has too many waiting searches.")
        self.full = full


@dataclass(frozen=True)
class Asker:
    """A client and its network, as keyed hashes of their addresses. An empty client has no limit."""

    network: str = ""
    client: str = ""


@dataclass(frozen=True)
class Queued:
    """A search or an explanation, and what to write to Redis if it is given up."""

    name: str
    kind: str
    arguments: Sequence[Any]
    network: str
    client: str
    lasts_s: float  # after this time nobody waits for the answer
    forget: Sequence[str] = ()  # keys that are deleted if it is given up
    refusal: tuple[str, str, int] | None = None  # a key, its text and its seconds, set if it is given up
    number: int = 0  # in order of arrival
    ends_at: float = 0.0  # this and `taken_until` are times of Redis, in seconds
    taken_until: float = 0.0
    attempts: int = 0
    is_of_crowd: bool = False  # when a worker took it


@dataclass(frozen=True)
class State:
    """The queue at one moment: the entries, the names of expired entries, and the times of the last turns."""

    queued: Sequence[Queued]
    expired: Sequence[str]
    turns: Mapping[str, float]
    now: float

    @property
    def due(self) -> list[Queued]:
        """Return the entries that no worker has taken, in order of arrival."""
        return sorted((each for each in self.queued if each.taken_until <= self.now), key=lambda each: each.number)

    def is_of_crowd(self, one: Queued) -> bool:
        return bool(one.network) and sum(each.network == one.network for each in self.queued) >= CROWD


def put(new: Queued) -> None:
    """Add an entry to the queue, unless it has one of this name. Raise NoRoomError or RedisError."""

    def write(pipe: Pipeline, state: State) -> None:
        if any(each.name == new.name for each in state.queued):
            return
        displaced = displaced_by(Asker(new.network, new.client), state)
        if displaced is not None:
            give_up(pipe, displaced)
        number = max((each.number for each in state.queued), default=0) + 1
        store(pipe, replace(new, number=number, ends_at=state.now + new.lasts_s))

    change(write)


def require_room(asker: Asker) -> None:
    """Raise NoRoomError if the queue has no room for another search of this client. Raise RedisError."""
    displaced_by(asker, read())


def take() -> Queued | None:
    """Return the next entry, or None. It is due again after TAKEN_S unless `finish` is called. Raise RedisError."""

    def write(pipe: Pipeline, state: State) -> Queued | None:
        for each in state.due:
            if each.attempts >= ATTEMPTS_LIMIT:
                give_up(pipe, each)
        chosen = next_of([each for each in state.due if each.attempts < ATTEMPTS_LIMIT], state.turns)
        if chosen is not None:
            attempts, of_crowd = chosen.attempts + 1, state.is_of_crowd(chosen)
            chosen = replace(chosen, taken_until=state.now + TAKEN_S, attempts=attempts, is_of_crowd=of_crowd)
            store(pipe, chosen)
            pipe.zremrangebyscore(TURNS, "-inf", state.now - TURNS_S)
            pipe.zadd(TURNS, {chosen.network: state.now, chosen.client: state.now})
            pipe.expire(TURNS, TURNS_S)
        return chosen

    return change(write)


def next_of(due: Sequence[Queued], turns: Mapping[str, float]) -> Queued | None:
    """Return an entry of the network, and of its client, whose last turn is the longest ago: the oldest of these."""

    def last_turns(each: Queued) -> tuple[float, float, int]:
        return turns.get(each.network, 0.0), turns.get(each.client, 0.0), each.number

    return min(due, key=last_turns, default=None)


def finish(name: str) -> None:
    """Remove an entry that was answered, or whose visitor no longer waits. Raise RedisError."""
    with ephemeral.connect() as redis:
        redis.hdel(KEY, name)


def waiting() -> int:
    """Return the number of entries that no worker has taken. Raise RedisError."""
    return len(read().due)


def is_one_waiting() -> bool:
    """Return True if an entry waits that does not belong to a crowd. Raise RedisError."""
    state = read()
    return any(not state.is_of_crowd(each) for each in state.due)


def unannounced() -> int:
    """Return the number of waiting entries without a message to a worker. Raise RedisError."""
    with ephemeral.connect() as redis:
        return max(0, len(state_of(redis).due) - int(redis.llen(MESSAGES)))


def displaced_by(asker: Asker, state: State) -> Queued | None:
    """Return the entry that another search of this client displaces, or None if there is room. Raise NoRoomError."""
    of_client = [each for each in state.queued if each.client == asker.client]
    of_network = [each for each in state.queued if each.network == asker.network]
    if asker.client and len(of_client) >= CLIENT_LIMIT:
        raise NoRoomError("client")
    if asker.network and len(of_network) >= NETWORK_LIMIT:
        return last_of_most(of_network, len(of_client), "network", lambda each: each.client, state)
    if len(state.queued) >= LIMIT:
        return last_of_most(state.queued, len(of_network), "queue", lambda each: each.network, state)
    return None


def last_of_most(crowd: Sequence[Queued], own: int, full: Full, group: Callable[[Queued], str], state: State) -> Queued:
    """Return the youngest waiting entry of the largest group. Raise NoRoomError if the asker's group would be as large.

    `own`: the number of entries of the asker's group.
    """
    counts = Counter(map(group, crowd))
    count = max(counts.values())
    theirs = [each for each in state.due if each in crowd and counts[group(each)] == count]
    if count <= own + 1 or not theirs:
        raise NoRoomError(full)
    by_client = Counter(each.client for each in theirs)
    return max(theirs, key=lambda each: (by_client[each.client], each.number))


def give_up(pipe: Pipeline, each: Queued) -> None:
    """Remove an entry without an answer, and store the refusal for its visitor."""
    pipe.hdel(KEY, each.name)
    if each.forget:
        pipe.delete(*each.forget)
    if each.refusal is not None:
        key, text, lasts_s = each.refusal
        pipe.set(key, text, ex=lasts_s)


def store(pipe: Pipeline, each: Queued) -> None:
    pipe.hset(KEY, each.name, json.dumps(asdict(each)))
    pipe.expire(KEY, QUEUE_S)


def change(write: Callable[[Pipeline, State], T]) -> T:
    """Read the queue and write to it in one transaction. Repeat it if another process wrote in between."""

    def attempt(pipe: Pipeline) -> T:
        state = state_of(pipe)
        pipe.multi()
        if state.expired:
            pipe.hdel(KEY, *state.expired)
        return write(pipe, state)

    with ephemeral.connect() as redis:
        return cast("T", redis.transaction(attempt, KEY, value_from_callable=True))


def read() -> State:
    with ephemeral.connect() as redis:
        return state_of(redis)


def state_of(redis: Any) -> State:
    """Return the state of the queue, read by a client or by a pipeline that watches KEY."""
    now = ephemeral.time_of(redis)
    stored = [queued_of(json.loads(text)) for text in redis.hgetall(KEY).values()]
    turns = {name.decode(): at for name, at in redis.zrange(TURNS, 0, -1, withscores=True)}
    expired = [each.name for each in stored if each.ends_at <= now]
    return State([each for each in stored if each.ends_at > now], expired, turns, now)


def queued_of(stored: Mapping[str, Any]) -> Queued:
    """Return an entry that `store` wrote. Fields that this release does not have are ignored."""
    return Queued(**{each.name: stored[each.name] for each in fields(Queued) if each.name in stored})
