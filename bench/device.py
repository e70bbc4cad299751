"""Measure how fast one GPU runs the networks, decoding, and both together. One file, to be copied to any machine.

    python -m bench.device [--quick] [--weights FILE] [--mobilenet FILE] [--images DIR] [--json FILE] [--budget SECONDS]
                           [--side PX]

The script needs torch >= 2.11, torchvision, numpy, Pillow and safetensors, but no Django and no database. It measures
the first CUDA device; --quick runs small sizes on the CPU, to check that the script works. Sections run in the order of
SECTIONS. A section that fails or exceeds its time becomes a row; one that no longer fits into the budget is skipped.

A picture is a square of 224 pixels, or --side, uint8, NHWC. Normalisation happens on the device. A descriptor is the
float32 mean of conv4_3 and of conv5_3, both after ReLU (1,024 numbers), and for MobileNetV2 the mean of its features
(1,280 numbers).
The file is longer than others because it must work alone.
"""

import argparse
import datetime as dt
import io
import json
import mmap
import multiprocessing
import os
import platform
import queue
import signal
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor, nn
from torch.nn import functional
from torchvision import io as torchvision_io
from torchvision import models

SIDE_PX = 224
DERIVATIVE_PX = 480
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pictures, RGB in 0..1
CONV4_3, CONV5_3 = 21, 28  # indices in torchvision's vgg16().features
SHIPPED = Path(__file__).resolve().parent.parent / "weights"

LEAST_COSINE, LEAST_SHARE, LEAST_FLOW = 0.9995, 0.5, 0.9
BATCHES, QUICK_BATCHES = (256, 128, 64, 32, 512), (2,)  # the most useful first, in case time runs out
VARIANT_BATCHES = (256, 64)
DECODING_BATCH = 64
REFERENCE_BATCH = 128
RING_PICTURES, QUICK_RING_PICTURES = 2048, 8
TASK_PICTURES = 16  # one message to a decoding worker
BUDGET_S = 280.0

Call = Callable[[Tensor], Tensor]  # (N, side, side, 3) uint8 -> (N, D) float32 descriptors


class RefusedError(Exception):
    """The run cannot start. The text says why."""


class TimeUpError(BaseException):
    """A section exceeded its time. It is not an Exception, because compilers catch Exceptions of candidate kernels."""


# --- results ---


@dataclass
class Row:
    section: str
    what: str
    measured: str
    fields: dict[str, object] = field(default_factory=dict)  # for the JSON file


@dataclass
class Verdict:
    what: str
    measured: float
    goal: float
    is_met: bool


@dataclass
class SectionResult:
    name: str
    state: str  # done, failed, timed out, skipped
    seconds: float
    note: str = ""


@dataclass
class Best:
    """The fastest way so far to run a network with precise descriptors."""

    variant: str
    mode: str
    batch: int
    pictures_per_s: float
    tflops: float
    cosine: float


class Run:
    """The state that sections share: pictures, networks, pools, and the results so far."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.start = time.perf_counter()
        self.is_quick: bool = options.quick
        self.side_px: int = options.side
        self.device = torch.device("cpu" if options.quick else "cuda")
        self.budget_s: float = options.budget
        self.json: Path | None = options.json
        self.batches = QUICK_BATCHES if options.quick else BATCHES
        self.least_s = 0.05 if options.quick else 0.4
        self.rows: list[Row] = []
        self.sections: list[SectionResult] = []
        self.peak_tflops = 0.0
        self.gflop: dict[str, float] = {}  # for one picture, by network
        self.best: Best | None = None
        self.both: Best | None = None
        self.both_module: nn.Module | None = None
        self.exact: dict[str, Tensor] = {}  # float32 descriptors of the sample, by network
        self.decode_per_s: dict[tuple[str, str, str, int], float] = {}  # by format, decoder, pool and workers
        self.flow_shares: list[float] = []
        self.compiled: dict[tuple[str, str], Call] = {}
        self.networks: dict[str, nn.Module] = {}
        self.first_channels = 8
        self.load(options)

    def load(self, options: argparse.Namespace) -> None:
        """Load pictures and weights, and fork the workers before CUDA starts. Raise RefusedError."""
        self.vgg16, self.weights = load_vgg16(options.weights)
        self.mobilenet, self.mobilenet_weights = load_mobilenet(options.mobilenet)
        self.sources = encode(pictures(options.images, 4 if options.quick else 64))
        self.ring = Ring(QUICK_RING_PICTURES if options.quick else RING_PICTURES, self.side_px)
        self.cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.processes = ProcessPool(self.ring, self.sources, 2 if options.quick else self.cores)
        squares = [square(data, self.side_px) for data in self.sources["webp"]]
        self.sample = torch.from_numpy(np.stack(squares))  # (P, side, side, 3) uint8

    def elapsed_s(self) -> float:
        return time.perf_counter() - self.start

    def row(self, section: str, what: str, measured: str, **fields: object) -> None:
        self.rows.append(Row(section, what, measured, fields))
        share = f"  {self.share(fields['tflops']):6.1%} of peak" if "tflops" in fields else ""
        print(f"  {what:<58}  {measured}{share}", flush=True)

    def pixels(self, batch: int) -> Tensor:
        """Return (batch, side, side, 3) uint8 pixels on the device: the sample, repeated."""
        return self.sample[torch.arange(batch) % len(self.sample)].to(self.device)

    def bests(self) -> dict[str, Best | None]:
        return {"vgg16": self.best, "both": self.both}

    def share(self, tflops: float) -> float:
        return tflops / self.peak_tflops if self.peak_tflops else 0.0


# --- pictures ---


def pictures(folder: Path | None, count: int) -> list[Image.Image]:
    """Return RGB pictures of 480 px on the longer side: painted, or from a folder. Raise RefusedError."""
    if folder is None:
        return [paint(seed) for seed in range(count)]
    found = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            with Image.open(file) as picture:
                rgb = picture.convert("RGB")
        except (UnidentifiedImageError, OSError, ValueError):
            continue
        rgb.thumbnail((DERIVATIVE_PX, DERIVATIVE_PX))
        found.append(rgb)
        if len(found) == count:
            break
    if not found:
        raise RefusedError(f"{folder} has no readable picture.")
    return found


def paint(seed: int) -> Image.Image:
    """Return a picture of soft patches of colour over a gradient, with fine noise."""
    rng = np.random.default_rng(seed)
    width, height = ((480, 360), (360, 480), (480, 480), (480, 312))[seed % 4]
    cells = rng.integers(3, 40)
    patches = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
    light = np.linspace(rng.uniform(0.4, 1), rng.uniform(0.4, 1), width)[None, :, None]
    pixels = np.asarray(patches.resize((width, height), Image.Resampling.BICUBIC)) * light
    noisy = pixels + rng.normal(0, 5, (height, width, 1))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def encode(images: Sequence[Image.Image]) -> dict[str, list[bytes]]:
    """Return the pictures as files in memory, by format."""

    def save(image: Image.Image, name: str) -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, name, quality=82)
        return buffer.getvalue()

    with ThreadPoolExecutor(8) as threads:
        return {name: list(threads.map(save, images, [name] * len(images))) for name in ("webp", "jpeg")}


def square(data: bytes, side_px: int) -> np.ndarray:
    """Decode a file by Pillow, as the site does, and squash it to (side, side, 3) uint8."""
    with Image.open(io.BytesIO(data)) as picture:
        picture.draft("RGB", (side_px, side_px))
        rgb = picture.convert("RGB")
    return np.asarray(rgb.resize((side_px, side_px), Image.Resampling.BILINEAR, reducing_gap=2.0))


def square_by_torchvision(data: bytes, side_px: int) -> np.ndarray:
    """Decode and squash a file by torchvision's decoders, which hold the GIL for a shorter time."""
    encoded = torch.frombuffer(bytearray(data), dtype=torch.uint8)
    is_webp = data[8:12] == b"WEBP"
    decoded = torchvision_io.decode_webp(encoded) if is_webp else torchvision_io.decode_jpeg(encoded)
    size = (side_px, side_px)
    return functional.interpolate(decoded[None], size, mode="bilinear", antialias=True)[0].permute(1, 2, 0).numpy()


DECODERS = {"pillow": square, "torchvision": square_by_torchvision}


# --- decoding workers ---


class Ring:
    """Host memory for decoded pictures, shared with forked workers: (pictures, side, side, 3) uint8."""

    def __init__(self, count: int, side_px: int) -> None:
        self.side_px = side_px
        self.memory = mmap.mmap(-1, count * side_px * side_px * 3)
        self.pixels = np.frombuffer(self.memory, np.uint8).reshape(count, side_px, side_px, 3)
        self.is_pinned = False

    def pin(self) -> None:
        """Lock the pages, so that copies to the device need no processor. If this fails, copies are only slower."""
        tensor = torch.from_numpy(self.pixels)
        code = int(torch.cuda.cudart().cudaHostRegister(tensor.data_ptr(), tensor.numel(), 1))
        self.is_pinned = code == 0

    def batch(self, slot: int, batch: int) -> Tensor:
        return torch.from_numpy(self.pixels[slot * batch : (slot + 1) * batch])


@dataclass(frozen=True)
class Task:
    """Decode `count` pictures into the ring from row `first` on."""

    slot: int
    first: int
    count: int
    format: str
    decoder: str


def decode(task: Task, ring: Ring, sources: dict[str, list[bytes]]) -> None:
    files, decoder = sources[task.format], DECODERS[task.decoder]
    for row in range(task.first, task.first + task.count):
        ring.pixels[row] = decoder(files[row % len(files)], ring.side_px)


class Pool:
    """Decoding workers behind two queues. A slot is as many rows of the ring as a batch has pictures."""

    kind = ""
    workers = 0
    tasks: "queue.SimpleQueue[Task | None]"
    done: "queue.SimpleQueue[tuple[int, str]]"  # the slot, and an error or ""

    def prepare(self, batch: int, file_format: str, decoder: str = "pillow") -> "Pool":
        self.batch, self.format, self.decoder = batch, file_format, decoder
        self.missing: Counter[int] = Counter()
        return self

    def submit(self, slot: int) -> None:
        for start in range(0, self.batch, TASK_PICTURES):
            count = min(TASK_PICTURES, self.batch - start)
            self.missing[slot] += 1
            self.tasks.put(Task(slot, slot * self.batch + start, count, self.format, self.decoder))

    def next_full(self) -> int:
        """Wait for a slot whose pictures are all decoded. Return its number."""
        while True:
            slot, error = self.done.get()
            self.missing[slot] -= 1
            if error:
                raise RuntimeError(error)
            if not self.missing[slot]:
                return slot

    def drain(self) -> None:
        while any(self.missing.values()):
            self.missing[self.done.get()[0]] -= 1

    def work(self, ring: Ring, sources: dict[str, list[bytes]]) -> None:
        while (task := self.tasks.get()) is not None:
            try:
                decode(task, ring, sources)
                self.done.put((task.slot, ""))
            except Exception as error:  # noqa: BLE001 - reported by next_full
                self.done.put((task.slot, f"decoding failed: {error!r}"))


class ThreadPool(Pool):
    kind = "threads"

    def __init__(self, ring: Ring, sources: dict[str, list[bytes]], workers: int) -> None:
        self.workers = workers
        self.tasks, self.done = queue.SimpleQueue(), queue.SimpleQueue()
        for _ in range(workers):
            threading.Thread(target=self.work, args=(ring, sources), daemon=True).start()

    def close(self) -> None:
        for _ in range(self.workers):
            self.tasks.put(None)


class ProcessPool(Pool):
    """Forked before CUDA starts: a process that uses CUDA cannot be forked."""

    kind = "processes"

    def __init__(self, ring: Ring, sources: dict[str, list[bytes]], workers: int) -> None:
        fork = multiprocessing.get_context("fork")
        self.workers = workers
        self.tasks, self.done = fork.SimpleQueue(), fork.SimpleQueue()
        self.children = [fork.Process(target=self.serve, args=(ring, sources), daemon=True) for _ in range(workers)]
        for child in self.children:
            child.start()

    def serve(self, ring: Ring, sources: dict[str, list[bytes]]) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its children
        torch.set_num_threads(1)
        self.work(ring, sources)

    def close(self) -> None:
        for child in self.children:
            child.terminate()


class FilledPool(Pool):
    """Does not decode: every slot is full at once. This measures the network's side of the flow alone."""

    kind = "no decoding"

    def __init__(self) -> None:
        self.done = queue.SimpleQueue()

    def submit(self, slot: int) -> None:
        self.missing[slot] = 1
        self.done.put((slot, ""))


# --- networks ---


def tensors(file: Path) -> dict[str, Tensor]:
    """Return the state dict in a file. Raise RefusedError if there is none."""
    if not file.is_file():
        raise RefusedError(f"There is no weights file {file}.")
    try:
        if file.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(file)
        return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise RefusedError(f"{file} cannot be read as a weights file: {type(error).__name__}.") from error


def fill(features: nn.Module, file: Path | None, shipped: Path) -> str:
    """Load the weights named `features.*`, or random ones from a fixed seed. Return their source in words."""
    file = file or (shipped if shipped.is_file() else None)
    if file is None:
        return fill_at_random(features)
    prefix = "features."
    found = {name.removeprefix(prefix): value for name, value in tensors(file).items() if name.startswith(prefix)}
    try:
        features.load_state_dict({name: value.float() for name, value in found.items()})
    except (RuntimeError, AttributeError) as error:
        raise RefusedError(f"{file} holds the weights of another network.") from error
    return file.name


def fill_at_random(features: nn.Module) -> str:
    torch.manual_seed(0)
    for module in features.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return "none: random numbers with a fixed seed"


def load_vgg16(file: Path | None) -> tuple[nn.Sequential, str]:
    """Return the float32 layers up to the ReLU of conv5_3, and the source of the weights."""
    features = models.vgg.make_layers(models.vgg.cfgs["D"], batch_norm=False)
    source = fill(features, file, SHIPPED / "vgg16_features.safetensors")
    return features[: CONV5_3 + 2].eval().requires_grad_(False), source


def load_mobilenet(file: Path | None) -> tuple[nn.Module, str]:
    """Return float32 features with batch normalisation folded into the convolutions, and the source of the weights."""
    features = models.mobilenet_v2(weights=None).features
    source = fill(features, file, SHIPPED / "mobilenet_v2.pth")
    return fold(features.eval()).requires_grad_(False), source


def fold(module: nn.Module) -> nn.Module:
    """Fold each batch normalisation into the convolution before it, in place."""
    for (one, first), (other, second) in pairwise(list(module.named_children())):
        if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
            setattr(module, one, nn.utils.fuse_conv_bn_eval(first, second))
            setattr(module, other, nn.Identity())
    for child in module.children():
        fold(child)
    return module


class Normalised(nn.Module):
    """Normalises (N, 224, 224, 3) uint8 to (N, channels, 224, 224), channels_last; extra channels are zero."""

    def __init__(self, dtype: torch.dtype, channels: int = 3) -> None:
        super().__init__()
        self.dtype, self.channels = dtype, channels
        std = 255 * torch.tensor(STD)
        self.register_buffer("scale", 1 / std)
        self.register_buffer("shift", -255 * torch.tensor(MEAN) / std)

    def forward(self, pixels: Tensor) -> Tensor:
        scaled = (pixels.float() * self.scale + self.shift).to(self.dtype)
        return functional.pad(scaled, (0, self.channels - 3)).permute(0, 3, 1, 2)


def mean(maps: Tensor) -> Tensor:
    """Return the (N, C) float32 means of (N, C, H, W) maps, summed in float32."""
    return maps.mean((2, 3), dtype=torch.float32)


def pool(bare: Tensor, bias: Tensor) -> Tensor:
    """Apply max pooling, then bias and ReLU, to (N, C, H, W) maps without bias."""
    return functional.max_pool2d(bare, 2).add_(bias[:, None, None]).relu_()


def mean_and_pool(maps: Tensor) -> tuple[Tensor, Tensor]:
    return mean(maps), functional.max_pool2d(maps, 2)


def converted(layers: nn.Module, dtype: torch.dtype) -> nn.Module:
    return deepcopy(layers).to(dtype=dtype, memory_format=torch.channels_last)


class Plain(nn.Module):
    """Runs torchvision's layers unchanged."""

    def __init__(self, features: nn.Sequential, dtype: torch.dtype) -> None:
        super().__init__()
        self.normalised = Normalised(dtype)
        self.features = converted(features, dtype)

    def forward(self, pixels: Tensor) -> Tensor:
        x, means = self.normalised(pixels), []
        for number, layer in enumerate(self.features):
            x = layer(x)
            if number in (CONV4_3 + 1, CONV5_3 + 1):
                means.append(mean(x))
        return torch.cat(means, 1)


class Lean(nn.Module):
    """Computes the descriptors of `Plain` with fewer passes over memory.

    Max pooling comes before the bias and ReLU: both are monotone, so the result is the same from a quarter of the
    values. The first convolution gets `channels` input channels, as tensor cores multiply eight at a time. `is_fused`:
    convolution, bias and ReLU in one cuDNN call. `chunk`: the first two blocks run on that many pictures at a time, so
    that their maps (6.4 MB a picture in 16 bits) stay in the L2 cache; 0: on all at once. `compiler` is applied to
    what lies between the convolutions.
    """

    def __init__(
        self,
        features: nn.Sequential,
        dtype: torch.dtype,
        channels: int,
        *,
        is_fused: bool = False,
        chunk: int = 0,
        compiler: Callable[[Callable], Callable] = lambda function: function,
    ) -> None:
        super().__init__()
        self.normalised = compiler(Normalised(dtype, channels))
        self.pool, self.mean_and_pool = compiler(pool), compiler(mean_and_pool)
        self.convolutions = nn.ModuleList()
        self.places: list[tuple[bool, bool]] = []  # for each convolution, whether pooling and whether a mean follows
        self.is_fused, self.chunk = is_fused, chunk
        layers = list(converted(features, dtype))
        for number, layer in enumerate(layers):
            if isinstance(layer, nn.Conv2d):
                self.convolutions.append(layer)
                is_pooled = number + 2 < len(layers) and isinstance(layers[number + 2], nn.MaxPool2d)
                self.places.append((is_pooled, number in (CONV4_3, CONV5_3)))
        first = self.convolutions[0]
        padded = functional.pad(first.weight.data, (0, 0, 0, 0, 0, channels - 3))
        first.weight.data = padded.to(memory_format=torch.channels_last)

    def forward(self, pixels: Tensor) -> Tensor:
        chunks = pixels.split(self.chunk) if self.chunk else [pixels]
        early = [self.convolve(self.normalised(part), range(4), []) for part in chunks]
        means: list[Tensor] = []
        self.convolve(torch.cat(early) if len(early) > 1 else early[0], range(4, len(self.places)), means)
        return torch.cat(means, 1)

    def convolve(self, x: Tensor, numbers: range, means: list[Tensor]) -> Tensor:
        for number in numbers:
            layer = self.convolutions[number]
            is_pooled, is_averaged = self.places[number]
            if is_pooled and not is_averaged:
                bare = functional.conv2d(x, layer.weight, None, padding=1)
                x = self.pool(bare, layer.bias)
                continue
            x = self.rectified(x, layer)
            if is_averaged:
                average, x = self.mean_and_pool(x)
                means.append(average)
        return x

    def rectified(self, x: Tensor, layer: nn.Conv2d) -> Tensor:
        if self.is_fused:
            return torch.cudnn_convolution_relu(x, layer.weight, layer.bias, [1, 1], [1, 1], [1, 1], 1)
        return functional.conv2d(x, layer.weight, layer.bias, padding=1).relu_()


class Mean(nn.Module):
    """Computes the mean of a network's last map."""

    def __init__(self, features: nn.Module, dtype: torch.dtype) -> None:
        super().__init__()
        self.normalised = Normalised(dtype)
        self.features = converted(features, dtype)

    def forward(self, pixels: Tensor) -> Tensor:
        return mean(self.features(self.normalised(pixels)))


class Both(nn.Module):
    """Computes the descriptors of VGG16 and MobileNetV2. `is_parallel`: MobileNetV2 runs on a second CUDA stream."""

    def __init__(self, vgg16: nn.Module, mobilenet: nn.Module, *, is_parallel: bool = False) -> None:
        super().__init__()
        self.vgg16, self.mobilenet, self.is_parallel = vgg16, mobilenet, is_parallel

    def forward(self, pixels: Tensor) -> Tensor:
        if not self.is_parallel:
            return torch.cat([self.vgg16(pixels), self.mobilenet(pixels)], 1)
        side, main = torch.cuda.Stream(), torch.cuda.current_stream()
        side.wait_stream(main)
        with torch.cuda.stream(side):
            light = self.mobilenet(pixels)
        heavy = self.vgg16(pixels)
        main.wait_stream(side)
        return torch.cat([heavy, light], 1)


def gflop_per_picture(network: nn.Module, features: nn.Module, side_px: int) -> float:
    """Count the operations of the convolutions for one picture: two for each multiplication with addition."""
    counted = []

    def count(layer: nn.Conv2d, _: object, maps: Tensor) -> None:
        counted.append(2 * maps[0].numel() * layer.weight[0].numel())

    hooks = [layer.register_forward_hook(count) for layer in features.modules() if isinstance(layer, nn.Conv2d)]
    network(torch.zeros((1, side_px, side_px, 3), dtype=torch.uint8))
    for hook in hooks:
        hook.remove()
    return sum(counted) / 1e9


# --- running and timing a network ---


def network(run: Run, variant: str) -> nn.Module:
    """Return the module of a variant such as 'fused bfloat16 chunk 8'. Each is made once."""
    if variant not in run.networks:
        kind, dtype_name, *rest = variant.split()
        dtype, chunk = getattr(torch, dtype_name), int(rest[1]) if rest else 0
        if kind == "plain":
            made = Plain(run.vgg16, dtype)
        elif kind == "mobilenet":
            made = Mean(run.mobilenet, dtype)
        else:
            compiler = partial(torch.compile, dynamic=False) if kind == "hybrid" else lambda function: function
            is_fused = kind in ("fused", "hybrid")
            made = Lean(run.vgg16, dtype, run.first_channels, is_fused=is_fused, chunk=chunk, compiler=compiler)
        run.networks[variant] = made.to(run.device).eval()
    return run.networks[variant]


# Options of torch.compile by the first word of a mode. A second word "graph" replays the call as a CUDA graph.
COMPILERS: dict[str, dict[str, object]] = {"compiled": {}, "tuned": {"max_autotune": True, "freezing": True}}


def call(run: Run, variant: str, mode: str, pixels: Tensor, module: nn.Module | None = None) -> Call:
    """Return a function that runs a variant on pixels of this shape.

    `mode`: "eager" or a key of COMPILERS, and optionally " graph".
    """
    ready: Call = module or network(run, variant)
    kind = mode.split(maxsplit=1)[0]
    if kind in COMPILERS:
        if (variant, kind) not in run.compiled:
            run.compiled[variant, kind] = torch.compile(ready, dynamic=False, options=dict(COMPILERS[kind]))
        ready = run.compiled[variant, kind]
    return captured(ready, pixels) if mode.endswith("graph") else ready


def captured(ready: Call, pixels: Tensor) -> Call:
    """Return the call as a CUDA graph, which is launched as a whole. The next call overwrites the result."""
    still, side = pixels.clone(), torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            ready(still)
    torch.cuda.current_stream().wait_stream(side)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        out = ready(still)

    def replay(batch: Tensor) -> Tensor:
        still.copy_(batch)
        graph.replay()
        return out

    return replay


def seconds(work: Callable[[], object], device: torch.device, least_s: float) -> float:
    """Return the median seconds of one call after a warm-up. On a GPU, CUDA events time calls without gaps."""
    if device.type == "cuda":
        work()
    first = wall_s(work, device)
    repeats = int(min(max(least_s / first, 1 if device.type == "cpu" else 3), 100))
    if device.type == "cpu":
        return median(wall_s(work, device) for _ in range(repeats))
    marks = [torch.cuda.Event(enable_timing=True) for _ in range(repeats + 1)]
    marks[0].record()
    for mark in marks[1:]:
        work()
        mark.record()
    torch.cuda.synchronize()
    return median(one.elapsed_time(other) for one, other in pairwise(marks)) / 1e3


def wall_s(work: Callable[[], object], device: torch.device) -> float:
    start = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def least_cosine(found: Tensor, reference: Tensor) -> float:
    """Return the least cosine of (B, D) descriptors with the reference, over all pictures and parts of descriptors."""
    rows = min(len(found), len(reference))
    parts = {1024: [512, 512], 1280: [1280], 2304: [512, 512, 1280]}[found.shape[1]]
    ours, exact = found[:rows].float().cpu().split(parts, 1), reference[:rows].split(parts, 1)
    return min(float(functional.cosine_similarity(a, b, dim=1).min()) for a, b in zip(ours, exact, strict=True))


def measure(
    run: Run, section: str, variant: str, mode: str, batch: int, module: nn.Module | None = None
) -> Best | None:
    """Time one way to run a network. A failure becomes a row, and the result is None."""
    what = f"{variant}, {mode}, batch {batch}"
    try:
        pixels = run.pixels(batch)
        ready = call(run, variant, mode, pixels, module)
        cosine = least_cosine(ready(pixels), reference(run, variant))
        taken_s = seconds(lambda: ready(pixels), run.device, run.least_s)
    except Exception as error:  # noqa: BLE001 - compilers and drivers raise anything
        message = str(error).strip().splitlines() or [""]
        run.row(section, what, f"failed: {type(error).__name__}: {message[0][:120]}", failed=True, variant=variant)
        return None
    found = Best(variant, mode, batch, batch / taken_s, gflop(run, variant) * batch / taken_s / 1e3, cosine)
    text = f"{found.pictures_per_s:9.1f} pictures/s  {found.tflops:7.2f} TFLOP/s  cosine {cosine:.6f}"
    run.row(section, what, text, **asdict(found), ms=1e3 * taken_s)
    return found


def gflop(run: Run, variant: str) -> float:
    if variant.startswith("both"):
        return run.gflop["vgg16"] + run.gflop["mobilenet"]
    return run.gflop["mobilenet" if variant.startswith("mobilenet") else "vgg16"]


def reference(run: Run, variant: str) -> Tensor:
    """Return the float32 descriptors of the sample, computed without TF32, on the host."""
    if variant.startswith("both"):
        return torch.cat([reference(run, "plain"), reference(run, "mobilenet")], 1)
    return run.exact["mobilenet" if variant.startswith("mobilenet") else "vgg16"]


@contextmanager
def tf32(*, is_allowed: bool) -> Iterator[None]:
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = is_allowed
    try:
        yield
    finally:
        torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before


def keep_best(run: Run, found: Best | None) -> None:
    if found and found.cosine >= LEAST_COSINE and (not run.best or found.pictures_per_s > run.best.pictures_per_s):
        run.best = found


# --- sections ---


def measure_reference(run: Run) -> None:
    """Compute the float32 descriptors to which all others are compared, and the operations of a picture."""
    for name, made in (("vgg16", Plain(run.vgg16, torch.float32)), ("mobilenet", Mean(run.mobilenet, torch.float32))):
        run.gflop[name] = gflop_per_picture(made, made.features, run.side_px)
        made.to(run.device)
        with tf32(is_allowed=False):
            run.exact[name] = torch.cat([made(part.to(run.device)).cpu() for part in run.sample.split(16)])
        run.row("reference", f"{name}, operations of a picture", f"{run.gflop[name]:.2f} GFLOP", gflop=run.gflop[name])


def measure_peak(run: Run) -> None:
    """Measure the highest rate of bf16 matrix products: square ones, and ones with the shapes of convolutions."""
    shapes = [(8192, 8192, 8192), (16384, 8192, 8192), (8192, 8192, 16384), (200704, 512, 4608), (802816, 256, 2304)]
    if run.is_quick:
        shapes = [(512, 512, 512), (256, 512, 4608)]
    for rows, columns, inner in shapes:
        a = torch.randn((rows, inner), device=run.device, dtype=torch.bfloat16)
        b = torch.randn((columns, inner), device=run.device, dtype=torch.bfloat16)
        out = torch.empty((rows, columns), device=run.device, dtype=torch.bfloat16)
        taken_s = fastest(lambda a=a, b=b, out=out: torch.mm(a, b.t(), out=out), run)
        tflops = 2 * rows * columns * inner / taken_s / 1e12
        run.peak_tflops = max(run.peak_tflops, tflops)
        run.row("peak", f"{rows} x {inner} by {inner} x {columns}", f"{tflops:.2f} TFLOP/s", tflops=tflops)


def fastest(work: Callable[[], object], run: Run) -> float:
    """Return the shortest of several medians, so that the peak does not depend on a disturbance."""
    return min(seconds(work, run.device, run.least_s / 4) for _ in range(3))


def measure_eager(run: Run) -> None:
    """Measure torchvision's VGG16, one kernel after the other, and replayed as a CUDA graph."""
    for batch in run.batches:
        for mode in ("eager",) if run.is_quick else ("eager", "graph"):
            keep_best(run, measure(run, "network", "plain bfloat16", mode, batch))
        free(run)


def measure_first_layer(run: Run) -> None:
    """Find the number of input channels with which the first convolution is fastest."""
    pixels, timed = run.pixels(max(run.batches[0], 2)), {}
    weight, bias = run.vgg16[0].weight.data, run.vgg16[0].bias.data.to(run.device, torch.bfloat16)
    for channels in (3, 4, 8, 16):
        first = Normalised(torch.bfloat16, channels).to(run.device)
        padded = functional.pad(weight, (0, 0, 0, 0, 0, channels - 3)).to(run.device, torch.bfloat16)
        padded = padded.to(memory_format=torch.channels_last)
        work = lambda first=first, padded=padded: functional.conv2d(first(pixels), padded, bias, padding=1)  # noqa: E731
        timed[channels] = seconds(work, run.device, run.least_s)
        ms = 1e3 * timed[channels] / len(pixels)
        run.row("first layer", f"{channels} input channels", f"{ms:.4f} ms a picture", channels=channels, ms=ms)
    run.first_channels = min(timed, key=timed.__getitem__)


def measure_variants(run: Run) -> None:
    """Measure variants of `Lean`, which make fewer passes over memory."""
    variants, modes = ["lean bfloat16", "lean bfloat16 chunk 8"], ("eager", "graph")
    batches = VARIANT_BATCHES
    if run.is_quick:
        variants, modes, batches = ["lean bfloat16", "lean bfloat16 chunk 1"], ("eager",), QUICK_BATCHES
    else:
        variants += ["fused bfloat16", "fused bfloat16 chunk 8", "fused bfloat16 chunk 16"]
    for variant in variants:
        for batch in batches:
            for mode in modes:
                keep_best(run, measure(run, "network", variant, mode, batch))
            free(run)


def measure_compiled(run: Run) -> None:
    """Measure torch.compile of everything, or only of what is between convolutions (hybrid), also as CUDA graphs."""
    ways = [("hybrid bfloat16", ("eager", "graph"), VARIANT_BATCHES[:1])]
    ways += [("lean bfloat16", ("compiled", "compiled graph"), run.batches)]
    ways += [("plain bfloat16", ("compiled", "compiled graph"), VARIANT_BATCHES[:1])]
    for variant, modes, batches in ways:
        for batch in batches:
            for mode in modes:
                keep_best(run, measure(run, "network", variant, mode, batch))
            free(run)


def measure_tuned(run: Run) -> None:
    """Measure torch.compile with its own kernels for every convolution and with frozen weights."""
    for mode in ("tuned", "tuned graph"):
        keep_best(run, measure(run, "network", "lean bfloat16", mode, VARIANT_BATCHES[0]))
    free(run)


def measure_other_dtypes(run: Run) -> None:
    """Measure fp16, and float32 with and without TF32, for comparison."""
    batch = QUICK_BATCHES[0] if run.is_quick else REFERENCE_BATCH
    if run.is_quick:
        measure(run, "dtypes", "plain float32", "eager", batch)
        return
    measure(run, "dtypes", "plain float16", "graph", batch)
    for is_allowed in (True, False):
        with tf32(is_allowed=is_allowed):
            run.networks.pop("plain float32", None)
            found = measure(run, "dtypes", "plain float32", "eager", batch)
        if found:
            run.rows[-1].what += f", TF32 {'on' if is_allowed else 'off'}"
            run.rows[-1].fields["tf32"] = is_allowed
    free(run)


def measure_both(run: Run) -> None:
    """Measure MobileNetV2 alone, and both networks. MobileNetV2 is precise in fp16, because ReLU6 bounds its values."""
    best = run.best or Best("plain bfloat16", "eager", run.batches[0], 0, 0, 0)
    mode, dtypes = ("eager", ["bfloat16"]) if run.is_quick else ("graph", ["bfloat16", "float16"])
    for dtype in dtypes:
        measure(run, "both", f"mobilenet {dtype}", mode, best.batch)
    compiler = best.mode.split(maxsplit=1)[0]
    heavy = call(run, best.variant, compiler if compiler in COMPILERS else "eager", run.pixels(best.batch))
    light = network(run, f"mobilenet {dtypes[-1]}")
    lights: dict[str, Call] = {"": light}
    if not run.is_quick:
        lights["compiled "] = torch.compile(light, dynamic=False)
    for prefix, one in lights.items():
        for is_parallel in (False,) if run.is_quick else (False, True):
            made = Both(heavy, one, is_parallel=is_parallel)
            name = f"both: {best.variant} with {prefix}mobilenet {dtypes[-1]}, {2 if is_parallel else 1} streams"
            found = measure(run, "both", name, mode, best.batch, made)
            if found and (not run.both or found.pictures_per_s > run.both.pictures_per_s):
                run.both, run.both_module = found, made
    free(run)


def measure_layers(run: Run) -> None:
    """Measure each convolution alone: without bias, and on a GPU also with bias and ReLU in one cuDNN call."""
    batch = QUICK_BATCHES[0] if run.is_quick else VARIANT_BATCHES[0]
    lean, side, total_s = network(run, "lean bfloat16"), run.side_px, Counter[str]()
    for number, (layer, (is_pooled, _)) in enumerate(zip(lean.convolutions, lean.places, strict=True)):
        outputs, inputs = layer.weight.shape[:2]
        tflop = 2 * batch * side**2 * outputs * 9 * (3 if number == 0 else inputs) / 1e12
        texts, fields = [], {}
        for name, work in layer_calls(run, layer, batch, side).items():
            taken_s = seconds(work, run.device, run.least_s / 4)
            total_s[name] += taken_s
            texts.append(f"{name} {1e3 * taken_s:8.3f} ms, {run.share(tflop / taken_s):6.1%} of peak")
            fields |= {f"{name}_ms": 1e3 * taken_s, f"{name}_tflops": tflop / taken_s}
        run.row(
            "layers",
            f"{number + 1}: {inputs} to {outputs} channels, {side} px, batch {batch}",
            "; ".join(texts),
            **fields,
        )
        side //= 2 if is_pooled else 1
    for name, taken_s in total_s.items():
        tflops = run.gflop["vgg16"] * batch / taken_s / 1e3
        run.row("layers", f"all convolutions, {name}", f"{1e3 * taken_s:.2f} ms", ms=1e3 * taken_s, tflops=tflops)


def layer_calls(run: Run, layer: nn.Conv2d, batch: int, side: int) -> dict[str, Callable[[], Tensor]]:
    x = torch.rand((batch, layer.weight.shape[1], side, side), device=run.device, dtype=torch.bfloat16)
    x = x.to(memory_format=torch.channels_last)
    ways = {"bare": lambda: functional.conv2d(x, layer.weight, None, padding=1)}
    if not run.is_quick:
        ways["fused"] = lambda: torch.cudnn_convolution_relu(x, layer.weight, layer.bias, [1, 1], [1, 1], [1, 1], 1)
    return ways


def measure_decoding(run: Run) -> None:
    """Decode derivatives of 480 px in memory to squares in the ring, with threads and with processes."""
    batch = QUICK_BATCHES[0] if run.is_quick else DECODING_BATCH
    for count in (2,) if run.is_quick else (4, 8, 16):
        threads = ThreadPool(run.ring, run.sources, count)
        try:
            for decoder in DECODERS if count in (2, 16) else ("pillow",):
                decode_both_formats(run, threads, batch, decoder)
        finally:
            threads.close()
    for decoder in DECODERS:
        decode_both_formats(run, run.processes, batch, decoder)


def decode_both_formats(run: Run, pool: Pool, batch: int, decoder: str) -> None:
    for name in run.sources:
        what = f"{name}, {decoder}, {pool.workers} {pool.kind}"
        try:
            per_s = flow(run, pool.prepare(batch, name, decoder), lambda _: None)
        except RuntimeError as error:
            run.row("decoding", what, str(error), failed=True)
            continue
        run.decode_per_s[name, decoder, pool.kind, pool.workers] = per_s
        fields = {"format": name, "decoder": decoder, "pool": pool.kind, "workers": pool.workers}
        run.row("decoding", what, f"{per_s:9.1f} pictures/s", pictures_per_s=per_s, **fields)


def flow(run: Run, pool: Pool, consume: Callable[[int], None], finish: Callable[[], None] = lambda: None) -> float:
    """Return the pictures a second through the ring. consume(slot) returns when the slot may be filled again.

    The first batch starts the clock, so that neither an empty queue at the start nor one at the end is counted.
    """
    least_s, batches, start = (0.3 if run.is_quick else 1.5), 0, 0.0
    for slot in range(len(run.ring.pixels) // pool.batch):
        pool.submit(slot)
    try:
        while True:
            slot = pool.next_full()
            consume(slot)
            batches += 1
            if batches == 1:
                start = time.perf_counter()
            elif time.perf_counter() - start >= least_s:
                finish()
                return (batches - 1) * pool.batch / (time.perf_counter() - start)
            pool.submit(slot)
    finally:
        pool.drain()


class HostConsumer:
    """Runs the network on the CPU, one batch after the other."""

    def __init__(self, ring: Ring, ready: Call, batch: int) -> None:
        self.ring, self.ready, self.batch = ring, ready, batch
        self.finite = True

    def consume(self, slot: int) -> None:
        self.finite &= bool(self.ready(self.ring.batch(slot, self.batch)).isfinite().all())

    def finish(self) -> None:
        pass


class DeviceConsumer:
    """Overlaps copying, computing and copying back: a batch is copied on a second stream while another is computed.

    At most two batches are on the device. Events with `blocking` leave the core to the decoders while waiting.
    """

    def __init__(self, ring: Ring, ready: Call, batch: int, dimensions: int) -> None:
        self.ring, self.ready, self.batch, self.count, self.finite = ring, ready, batch, 0, True
        self.side = torch.cuda.Stream()
        shape = (batch, ring.side_px, ring.side_px, 3)
        self.staged = [torch.empty(shape, dtype=torch.uint8, device="cuda") for _ in range(2)]
        self.results = [torch.empty((batch, dimensions), pin_memory=True) for _ in range(2)]
        self.computed = [torch.cuda.Event(blocking=True) for _ in range(2)]
        self.copied = torch.cuda.Event(blocking=True)

    def consume(self, slot: int) -> None:
        place = self.count % 2
        if self.count >= 2:
            self.collect(place)
        with torch.cuda.stream(self.side):
            self.staged[place].copy_(self.ring.batch(slot, self.batch), non_blocking=True)
            self.copied.record()
        torch.cuda.current_stream().wait_event(self.copied)
        self.results[place].copy_(self.ready(self.staged[place]), non_blocking=True)
        self.computed[place].record()
        self.count += 1
        self.copied.synchronize()

    def collect(self, place: int) -> None:
        self.computed[place].synchronize()
        self.finite &= bool(np.isfinite(self.results[place].numpy().sum()))

    def finish(self) -> None:
        for place in range(min(self.count, 2)):
            self.collect(place)


def measure_flow(run: Run) -> None:
    """Measure files in memory to descriptors on the host, everything overlapped, and compare with its two halves."""
    if run.best is None:
        raise RuntimeError("there is no precise network to run")
    if not run.is_quick:
        run.ring.pin()
    ready = call(run, run.best.variant, run.best.mode, run.pixels(run.best.batch))
    one_flow(run, "pictures decoded before", FilledPool().prepare(run.best.batch, ""), ready)
    for name in list(run.sources)[: 1 if run.is_quick else None]:
        ways = {way: per_s for way, per_s in run.decode_per_s.items() if way[0] == name}
        if not ways:
            raise RuntimeError("decoding was not measured")
        _, decoder, kind, workers = max(ways, key=ways.__getitem__)
        pool = run.processes if kind == "processes" else ThreadPool(run.ring, run.sources, workers)
        try:
            one_flow(run, f"{name}, {decoder}, {workers} {kind}", pool.prepare(run.best.batch, name, decoder), ready)
        finally:
            if pool is not run.processes:
                pool.close()
    free(run)


def one_flow(run: Run, what: str, pool: Pool, ready: Call) -> None:
    """Measure one way of decoding together with the best network. Decoding alone is measured right before it."""
    is_decoding = pool.kind != FilledPool.kind
    decoding = flow(run, pool, lambda _: None) if is_decoding else float("inf")
    if run.is_quick:
        consumer: HostConsumer | DeviceConsumer = HostConsumer(run.ring, ready, pool.batch)
    else:
        consumer = DeviceConsumer(run.ring, ready, pool.batch, run.exact["vgg16"].shape[1])
    per_s = flow(run, pool, consumer.consume, consumer.finish)
    if not consumer.finite:
        raise RuntimeError("descriptors are not finite")
    share = per_s / min(decoding, run.best.pictures_per_s)
    fields = {"pictures_per_s": per_s, "network_per_s": run.best.pictures_per_s, "share_of_slower": share}
    text = f"{per_s:9.1f} pictures/s  {share:6.1%} of the slower of network {run.best.pictures_per_s:.1f}"
    if is_decoding:
        run.flow_shares.append(share)
        fields["decoding_per_s"] = decoding
        text += f" and decoding {decoding:.1f}"
    run.row("end to end", what, text, is_pinned=run.ring.is_pinned, **fields)


def free(run: Run) -> None:
    if run.device.type == "cuda":
        torch.cuda.empty_cache()


# --- the whole run ---


@dataclass(frozen=True)
class Section:
    name: str
    measure: Callable[[Run], None]
    needs_s: int  # expected seconds on a GPU; the section is skipped if less time is left
    limit_s: float  # on a GPU; a quick run is limited only by the budget
    is_quick: bool = True  # whether --quick runs it


SECTIONS = (
    Section("reference", measure_reference, 10, 40),
    Section("peak", measure_peak, 5, 30),
    Section("network", measure_eager, 20, 60),
    Section("first layer", measure_first_layer, 3, 15, is_quick=False),
    Section("variants", measure_variants, 20, 60),
    Section("compiled", measure_compiled, 40, 100, is_quick=False),
    Section("decoding", measure_decoding, 25, 45),
    Section("end to end", measure_flow, 15, 40),
    Section("both", measure_both, 15, 45),
    Section("layers", measure_layers, 5, 25),
    Section("dtypes", measure_other_dtypes, 5, 25),
    Section("tuned", measure_tuned, 30, 110, is_quick=False),
    Section("peak again", measure_peak, 3, 15),
)
ALWAYS = ("reference", "peak")


def run_sections(run: Run, wanted: Sequence[str]) -> None:
    """Run the sections that fit into the budget. A failure ends only its own section."""
    signal.signal(signal.SIGALRM, raise_time_up)
    for section in SECTIONS:
        if wanted and section.name not in (*ALWAYS, *wanted):
            continue
        print(f"{section.name} ({run.elapsed_s():.0f} s so far)", flush=True)
        left_s = run.budget_s - run.elapsed_s()
        if run.is_quick and not section.is_quick:
            result = SectionResult(section.name, "skipped", 0.0, "Measured on a GPU only.")
        elif left_s < (1 if run.is_quick else section.needs_s):
            note = f"It needs about {section.needs_s} s, and {max(left_s, 0):.0f} s of the budget were left."
            result = SectionResult(section.name, "skipped", 0.0, note)
        else:
            result = run_section(run, section, left_s if run.is_quick else min(section.limit_s, left_s))
        run.sections.append(result)
        if result.note:
            print(f"  {result.state}: {result.note}", flush=True)
        write(run)


def run_section(run: Run, section: Section, limit_s: float) -> SectionResult:
    start, state, note = time.perf_counter(), "done", ""
    signal.setitimer(signal.ITIMER_REAL, max(limit_s, 0.1))
    try:
        section.measure(run)
    except TimeUpError:
        state, note = "timed out", f"Stopped after {limit_s:.0f} s."
    except Exception as error:  # noqa: BLE001 - the other sections go on
        state, note = "failed", f"{type(error).__name__}: {error}".splitlines()[0][:300]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return SectionResult(section.name, state, time.perf_counter() - start, note)


def raise_time_up(*_: object) -> None:
    raise TimeUpError


def verdicts(run: Run) -> list[Verdict]:
    cosine = run.best.cosine if run.best else 0.0
    found = [Verdict("least cosine with float32, best network", cosine, LEAST_COSINE, cosine >= LEAST_COSINE)]
    if not run.is_quick:
        share = run.share(run.best.tflops) if run.best else 0.0
        least = min(run.flow_shares, default=0.0)
        found.append(Verdict("network's share of the measured peak", share, LEAST_SHARE, share >= LEAST_SHARE))
        found.append(Verdict("end to end, share of the slower half", least, LEAST_FLOW, least >= LEAST_FLOW))
    return found


def facts(run: Run) -> dict[str, object]:
    on_gpu = run.device.type == "cuda"
    return {
        "device": torch.cuda.get_device_name() if on_gpu else f"CPU, {torch.get_num_threads()} threads",
        "multiprocessors": torch.cuda.get_device_properties(0).multi_processor_count if on_gpu else None,
        "cores": run.cores,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda if on_gpu else None,
        "cudnn": torch.backends.cudnn.version() if on_gpu else None,
        "is_quick": run.is_quick,
        "vgg16_weights": run.weights,
        "mobilenet_weights": run.mobilenet_weights,
        "pictures": len(run.sample),
    }


def write(run: Run) -> None:
    """Write the JSON file. It is written after every section, so that an interrupted run leaves its results."""
    if run.json is None:
        return
    for row in run.rows:
        if "tflops" in row.fields:
            row.fields["share"] = run.share(row.fields["tflops"])  # the peak may have risen since
    best = {name: found and {**asdict(found), "share": run.share(found.tflops)} for name, found in run.bests().items()}
    content = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": run.elapsed_s(),
        **facts(run),
        "peak_tflops": run.peak_tflops,
        "gflop_per_picture": run.gflop,
        "best": best,
        "verdicts": [asdict(verdict) for verdict in verdicts(run)],
        "sections": [asdict(section) for section in run.sections],
        "rows": [asdict(row) for row in run.rows],
    }
    run.json.write_text(json.dumps(content, indent=1))


def show(run: Run) -> None:
    print("\n" + "; ".join(f"{name} {value}" for name, value in facts(run).items() if value is not None))
    print(f"peak {run.peak_tflops:.2f} TFLOP/s (bf16 matrix product, best of all shapes and readings)\n")
    for row in run.rows:
        share = f"{run.share(row.fields['tflops']):6.1%}" if "tflops" in row.fields else ""
        print(f"{row.section:<12} {row.what:<74} {share:>6}  {row.measured}")
    print()
    for section in run.sections:
        print(f"{section.name:<12} {section.state:<10} {section.seconds:6.1f} s  {section.note}")
    print()
    for verdict in verdicts(run):
        mark = "met" if verdict.is_met else "MISSED"
        print(f"{verdict.what:<44} {verdict.measured:.5f}  goal {verdict.goal}  {mark}")
    print(f"{run.elapsed_s():.0f} s in all")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.device", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="use small sizes on the CPU, to check that it runs")
    parser.add_argument("--weights", type=Path, metavar="FILE", help="VGG16 (default: the shipped weights)")
    parser.add_argument("--mobilenet", type=Path, metavar="FILE", help="MobileNetV2 (default: the shipped weights)")
    parser.add_argument("--images", type=Path, metavar="DIR", help="pictures (default: painted)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there")
    parser.add_argument("--budget", type=float, default=BUDGET_S, metavar="SECONDS", help="for the whole run")
    parser.add_argument("--side", type=int, default=SIDE_PX, metavar="PX", help="of a picture; a multiple of 32")
    parser.add_argument("--plans", type=int, default=10, metavar="N", help="cuDNN plans to try a layer; 0: all")
    parser.add_argument("--sections", default="", metavar="NAME,...", help="only these, after reference and peak")
    options = parser.parse_args(arguments)
    options.sections = [name for name in options.sections.split(",") if name]
    unknown = sorted(set(options.sections) - {section.name for section in SECTIONS})
    if unknown:
        parser.error(f"there is no section {', '.join(unknown)}; there are {', '.join(s.name for s in SECTIONS)}")
    return options


def configure(options: argparse.Namespace) -> None:
    warnings.filterwarnings("ignore")
    os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "1"  # the check for a device must not start CUDA before the forks
    torch.set_grad_enabled(False)
    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.benchmark_limit = options.plans
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    if not options.quick:
        torch.set_num_threads(1)  # decoders run in their own threads and processes


def main() -> int:
    """Run the benchmark. Return the exit code: 1 if a goal was missed, 2 if the run cannot start."""
    options = parse()
    configure(options)
    if not options.quick and not torch.cuda.is_available():
        print("This machine has no CUDA device; --quick runs small sizes on the CPU.", file=sys.stderr)
        return 2
    try:
        run = Run(options)
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if not options.quick:
            torch._dynamo.config.recompile_limit = 64  # noqa: SLF001 - a compilation for every batch size
        run_sections(run, options.sections)
        show(run)
        write(run)
    finally:
        run.processes.close()
    return int(not all(verdict.is_met for verdict in verdicts(run)))


if __name__ == "__main__":
    sys.exit(main())
