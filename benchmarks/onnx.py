"""A frame from rays to joints: exported networks in ONNX Runtime against NumPy streaming.

One thread each, the ways take turns.  The first network is the one that ships, the others
have random weights; speed does not depend on them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from realtime.lifting.export.forms import FORMS
from realtime.lifting.export.parity import random_rays
from realtime.lifting.features import feature_set, hip_ray
from realtime.lifting.model_card import ModelCard
from realtime.lifting.model_files import Network, find_model, load_network
from realtime.lifting.onnx import OnnxStream, open_session
from realtime.lifting.tcn.config import TcnConfig
from realtime.lifting.tcn.streaming import StreamingNet
from realtime.pose import Array
from realtime.skeleton import COCO17

ROUNDS, REPEATS = 9, 20
OPSET = 11


def random_network(widths: tuple[int, ...], channels: int = 1024) -> Network:
    config = TcnConfig(widths, channels, feature_set("turned", COCO17).channels)
    rng = np.random.default_rng(0)
    state = {name: rng.uniform(0, 0.03, shape).astype(np.float32) for name, shape in config.shapes().items()}
    return Network(state, ModelCard(f"{config.receptive_field} frames, {channels} channels", config, "turned"), "")


def in_numpy(network: Network) -> Callable[[Array], object]:
    stream, features = StreamingNet(network.card.config, network.state), network.card.feature_set

    def step(rays: Array) -> Array:
        hip = hip_ray(rays, COCO17)
        joints: Array = features.decode(stream.step(features.encode(rays, hip)), hip)
        return joints - joints[0]

    return step


def compare(network: Network) -> dict[str, float]:
    """Median milliseconds a frame."""
    frames = network.card.config.receptive_field
    newest, window = random_rays(1, len(COCO17))[0], random_rays(frames, len(COCO17))[None]
    numpy_step = in_numpy(network)
    ways: dict[str, Callable[[], object]] = {"NumPy streaming": partial(numpy_step, newest)}
    for precision in ("fp32", "fp16", "int8"):
        stream = OnnxStream(open_session(FORMS["streaming"](network, OPSET, precision), "the export"))
        ways[f"ONNX streaming, {precision}"] = partial(stream.step, newest)
    whole = open_session(FORMS["window"](network, OPSET, "fp32"), "the export")
    ways["ONNX window, fp32"] = partial(whole.run, ["joints"], {"rays": window})
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS + 1):
        for name, way in ways.items():
            times[name].append(_median_ms(way))
    return {name: statistics.median(ms[1:]) for name, ms in times.items()}  # the first round warms up


def _median_ms(way: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        way()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def main() -> None:
    threadpool_limits(1, user_api="blas")
    ships = load_network(find_model("causal", 27))
    for network in (ships, random_network((3, 3, 3)), random_network((3, 3, 3, 3, 3))):
        times = compare(network)
        print(f"{network.card.name}:")
        for name, ms in times.items():
            print(f"  {name:<24} {ms:8.3f} ms   {ms / times['NumPy streaming']:5.2f} × NumPy")
    print("wanted: causal-27, ONNX streaming at most 1 ms and at most 1.5 × NumPy")
