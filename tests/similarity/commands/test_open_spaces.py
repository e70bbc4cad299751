"""Set-up opens the spaces of the networks that ship, or says in one sentence what is wrong and how to repair it."""

import shutil
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from similarity import tasks
from similarity.embedding import embedders
from similarity.models import Space, SpaceState
from similarity.vision.contract import Recipe
from similarity.vision.lenses import ALL
from similarity.vision.networks import shipped
from tests import factories

pytestmark = pytest.mark.django_db

NAME = "mobilenet_v2"  # the smaller of the two that ship


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path: Path):
    """A process that has loaded no network yet, in a home of its own."""
    settings.KINDRED_HOME = tmp_path / "home"
    settings.KINDRED_BACKBONE = NAME
    embedders.configured.cache_clear()
    yield
    embedders.configured.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """A copy of what ships for that network."""
    there = tmp_path / "kindred" / "weights"
    shutil.copytree(shipped.FOLDER, there, ignore=shutil.ignore_patterns("vgg16*", "composition*", "match*"))
    monkeypatch.setattr(shipped, "FOLDER", there)
    return there


class WorkerOf:
    """What Celery says of a worker that is ready: the queues that it takes messages from."""

    def __init__(self, *queues: str) -> None:
        self.app = SimpleNamespace(amqp=SimpleNamespace(queues=SimpleNamespace(consume_from=queues)))


def output_of(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def lenses(**fields: object) -> set[str]:
    """Return the lenses of the spaces with these fields."""
    return set(Space.objects.filter(**fields).values_list("lens", flat=True))


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def modify(path: Path) -> None:
    numbers = bytearray(path.read_bytes())
    numbers[len(numbers) // 2] ^= 1
    path.write_bytes(numbers)


@pytest.mark.parametrize(
    ("damage", "state"),
    [(truncate, "truncated or modified"), (modify, "truncated or modified"), (Path.unlink, "missing")],
)
def test_a_damaged_or_missing_weights_file_is_named_with_the_remedy(folder: Path, damage, state: str):
    path = folder / "mobilenet_v2.pth"
    damage(path)

    with pytest.raises(CommandError) as refused:
        output_of("open_spaces")

    assert str(refused.value) == (
        f"The weights file {path} is {state}; "
        "restore it from Kindred's repository (git checkout weights/mobilenet_v2.pth) or install Kindred again."
    )
    assert not Space.objects.exists()


def test_a_damaged_projection_is_named_with_the_remedy(folder: Path):
    (path,) = (folder / "projections").glob("look-mean-1280*")
    truncate(path)

    with pytest.raises(CommandError, match=rf"{path.name} is truncated or modified; restore it from Kindred's"):
        output_of("open_spaces")

    assert lenses(state=SpaceState.LIVE) == {"subject", "texture", "colour"}


def test_a_worker_that_starts_with_a_damaged_projection_logs_it_and_embeds_by_the_other_lenses(
    media: Path, folder: Path, caplog
):
    (path,) = (folder / "projections").glob("look-mean-1280*")
    truncate(path)
    image = factories.a_painted_image()

    tasks.load_network(WorkerOf("embed"))

    assert lenses(state=SpaceState.LIVE) == {"subject", "texture", "colour"}
    assert f"The lens look of mobilenet_v2 is not opened: The file {path} is truncated or modified" in caplog.text
    assert "Traceback" not in caplog.text
    assert set(image.embeddings.values_list("space__lens", flat=True)) == {"subject", "texture", "colour"}


def test_a_restored_projection_is_used_at_the_next_start(folder: Path):
    (path,) = (folder / "projections").glob("look-mean-1280*")
    whole = path.read_bytes()
    truncate(path)
    embedders.open_spaces()
    path.write_bytes(whole)

    embedders.open_spaces()

    assert lenses(state=SpaceState.LIVE, is_shipped=True) == {"look", "subject", "colour"}


def test_the_spaces_of_one_network_are_opened_once_and_printed(folder: Path):
    output = output_of("open_spaces")
    opened = set(Space.objects.values_list("pk", flat=True))

    assert output.startswith("Descriptors: mobilenet_v2, trained weights ")
    assert lenses(state=SpaceState.LIVE) == {"look", "subject", "texture", "colour"}
    assert lenses(is_shipped=True) == {"look", "subject", "colour"}
    # their raw vectors are too long for an index, so that they wait until they can be fitted on the collection
    assert lenses(state=SpaceState.FITTING) == {"match", "regions", "composition", "texture"}
    assert output_of("open_spaces") == output
    assert set(Space.objects.values_list("pk", flat=True)) == opened


def test_the_networks_that_ship_have_final_spaces_for_every_lens(settings):
    settings.KINDRED_BACKBONE = "vgg16+mobilenet_v2"

    output = output_of("open_spaces")

    opened = Space.objects.all()
    assert output.startswith("Descriptors: vgg16+mobilenet_v2, trained weights ")
    assert {space.lens for space in opened} == set(ALL)
    assert all(space.state == SpaceState.LIVE and space.is_shipped and space.is_trained for space in opened)
    assert all(len(space.quantiles) == 1001 for space in opened)
    assert max((space.dimensions, space.lens) for space in opened if space.lens != "colour")[1] == "look"
    assert {space.projection.rpartition("-")[0] for space in opened} == {"root-pca", "whitened", ""}


def test_the_output_names_another_network_that_is_live(folder: Path):
    Space.objects.create(
        lens="look", backbone="vgg16", weights_digest="a" * 64, is_trained=True, pooling="mean-512", dimensions=512,
        state=SpaceState.LIVE,
    )  # fmt: skip

    assert "Live for now: look" in output_of("open_spaces")


def test_a_space_whose_shipped_weights_are_damaged_says_so_and_the_others_go_on(settings, folder: Path):
    truncate(folder / "mobilenet_v2.pth")
    settings.KINDRED_BACKBONE = "squeezenet1_1"
    made_of = {"lens": "look", "backbone": NAME, "weights_digest": "a" * 64, "is_trained": True, "dimensions": 512}
    space = Space.objects.create(**made_of, pooling="mean-1280", state=SpaceState.LIVE)
    embedders.open_spaces()

    served = {embedder.identity.backbone for embedder in embedders.embedders()}

    space.refresh_from_db()
    assert f"The weights file {folder / 'mobilenet_v2.pth'} is truncated or modified; restore it" in space.problem
    assert served == {"squeezenet1_1", "lab"}


def test_two_networks_are_loaded_again_by_the_identity_of_their_spaces(settings):
    networks = embedders.resolve("squeezenet1_1+mobilenet_v3_small", None)
    known = embedders.embedder_for(networks)

    found = embedders.load(known.identity)

    assert found.identity == known.identity
    assert found.recipes == known.recipes
    assert found.source_of(Recipe("subject", "fc")) == known.source_of(Recipe("subject", "fc"))


def test_a_trained_and_an_untrained_network_are_loaded_again_by_the_identity_of_their_spaces(settings):
    networks = embedders.resolve(f"{NAME}+mobilenet_v3_small", None)
    known = embedders.embedder_for(networks)

    found = embedders.load(known.identity)

    assert [network.is_trained for network in networks] == [True, False]
    assert found.identity == known.identity
    assert found.recipes == known.recipes


def test_weights_that_were_fetched_already_are_said_with_how_to_use_them(settings):
    path = settings.KINDRED_HOME / "weights" / "squeezenet1_0-b66bff10.pth"
    path.parent.mkdir(parents=True)
    path.touch()

    output = output_of("fetch_weights", "squeezenet1_0")

    assert f"The weights of squeezenet1_0 are in {path}." in output
    assert f"manage.py spaces build --lens subject --backbone squeezenet1_0 --weights {path}" in output
    assert not Space.objects.exists()


def test_weights_of_an_unknown_network_are_refused_in_a_sentence():
    with pytest.raises(CommandError, match="'vgg61' is not a supported network"):
        call_command("fetch_weights", "vgg61")
