"""Messages that wake workers are sent without delaying the sender, even if the broker is missing."""

import socket
from collections.abc import Iterator

import pytest
from celery import current_app

from collection.jobs import workers


@pytest.fixture(autouse=True)
def no_pause(monkeypatch) -> None:
    """Send messages in each test, even if the broker was missing in the test before."""
    monkeypatch.setattr(workers.Quiet, "until_s", 0.0)


@pytest.fixture
def silent_broker() -> Iterator[str]:
    """The address of a server that accepts connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def use(monkeypatch, address: str) -> None:
    """Use another broker in this test.

    Set items of the configuration, not attributes. The attribute broker_write_url returns broker_url while unset, so
    that monkeypatch would leave it set afterwards.
    """
    monkeypatch.setitem(current_app.conf, "broker_url", address)
    monkeypatch.setitem(current_app.conf, "broker_write_url", address)


def test_a_missing_broker_is_no_error(monkeypatch, tmp_path, caplog):
    use(monkeypatch, f"redis+socket://{tmp_path}/gone.sock")

    workers.wake(workers.MAKE_DERIVATIVES)

    assert "Could not wake a worker for collection.tasks.make_derivatives" in caplog.text


def test_another_broker_is_used_in_one_test_only(tmp_path):
    before = current_app.conf.broker_write_url

    with pytest.MonkeyPatch.context() as patch:
        use(patch, f"redis+socket://{tmp_path}/gone.sock")

    assert current_app.conf.broker_write_url == before


def test_a_broker_that_never_answers_is_no_error(monkeypatch, silent_broker, caplog):
    use(monkeypatch, silent_broker)

    workers.wake(workers.MAKE_DERIVATIVES)

    assert "Could not wake" in caplog.text


def test_a_missing_broker_is_tried_once_and_then_not_for_a_while(monkeypatch, tmp_path, caplog):
    use(monkeypatch, f"redis+socket://{tmp_path}/gone.sock")

    for _ in range(200):
        workers.wake(workers.MAKE_DERIVATIVES)

    assert caplog.text.count("Could not wake") == 1


def test_other_errors_are_raised(monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise TypeError("wrong arguments")

    monkeypatch.setattr(current_app, "send_task", fail)

    with pytest.raises(TypeError, match="wrong arguments"):
        workers.wake(workers.MAKE_DERIVATIVES)
