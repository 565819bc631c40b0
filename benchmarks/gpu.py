"""Frames per second of the whole program with keypoint_rcnn against Detectron2's bare predictor, on a GPU.

Both are given the same pictures from memory and use the same network, of the same configuration; the
program also copies the keypoints from the GPU, follows, lifts, publishes and records.  They take turns,
so that a busy machine slows both.  Random weights cost what trained ones do.

`python -m benchmarks gpu` says in one line where it cannot be measured.  That it works is seen without
a GPU by `python -m benchmarks.gpu --device cpu --frames 8 --turns 2`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Generator, Iterable, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.rcnn_weights import random_state, save_pth
from benchmarks.stages import Program, program
from benchmarks.throughput import decoded, print_ratios, whole_s
from realtime.detectors.keypoint_rcnn import import_detectron2
from realtime.errors import MissingLibrary
from realtime.pose import Image
from realtime.runtime.optional import load
from realtime.sources.clip import Clip, Picture

WANTED = 0.95
FPS = 30
_WARM_UP = 10  # frames; the first ones choose kernels and fill PyTorch's caches
_LIMIT_S = 180.0  # after which no turn begins


class Pictures:
    """Pictures in memory, as a `clip.Reader`."""

    name, broken = "pictures", 0

    def __init__(self, images: Sequence[Image]) -> None:
        self.images = images

    def pictures(self) -> Generator[Picture, None, None]:
        for index, image in enumerate(self.images):
            yield image, round(index * 1e9 / FPS)


def why_not(device: str) -> str | None:
    """What is missing to measure on this device."""
    try:
        torch = load("torch", "the benchmark", "pip install torch torchvision")
        import_detectron2()
    except MissingLibrary as fault:
        return str(fault)
    if device == "cuda" and not torch.cuda.is_available():
        return "PyTorch sees no CUDA GPU on this machine"
    return None


def bare_s(predict: Any, images: Iterable[Image], device: str) -> float:
    """Seconds of the bare predictor for the pictures; its results stay on the device."""
    import torch

    start = time.perf_counter()
    for image in images:
        predict(image)
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def program_s(whole: Program, images: Sequence[Image]) -> float:
    """Seconds of the program for the pictures."""
    whole.source = Clip(Pictures(images))
    return whole_s(whole)


def turns(whole: Program, images: Sequence[Image], device: str, count: int) -> list[tuple[float, float]]:
    """Seconds of the program and of the bare predictor, in turns."""
    # The very predictor that the program uses, which has no public name: another one would have other weights.
    predict = whole.estimator.detector._predict  # type: ignore[attr-defined]  # noqa: SLF001
    warm_up = images[:_WARM_UP]
    program_s(whole, warm_up)
    bare_s(predict, warm_up, device)
    began_s, pairs = time.monotonic(), []
    while len(pairs) < count and time.monotonic() - began_s < _LIMIT_S:
        ways = {"whole": lambda: program_s(whole, images), "bare": lambda: bare_s(predict, images, device)}
        took = {name: ways[name]() for name in sorted(ways, reverse=bool(len(pairs) % 2))}  # each is first in turn
        pairs.append((took["whole"], took["bare"]))
    return pairs


def measure(options: argparse.Namespace) -> None:
    """Print the rates and their ratio."""
    images = list(islice(cycle(frame.image for frame in decoded(options.clip)), options.frames))
    flags = ["--source", options.clip, "--every-frame", "--detector", "keypoint_rcnn", "--device", options.device]
    flags += ["--rcnn-size", str(options.rcnn_size), "--rcnn-people", str(options.rcnn_people)]
    with tempfile.TemporaryDirectory() as folder:
        weights = options.rcnn_weights or save_pth(Path(folder) / "random.pth", random_state(50))
        with program(*flags, "--rcnn-weights", str(weights)) as whole:
            whole.source.close()  # the pictures are in memory
            pairs = turns(whole, images, options.device, options.turns)
    what = f"keypoint_rcnn on {_device_name(options.device)}, {options.rcnn_size} px, {options.rcnn_people} people"
    print_ratios(what, pairs, len(images), "bare predictor", WANTED)


def _device_name(device: str) -> str:
    import torch

    return torch.cuda.get_device_name() if device == "cuda" else "the CPU"


def main(argv: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="cpu: to see that it works")
    parser.add_argument("--frames", type=int, default=150, help="pictures a turn (default: %(default)s)")
    parser.add_argument("--turns", type=int, default=6, help="turns of each (default: %(default)s)")
    parser.add_argument("--clip", default="demo", help="a video or a folder of pictures (default: %(default)s)")
    parser.add_argument("--rcnn-size", type=int, default=800, help="as of run (default: %(default)s)")
    parser.add_argument("--rcnn-people", type=int, default=4, help="as of run (default: %(default)s)")
    parser.add_argument("--rcnn-weights", type=Path, help="as of run (default: random ones)")
    options = parser.parse_args(argv)
    if reason := why_not(options.device):
        print(f"not measured: {reason}")
        return
    measure(options)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
