"""The GPU benchmark works as a single copied file, and its quick run on the CPU gives plausible numbers."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from bench import device

SCRIPT = Path(device.__file__)
SIDE_PX = 64  # a processor without bf16 units needs minutes for pictures of 224 px
ALLOWED = {"PIL", "numpy", "safetensors", "torch", "torchvision"}


def run(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the file as a script in its own folder, without a visible CUDA device."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env |= {
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",
    }  # threads that wait for each other are slow on a busy machine
    command = [sys.executable, str(script), *arguments]
    return subprocess.run(command, cwd=script.parent, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def quick(tmp_path_factory) -> dict:
    """Return the JSON of one quick run of a copy in an empty folder."""
    folder = tmp_path_factory.mktemp("copied") / "bench"
    folder.mkdir()
    copy = Path(shutil.copy(SCRIPT, folder))
    done = run(copy, "--quick", "--json", "found.json", "--budget", "1200", "--side", str(SIDE_PX))
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((folder / "found.json").read_text()) | {"stdout": done.stdout}


def rows(found: dict, section: str) -> list[dict]:
    return [row for row in found["rows"] if row["section"] == section]


def test_a_quick_run_names_its_device_and_random_weights(quick):
    assert quick["is_quick"] is True
    assert quick["device"].startswith("CPU")
    assert "fixed seed" in quick["vgg16_weights"]
    assert "fixed seed" in quick["mobilenet_weights"]
    assert "fixed seed" in quick["stdout"]


def test_every_section_ran_or_has_a_reason_why_not(quick):
    states = {section["name"]: section["state"] for section in quick["sections"]}

    assert list(states) == [section.name for section in device.SECTIONS]
    assert {name for name, state in states.items() if state == "skipped"} == {"first layer", "compiled", "tuned"}
    assert all(section["note"] for section in quick["sections"] if section["state"] != "done")
    assert set(states.values()) == {"done", "skipped"}


def test_operations_equal_those_of_the_published_networks(quick):
    share = (SIDE_PX / device.SIDE_PX) ** 2

    assert quick["gflop_per_picture"]["vgg16"] == pytest.approx(30.7 * share, rel=0.003)  # 15.35 GMAC of convolutions
    assert quick["gflop_per_picture"]["mobilenet"] == pytest.approx(0.6 * share, rel=0.03)


def test_each_network_has_a_rate_a_share_of_the_peak_and_precise_descriptors(quick):
    found = rows(quick, "network")
    assert len(found) == 3

    for row in found:
        fields = row["fields"]
        assert fields["pictures_per_s"] > 0
        assert 0 < fields["share"] < 1.5  # other programs may disturb the peak more than the network
        assert 0.99 <= fields["cosine"] <= 1.0001
    best = quick["best"]["vgg16"]
    assert best["pictures_per_s"] == max(row["fields"]["pictures_per_s"] for row in found)
    assert best["tflops"] == pytest.approx(best["share"] * quick["peak_tflops"])
    assert quick["best"]["both"]["pictures_per_s"] > 0


def test_both_formats_are_decoded_with_threads_and_processes(quick):
    measured = {(row["fields"]["format"], row["fields"]["pool"]) for row in rows(quick, "decoding")}

    assert measured == {(name, pool) for name in ("webp", "jpeg") for pool in ("threads", "processes")}
    assert all(row["fields"]["pictures_per_s"] > 0 for row in rows(quick, "decoding"))


def test_the_whole_flow_is_compared_with_its_slower_half(quick):
    (row,) = [row for row in rows(quick, "end to end") if "decoding_per_s" in row["fields"]]
    fields = row["fields"]

    slower = min(fields["network_per_s"], fields["decoding_per_s"])
    assert fields["pictures_per_s"] == pytest.approx(fields["share_of_slower"] * slower)
    assert fields["share_of_slower"] > 0


def test_a_quick_run_has_a_verdict_on_precision_only(quick):
    (verdict,) = quick["verdicts"]

    assert verdict["goal"] == device.LEAST_COSINE
    assert verdict["is_met"] is True


def test_the_file_imports_neither_the_project_nor_django():
    imported = set()
    for node in ast.walk(ast.parse(SCRIPT.read_text())):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])

    assert imported - set(sys.stdlib_module_names) <= ALLOWED


@pytest.mark.parametrize("option", ["--weights", "--mobilenet"])
def test_a_missing_weights_file_is_refused_with_one_sentence(tmp_path, monkeypatch, capsys, option):
    monkeypatch.setattr(sys, "argv", ["device.py", "--quick", option, str(tmp_path / "absent.safetensors")])
    monkeypatch.setenv("PYTORCH_NVML_BASED_CUDA_CHECK", "1")  # main() sets it

    with torch.no_grad():  # main() switches gradients off for the whole process
        code = device.main()

    assert code == 2
    assert capsys.readouterr().err.strip() == f"There is no weights file {tmp_path / 'absent.safetensors'}."


def test_a_file_without_weights_is_refused_with_one_sentence(tmp_path):
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"no tensors in here")

    with pytest.raises(device.RefusedError, match=r"broken\.safetensors cannot be read as a weights file"):
        device.load_vgg16(broken)


def test_weights_of_another_network_are_refused_with_one_sentence(tmp_path):
    other = tmp_path / "other.pth"
    torch.save({"features.0.weight": torch.zeros(1)}, other)

    with pytest.raises(device.RefusedError, match="another network"):
        device.load_vgg16(other)


def test_without_a_gpu_a_full_run_is_refused_with_one_sentence():
    done = run(SCRIPT)

    assert done.returncode == 2
    assert done.stderr.strip() == "This machine has no CUDA device; --quick runs small sizes on the CPU."


@torch.no_grad()
def test_fewer_passes_over_memory_give_the_same_descriptors():
    torch.manual_seed(0)
    features = device.load_vgg16(None)[0]
    pixels = torch.randint(0, 256, (2, 224, 224, 3), dtype=torch.uint8)

    plain = device.Plain(features, torch.float32)(pixels)

    for channels, chunk in ((3, 0), (8, 1)):
        lean = device.Lean(features, torch.float32, channels, chunk=chunk)(pixels)
        assert torch.allclose(lean, plain, rtol=1e-3, atol=1e-4)


@torch.no_grad()
def test_folding_batch_normalisation_keeps_the_output():
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU6())).eval()
    layers[0][1].running_mean.uniform_(-1, 1)
    layers[0][1].running_var.uniform_(0.5, 2)
    x = torch.rand(1, 3, 8, 8)
    expected = layers(x)

    folded = device.fold(layers)

    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    assert torch.allclose(folded(x), expected, atol=1e-6)


def test_a_section_that_exceeds_the_budget_is_skipped_and_a_failure_ends_only_its_own_section(monkeypatch):
    def fail(run: device.Run) -> None:
        raise ValueError("no such kernel")

    def wait(run: device.Run) -> None:
        while True:
            sum(range(1000))

    sections = (
        device.Section("one", fail, 1, 5),
        device.Section("two", wait, 1, 0.2),
        device.Section("three", lambda run: run.row("three", "x", "1"), 1, 5),
        device.Section("four", wait, 10**6, 5),
    )
    monkeypatch.setattr(device, "SECTIONS", sections)
    started = object.__new__(device.Run)
    started.start, started.budget_s, started.is_quick, started.json = device.time.perf_counter(), 100.0, False, None
    started.rows, started.sections = [], []

    device.run_sections(started, [])

    assert [section.state for section in started.sections] == ["failed", "timed out", "done", "skipped"]
    assert started.sections[0].note == "ValueError: no such kernel"
    assert "1000000 s" in started.sections[3].note
    assert [row.what for row in started.rows] == ["x"]
