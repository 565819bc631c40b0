"""Networks with the layout of RTMPose's that find dots: each keypoint has a colour of its own."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

INPUT_WH = (192, 256)
GREY = 128  # of a picture without anybody
_BRIGHT = 110.0  # how far a keypoint's colour is from that grey
_OPSET = 13
# What RTMPose's inputs are normalised with (RGB), typed here a second time.
_MEAN, _STD = np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])


def _directions():
    """26 directions (26, 3) away from grey, at least 30° from each other and far from black."""
    turn = math.pi * (3 - math.sqrt(5))
    heights = 1 - (2 * np.arange(40) + 1) / 40
    rings = np.sqrt(1 - heights**2)
    around = turn * np.arange(40)
    points = np.stack([rings * np.cos(around), rings * np.sin(around), heights], 1)
    return points[points.sum(1) > -0.75][:26]


DIRECTIONS = _directions()


def dots(points, size_wh=(640, 480), radius_px=4, image=None):
    """A grey picture (BGR) with a dot for each keypoint; `points` (K, 2) are pixels, counted from 0."""
    image = np.full((size_wh[1], size_wh[0], 3), GREY, np.uint8) if image is None else image
    for (x, y), direction in zip(np.asarray(points).tolist(), DIRECTIONS, strict=False):
        red, green, blue = np.rint(GREY + _BRIGHT * direction).astype(int).tolist()
        cv2.circle(image, (x, y), radius_px, (blue, green, red), -1)
    return image


def save_dot_finder(path, joints=17, **layout):
    """A network that finds the middle of each keypoint's dot, with a score of about 1 and of 0 where
    there is none.  `layout`: see `dot_finder`."""
    path.write_bytes(dot_finder(joints, **layout).SerializeToString())
    return path


def dot_finder(
    joints=17,
    batch="batch",
    size_wh=INPUT_WH,
    outputs=("simcc_x", "simcc_y"),
    threshold=0.93,
    channels=3,
    dtype=np.float32,
    declared_hw=None,
):
    """`threshold`: which colours are a keypoint's (1: exactly its own, less than -2: all, the most
    similar one being the best); `declared_hw`: what the file says of the input's size."""
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    node, kind = onnx.helper.make_node, onnx.helper.np_dtype_to_tensor_dtype
    x, y = outputs
    nodes = [
        node("Cast", ["input"], ["picture"], to=kind(np.dtype(np.float32))),
        node("Conv", ["picture", "colours", "bias"], ["alike"]),
        node("Relu", ["alike"], ["matches"]),
        node("Conv", ["matches", "blur"], ["blurred"], group=joints, pads=[6, 6, 6, 6]),
        node("ReduceMax", ["blurred"], ["columns"], axes=[2], keepdims=0),
        node("ReduceMax", ["blurred"], ["rows"], axes=[3], keepdims=0),
    ]
    for made, wide in (("columns", x), ("rows", y)):
        nodes.append(
            node(
                "Resize",
                [made, "", "twice"],
                [f"{wide}_float"],
                mode="nearest",
                coordinate_transformation_mode="asymmetric",
                nearest_mode="floor",
            )
        )
        nodes.append(node("Cast", [f"{wide}_float"], [wide], to=kind(np.dtype(dtype))))
    given = [batch, channels, *(declared_hw or size_wh[::-1])]
    graph = onnx.helper.make_graph(
        nodes,
        "dots",
        [onnx.helper.make_tensor_value_info("input", kind(np.dtype(dtype)), given)],
        # as PyTorch exports them: the number of keypoints and of bins is often not declared
        [onnx.helper.make_tensor_value_info(o, kind(np.dtype(dtype)), [batch, f"{o}_1", f"{o}_2"]) for o in outputs],
        [onnx.numpy_helper.from_array(a, name) for name, a in _weights(joints, threshold, channels).items()],
    )
    opset = [onnx.helper.make_opsetid("", _OPSET)]
    return onnx.helper.make_model(graph, opset_imports=opset, ir_version=onnx.helper.find_min_ir_version_for(opset))


def _weights(joints, threshold, channels):
    directions = np.resize(DIRECTIONS, (joints, 3))
    # (direction · (rgb - grey) / bright - threshold) / (1 - threshold), for the normalised rgb
    scale = 1 / (_BRIGHT * (1 - threshold))
    bias = (directions @ (_MEAN - GREY) - _BRIGHT * threshold) * scale
    across = np.arange(-6, 7)
    blur = np.exp(-(across[:, None] ** 2 + across**2) / 8.0)
    disc = blur[across[:, None] ** 2 + across**2 <= 16].sum()  # a dot of 4 px scores 1
    return {
        "colours": (directions * _STD * scale)[:, :channels, None, None].astype(np.float32),
        "bias": bias.astype(np.float32),
        "blur": np.tile(blur / disc, (joints, 1, 1, 1)).astype(np.float32),
        "twice": np.array([1, 1, 2], np.float32),
    }
