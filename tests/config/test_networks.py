"""Names of networks are checked without torch, and a wrong name stops the program that would use it."""

import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from config import env, networks
from similarity.vision.networks.backbone_table import BACKBONES
from tests.config.joining import ROOT


def problem_in_a_new_process(backbone: str) -> str:
    """Return what `config.networks` finds wrong, from a process that fails if torch was loaded for it."""
    code = (
        "import sys; from config import networks; print(networks.problem_of(sys.argv[1]), end='');"
        "sys.exit('torch was loaded' if 'torch' in sys.modules else 0)"
    )
    words = [sys.executable, "-c", code, backbone]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_names_are_checked_without_torch():
    wrong, right = problem_in_a_new_process("mobilenetv2"), problem_in_a_new_process("vgg16+mobilenet_v2")

    assert wrong == "KINDRED_BACKBONE is 'mobilenetv2'; it should be a supported network, such as mobilenet_v2."
    assert right == ""


@pytest.mark.parametrize("name", sorted(BACKBONES))
def test_every_network_that_can_be_built_is_accepted_alone_and_joined(name: str):
    assert networks.problem_of(name) == ""
    assert networks.problem_of(f"vgg16+{name}") == networks.problem_of(f"{name}+vgg16") == ""


@pytest.mark.parametrize("backbone", ["", "vgg16+", "+vgg16", "VGG16", " vgg16", "vgg16+mobilenet_v2+nothing"])
def test_a_malformed_name_is_refused(backbone: str):
    assert networks.problem_of(backbone).startswith(f"KINDRED_BACKBONE is {backbone!r}; it should be")


def test_the_check_command_fails_and_names_the_setting(settings):
    settings.KINDRED_BACKBONE = "quite_another"

    with pytest.raises(SystemCheckError, match=r"KINDRED_BACKBONE is 'quite_another'; .* vgg16\+mobilenet_v2"):
        call_command("check")


def test_a_wrong_name_among_two_is_refused_with_a_similar_one(settings):
    settings.KINDRED_BACKBONE = "vgg16+mobilnet_v2"

    with pytest.raises(SystemCheckError, match=r"KINDRED_BACKBONE is 'vgg16\+mobilnet_v2'; .* such as mobilenet_v2\."):
        call_command("check")


@pytest.mark.parametrize("backbone", ["mobilenet_v2", "vgg16+mobilenet_v2"])
def test_known_networks_pass_the_check_command(settings, capsys, backbone: str):
    settings.KINDRED_BACKBONE = backbone

    call_command("check")

    assert "no issues" in capsys.readouterr().out


def test_a_worker_does_not_start_with_an_unknown_network():
    worker = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "-Q", "nothing"]

    ended = subprocess.run(
        worker,
        env=env.inherited(KINDRED_BACKBONE="quite_another"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert ended.returncode != 0
    assert "KINDRED_BACKBONE is 'quite_another'; it should be a supported network" in ended.stderr
