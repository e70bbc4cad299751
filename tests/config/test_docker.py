"""The files in docker/ are valid, and name commands and settings that exist."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from celery.bin.celery import celery
from django.core.management import get_commands, load_command_class
from gunicorn.config import Config

from collection.iiif import rendering
from config.env import Env
from tests.config.joining import ROOT

DOCKER = ROOT / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text())
GPU = yaml.safe_load((DOCKER / "compose.gpu.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
# For developers only.
NOT_PASSED_ON = {"KINDRED_DEBUG"}


def variable(field: str) -> str:
    return str(Env.model_fields[field].validation_alias or f"KINDRED_{field.upper()}")


def stage(target: str) -> str:
    """Return the Dockerfile's lines of one stage."""
    return re.search(rf"^FROM \S+ AS {target}\n(.*?)(?=^FROM |\Z)", DOCKERFILE, re.M | re.S)[1]


def command(name: str) -> list[str]:
    """Return the command of a service as compose starts it: its own, or else that of its image."""
    words = SERVICES[name].get("command")
    if words is None:
        words = json.loads(re.search(r"^CMD (\[.*?\])$", stage(SERVICES[name]["build"]["target"]), re.M | re.S)[1]
                           .replace("\\\n", ""))  # fmt: skip
    words = shlex.split(words) if isinstance(words, str) else words
    return [re.sub(r"\$\{\w+:-(.*?)\}", r"\1", word) for word in words]


@pytest.mark.parametrize("document", [COMPOSE, GPU], ids=["compose.yaml", "compose.gpu.yaml"])
def test_compose_files_follow_the_specification(document):
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text())

    jsonschema.Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists_with_its_options(name):
    program, *words = command(name)

    assert shutil.which(program, path=str(Path(sys.executable).parent)), f"{program} is not installed"
    match [program, *words]:
        case ["python", "manage.py", manage, *options]:
            parser = load_command_class(get_commands()[manage], manage).create_parser("manage.py", manage)
            parser.parse_args(options)
        case ["celery", "-A", "config", subcommand, *options]:
            click = celery.commands[subcommand]
            click.make_parser(click.make_context(subcommand, [], resilient_parsing=True)).parse_args(options)
        case ["gunicorn", *options]:
            parser: ArgumentParser = Config().parser()
            assert parser.parse_args(options).args == ["config.wsgi"]
        case _:
            pytest.fail(f"{name} runs {program}, which this test cannot check")


def test_every_queue_has_its_worker():
    from django.conf import settings

    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    served = [command(name)[command(name).index("-Q") + 1].split(",") for name in OURS if "-Q" in command(name)]

    assert sorted(chain.from_iterable(served)) == sorted(routed)


def test_containers_receive_every_setting_and_no_unknown_one():
    known = {variable(field) for field in Env.model_fields}
    texts = [path.read_text() for path in DOCKER.iterdir() if path.is_file()]
    used = set(re.findall(r"\bKINDRED_[A-Z]\w+", "\n".join(texts)))

    assert used <= known
    for name in OURS:
        assert known - set(SERVICES[name]["environment"]) == NOT_PASSED_ON


def test_the_proxy_has_the_same_defaults_as_the_site():
    repeated = re.findall(r"\$\{KINDRED_(\w+):-(\w+)\}", (DOCKER / "compose.yaml").read_text())

    assert repeated
    assert all(str(Env.model_fields[name.lower()].default) == value for name, value in repeated)


def test_only_the_embedding_worker_gets_the_gpu():
    assert set(GPU) == {"services"}
    assert set(GPU["services"]) == {"embed-worker"}
    assert set(GPU["services"]["embed-worker"]) == {"deploy"}
    assert all("deploy" not in service for service in SERVICES.values())


def test_only_the_proxy_can_be_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service or "network_mode" in service] == ["proxy"]


def test_workers_have_a_minute_to_finish_their_batch():
    assert {name: SERVICES[name]["stop_grace_period"] for name in ("cpu-worker", "embed-worker")} == {
        "cpu-worker": "60s",
        "embed-worker": "60s",
    }


def test_the_image_has_two_targets_and_torch_is_in_one_of_them():
    assert {SERVICES[name]["build"]["target"] for name in OURS} == {"web", "worker"}
    assert "--from=worker-packages" in stage("worker")
    assert "--from=worker-packages" not in stage("web")
    assert "worker.txt" not in stage("web-packages")


@pytest.mark.parametrize("target", ["web", "worker"])
def test_containers_do_not_run_as_root(target):
    assert re.findall(r"^USER (\S+)$", stage(target), re.M) == ["10001:10001"]


STARTS_AS_ROOT = {"postgres", "redis", "proxy"}
NEEDED = {"CHOWN", "DAC_OVERRIDE", "FOWNER", "NET_BIND_SERVICE", "SETGID", "SETUID"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_bounded(name):
    service = SERVICES[name]

    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert 0 < service["pids_limit"] <= 512
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service.get("cap_add", [])) <= (NEEDED if name in STARTS_AS_ROOT else set())


def test_received_files_are_written_to_the_disk_and_not_to_memory():
    assert all("/tmp" in SERVICES[name]["volumes"] for name in OURS)
    assert "/var/cache/nginx" in SERVICES["proxy"]["volumes"]


def test_web_processes_are_replaced_from_time_to_time():
    options = command("web")
    value = {name: int(options[options.index(name) + 1]) for name in options if name.startswith(("--max-", "--limit-"))}

    assert 0 < value["--max-requests-jitter"] < value["--max-requests"]
    assert all(value[f"--limit-request-{part}"] for part in ("line", "fields", "field_size"))


def test_the_proxy_receives_whole_requests_before_the_site_gets_them():
    template = (DOCKER / "nginx.conf").read_text()

    assert re.findall(r"proxy_request_buffering (\w+);", template) == ["on"]
    assert re.search(r"client_body_timeout \d+s;", template)


def test_images_are_pinned():
    bases = re.findall(r"^ARG PYTHON_IMAGE=(\S+)", DOCKERFILE, re.M)
    images = [service["image"] for name, service in SERVICES.items() if name not in OURS]

    assert len(bases) == 1
    assert not re.findall(r"^FROM \S+:\S+", DOCKERFILE.replace("${PYTHON_IMAGE}", ""), re.M)
    assert all(re.fullmatch(r"\$\{[A-Z]+_IMAGE:-\S+\}", image) for image in images)  # a digest can replace the tag
    assert COMPOSE["x-web"]["build"]["args"] == {"PYTHON_IMAGE": f"${{PYTHON_IMAGE:-{bases[0]}}}"}
    assert all(re.search(r":[^:]*\d+\.\d+\.\d+", image) for image in [*bases, *images])


def test_the_build_context_is_the_site_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    included = {line[1:] for line in lines if line.startswith("!")}

    assert "*" in lines
    assert all((ROOT / path).exists() for path in included)
    assert included >= {"manage.py", "config", "collection", "similarity", "templates", "static", "requirements"}


def test_the_proxy_sends_the_files_that_the_site_names():
    from collection.views import pictures

    template = (DOCKER / "nginx.conf").read_text()
    folder = re.search(r"location /_media/ \{\s+internal;\s+alias (\S+)/;", template)[1]
    variables = set(re.findall(r"\$\{(\w+)\}", template)) - {"NGINX_LOCAL_RESOLVERS"}

    assert '"X-Accel-Redirect": f"/_media/' in Path(pictures.__file__).read_text()
    assert {SERVICES[name]["environment"]["KINDRED_MEDIA"] for name in OURS} == {folder}
    assert folder in [volume["target"] for volume in SERVICES["proxy"]["volumes"] if isinstance(volume, dict)]
    assert variables <= set(SERVICES["proxy"]["environment"])


def test_nginx_accepts_its_file(tmp_path):
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if nginx is None:
        pytest.skip("nginx is not installed here, so docker/nginx.conf could not be checked")
    values = {"NGINX_LOCAL_RESOLVERS": "127.0.0.1", "KINDRED_SEARCH_LIMIT_MIB": "20", "KINDRED_UPLOAD_LIMIT_MIB": "50"}
    values["TRUSTED_PROXY"] = "172.16.0.0/12"
    site = re.sub(r"\$\{(\w+)\}", lambda name: values[name[1]], (DOCKER / "nginx.conf").read_text())
    (tmp_path / "site.conf").write_text(site.replace("listen 80;", "listen 127.0.0.1:8080;"))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; include {tmp_path}/site.conf; }}"
    )

    run = subprocess.run([nginx, "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr


def test_one_thread_of_the_site_is_free_while_parts_of_pictures_are_rendered():
    words = command("web")

    assert int(words[words.index("--threads") + 1]) == rendering.RENDERS + 1
