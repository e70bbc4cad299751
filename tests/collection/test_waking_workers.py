import socket
from collections.abc import Iterator

import pytest
from celery import current_app

from collection.jobs import workers


@pytest.fixture(autouse=True)
def heard(monkeypatch) -> None:
    """No quiet left over from other tests, and none left for them."""
    monkeypatch.setattr(workers.Quiet, "until_s", 0.0)


@pytest.fixture
def silent_broker() -> Iterator[str]:
    """Takes connections, and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def use(monkeypatch, address: str) -> None:
    """As items, not attributes: the attribute broker_write_url reads as broker_url, and would stay set afterwards."""
    monkeypatch.setitem(current_app.conf, "broker_url", address)
    monkeypatch.setitem(current_app.conf, "broker_write_url", address)


def test_a_broker_that_is_gone_is_no_error(monkeypatch, tmp_path, caplog):
    use(monkeypatch, f"redis+socket://{tmp_path}/gone.sock")

    workers.wake(workers.MAKE_DERIVATIVES)

    assert "Could not wake a worker for collection.tasks.make_derivatives" in caplog.text


def test_another_address_for_a_while_leaves_the_old_one_behind(tmp_path):
    before = current_app.conf.broker_write_url

    with pytest.MonkeyPatch.context() as patch:
        use(patch, f"redis+socket://{tmp_path}/gone.sock")

    assert current_app.conf.broker_write_url == before


def test_a_broker_that_never_answers_is_no_error(monkeypatch, silent_broker, caplog):
    use(monkeypatch, silent_broker)

    workers.wake(workers.MAKE_DERIVATIVES)

    assert "Could not wake" in caplog.text


def test_after_a_broker_was_away_nobody_waits_for_it_again_for_a_while(monkeypatch, tmp_path, caplog):
    use(monkeypatch, f"redis+socket://{tmp_path}/gone.sock")

    for _ in range(200):
        workers.wake(workers.MAKE_DERIVATIVES)

    assert caplog.text.count("Could not wake") == 1


def test_other_errors_are_not_swallowed(monkeypatch):
    def mistaken(*_: object, **__: object) -> None:
        raise TypeError("a mistake of ours")

    monkeypatch.setattr(current_app, "send_task", mistaken)

    with pytest.raises(TypeError, match="a mistake of ours"):
        workers.wake(workers.MAKE_DERIVATIVES)
