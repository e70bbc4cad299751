"""Models are imported late: Django is set up after this file."""

import pytest


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch) -> None:
    from similarity import spaces

    monkeypatch.setattr(spaces, "ENOUGH", 6)
    monkeypatch.setattr(spaces, "SAMPLE", 24)
