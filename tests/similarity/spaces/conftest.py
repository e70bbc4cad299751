"""Models are imported late: Django is set up after this file."""

import pytest


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch) -> None:
    from similarity.spaces import lifecycle

    monkeypatch.setattr(lifecycle, "ENOUGH", 6)
    monkeypatch.setattr(lifecycle, "SAMPLE", 24)
