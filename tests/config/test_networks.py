"""Names of networks are known without torch, and a wrong one stops the program that would use it."""

import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from config import env
from tests.config.joining import ROOT


def test_torch_is_not_loaded_for_them():
    ask = "import sys; from config import networks; print(networks.problem_of('vgg61'), 'torch' in sys.modules)"

    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout

    assert told.startswith("KINDRED_BACKBONE is 'vgg61'; it should be a supported network, such as vgg")
    assert told.endswith("False\n")


def test_the_check_command_fails_with_the_setting_s_name(settings):
    settings.KINDRED_BACKBONE = "quite_another"

    with pytest.raises(SystemCheckError, match=r"KINDRED_BACKBONE is 'quite_another'; .* vgg16\+mobilenet_v2"):
        call_command("check")


def test_a_wrong_name_among_two_is_told_with_what_may_be_meant(settings):
    settings.KINDRED_BACKBONE = "vgg16+mobilnet_v2"

    with pytest.raises(SystemCheckError, match=r"KINDRED_BACKBONE is 'vgg16\+mobilnet_v2'; .* such as mobilenet_v2"):
        call_command("check")


@pytest.mark.parametrize("backbone", ["mobilenet_v2", "vgg16+mobilenet_v2"])
def test_known_networks_pass_the_check(settings, capsys, backbone: str):
    settings.KINDRED_BACKBONE = backbone

    call_command("check")

    assert "no issues" in capsys.readouterr().out


def test_a_worker_does_not_start_with_a_network_that_there_is_not():
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
