"""What manage.py spaces answers."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from similarity.embedding import embedders
from similarity.models import Space, SpaceState
from similarity.spaces import lifecycle, planning
from tests import fakes
from tests.similarity.spaces.growing import filled, settle, sweep, untrained, uploaded, whitened

pytestmark = pytest.mark.django_db(transaction=True)  # an index is made beside rows already committed


def answer_to(*arguments: str) -> str:
    out = StringIO()
    call_command("spaces", *arguments, stdout=out)
    return out.getvalue()


def offer(monkeypatch: pytest.MonkeyPatch, embedder: fakes.FakeEmbedder) -> None:
    """Whatever network is asked for, it is this one."""
    monkeypatch.setattr(embedders, "for_new_space", lambda lens, backbone, weights: embedder)


def test_no_spaces_are_said_to_be_none():
    assert answer_to("list") == "No spaces yet.\n"


def test_a_network_without_weights_is_planned_as_untrained(media: Path, monkeypatch: pytest.MonkeyPatch):
    embedder = fakes.FakeEmbedder(weights="seeded")
    embedder.identity = replace(embedder.identity, is_trained=False)
    offer(monkeypatch, embedder)

    assert "untrained" in answer_to("build", "--backbone", "squeezenet1_0")


def test_who_would_have_the_kept_space_again_is_told_to_activate_it(media: Path, monkeypatch: pytest.MonkeyPatch):
    embedder, first = whitened("old")
    other = fakes.FakeEmbedder(weights="new")
    planning.open_all(other)
    settle(embedder, other)
    offer(monkeypatch, embedder)

    with pytest.raises(CommandError, match=f"manage.py spaces activate {first.pk}"):
        answer_to("build", "--activate")

    assert not Space.objects.filter(state=SpaceState.FITTING).exists()
    assert "Planned" in answer_to("build")


def test_what_is_live_is_not_built_to_go_live(media: Path, monkeypatch: pytest.MonkeyPatch):
    embedder, _ = whitened()
    offer(monkeypatch, embedder)

    with pytest.raises(CommandError, match="It is already live"):
        answer_to("build", "--activate")


def test_a_network_whose_plain_space_is_in_use_is_planned_all_the_same(media: Path, monkeypatch: pytest.MonkeyPatch):
    uploaded(2)
    plain = filled("only")
    Space.objects.filter(state=SpaceState.FITTING).update(state=SpaceState.RETIRED)
    offer(monkeypatch, untrained("only"))

    assert "Planned" in answer_to("build")
    assert lifecycle.live() == plain


def test_a_roll_back_says_how_many_pictures_follow(media: Path):
    uploaded(2)
    filled("old")
    filled("new")
    sweep()
    uploaded(3, start=10)

    assert "3 pictures added since then are processed before all other work" in answer_to("rollback")
