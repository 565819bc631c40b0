"""A frame through the lifter: streaming against evaluating the window anew.

Random weights; speed does not depend on them.  "padded window" is the published way of
live use: the dilated network over the window with half a receptive field of copies on
either side, of whose outputs one is used.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import torch
from threadpoolctl import threadpool_limits

from realtime.lifting.tcn.config import TcnConfig
from realtime.lifting.tcn.network import TemporalConvNet
from realtime.lifting.tcn.streaming import StreamingNet
from realtime.pose import Array

ROUNDS = 7
SHAPES = {"27 frames, 1024 channels": (3, 3, 3), "243 frames, 1024 channels": (3, 3, 3, 3, 3)}


def compare(widths: tuple[int, ...], channels: int = 1024) -> dict[str, float]:
    """Median milliseconds a frame; the ways take turns."""
    config = TcnConfig(widths, channels)
    net = TemporalConvNet(config).eval().requires_grad_(False)
    stream = StreamingNet(config, net.arrays())
    late = StreamingNet(replace(config, causal=False, delay=3), net.arrays())
    field = config.receptive_field
    window = torch.randn(1, field, config.inputs)
    newest: Array = window[0, -1].numpy()
    padded = torch.nn.functional.pad(window, (0, 0, field // 2, field // 2), mode="replicate")
    ways: dict[str, Callable[[], object]] = {
        "streaming": lambda: stream.step(newest),
        "streaming, three frames late": lambda: late.step(newest),
        "whole window, dilated": lambda: net(window),
        "whole window, matrix products": lambda: net.forward_window(window),
        "padded window, dilated": lambda: net(padded),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    with torch.inference_mode():
        for _ in range(ROUNDS + 1):
            for name, way in ways.items():
                times[name].append(_median_ms(way))
    return {name: statistics.median(ms[1:]) for name, ms in times.items()}  # the first round warms up


def _median_ms(way: Callable[[], object], repeats: int = 5) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        way()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def main() -> None:
    for threads in (1, 2):
        torch.set_num_threads(threads)
        threadpool_limits(threads, user_api="blas")
        for title, widths in SHAPES.items():
            times = compare(widths)
            print(f"{title}, {threads} thread(s):")
            for name, ms in times.items():
                print(f"  {name:<30} {ms:8.2f} ms   {ms / times['streaming']:6.1f} × streaming")
    print("wanted: 243 frames, the dilated whole and padded windows at least 5 × streaming; a delay at most 1.3 ×")
