"""Lifters that must give one answer, and keypoints for them."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
from support.networks import exported

from realtime.lifting.onnx import OnnxStreamingLifter, OnnxWindowLifter
from realtime.lifting.streaming import StreamingLifter

# What must give the joints of a whole-window evaluation.
EQUALS = {
    "streaming": StreamingLifter,
    "onnx streaming": lambda net: OnnxStreamingLifter(exported(net, "streaming")),
    "onnx window": lambda net: OnnxWindowLifter(exported(net, "window")),
    "onnx window, symmetric": lambda net: OnnxWindowLifter(exported(net, "window")),
}
EQUALS_HERE = [k for k in EQUALS if k == "streaming" or find_spec("onnxruntime")]


def walk(seed, length, points=17):
    """Keypoints that wander, in pixels of a 640 × 480 picture."""
    rng = np.random.default_rng(seed)
    start = rng.uniform((100, 100), (500, 400), (points, 2))
    return start + rng.normal(0, 4, (length, points, 2)).cumsum(0)
