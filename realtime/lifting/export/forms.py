"""The forms a network is exported in.

Rays go in and joints come out: the channels a network is fed are computed inside, and its
answer is turned back inside, so that a board needs pixels → rays and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...errors import UsageError
from ..features import Mirror
from ..model_files import Network
from ..tcn.streaming import folded
from .graph import Graph
from .layers import PRECISIONS, Dense, exact
from .symbol import Symbol, concatenate

BOARD_FRAMES = 243


def window(network: Network, opset: int, precision: str, batch: int = 1) -> bytes:
    """`rays` (batch, N, 17, 2) → `joints` (batch, 1, 17, 3) of the newest frame; of the
    middle one for a symmetric network, and of the one before the newest by its delay for one that has one."""
    card, config, frames = network.card, network.card.config, network.card.config.receptive_field
    graph = Graph(opset)
    rays = graph.input("rays", (batch, frames, len(card.keypoints), 2))
    hips = card.feature_set.hip_ray(rays)
    x = _channels(network, rays, hips)
    for i, width in enumerate(config.filter_widths):
        # A kernel's taps lie side by side in a row, as in TemporalConvNet.forward_window.
        taps = x.reshape(x.shape[0] // width, width * x.shape[1])
        tap = config.residual_tap(i) * config.channels
        x = _layer(network, i, taps, PRECISIONS[precision], residual=tap)
    answered = frames - 1 - config.lookahead
    graph.output("joints", _joints(network, x, hips[..., answered : answered + 1, :]))
    return graph.serialise(f"{network.card.name} window")


def batch2(network: Network, opset: int, precision: str) -> bytes:
    """`window` for two windows of 243 frames at a time, as the Atlas 200 DK port of
    VideoPose3D runs them: the keypoints and their mirror image.  Raises UsageError for
    other networks, and for precisions that the board's compiler does not support."""
    frames = network.card.config.receptive_field
    if frames != BOARD_FRAMES:
        raise UsageError(
            f"--form batch2 needs a network of {BOARD_FRAMES} frames, {network.card.name} has {frames}: "
            "use --form window"
        )
    if precision == "int8":
        raise UsageError("the board's compiler does not support ONNX's int8 operators; leave out --quantize int8")
    return window(network, opset, precision, batch=2)


def streaming(network: Network, opset: int, precision: str) -> bytes:
    """`rays` (1, 1, 17, 2) of the next frame, `reset` (1,) bool, and each layer's past
    activations, `state_i` (frames, channels) → `joints` (1, 1, 17, 3) and `next_state_i`.

    With `reset` the given states are ignored: the frame is repeated as the whole past.
    A mirrored network has `state_i_mirrored` beside.  Raises UsageError for a network that sees the future.
    """
    card, config = network.card, network.card.config
    if config.lookahead:
        raise UsageError(f"{card.name} needs {config.lookahead} future frames; use --form window")
    graph = Graph(opset)
    rays = graph.input("rays", (1, 1, len(card.keypoints), 2))
    reset = graph.input("reset", (1,), np.bool_)
    hip = card.feature_set.hip_ray(rays)
    x = _channels(network, rays, hip)
    for i, (width, dilation) in enumerate(zip(config.filter_widths, config.dilations, strict=True)):
        taps = x if width == 1 else _taps(graph, i, x, reset, width, dilation)
        x = _layer(network, i, taps, PRECISIONS[precision], residual=(width - 1) * config.channels)
    graph.output("joints", _joints(network, x, hip))
    return graph.serialise(f"{network.card.name} streaming")


def _channels(network: Network, rays: Symbol, hips: Symbol) -> Symbol:
    """One row of channels for each frame; for a mirrored network then those of the mirror images."""
    encoded: Symbol = network.card.feature_set.encode(rays, hips)
    rows = encoded.reshape(-1, encoded.shape[-1])
    mirrors = network.card.mirrors
    return rows if mirrors is None else concatenate([rows, _mirrored(rows, mirrors.channels)], 0)


def _mirrored(rows: Symbol, mirror: Mirror) -> Symbol:
    matrix = np.array(mirror.matrix(), np.float32)
    return exact(rows, matrix.T, np.zeros(len(matrix), np.float32))


def _taps(graph: Graph, i: int, x: Symbol, reset: Symbol, width: int, dilation: int) -> Symbol:
    """The columns that a layer's kernel sees, side by side, the newest being x (1, C); of a
    mirrored network the two of x (2, C), each with a state of its own."""
    names = [f"state_{i}", f"state_{i}_mirrored"][: x.shape[0]]
    rows = []
    for k, name in enumerate(names):
        newest = x.part(0, k, k + 1)
        past = graph.input(name, ((width - 1) * dilation, x.shape[1]))
        past = graph.node("Where", [reset, newest, past], past.shape)
        columns = concatenate([past, newest], 0)
        frames = columns.shape[0]
        graph.output(f"next_{name}", columns.part(0, 1, frames))
        rows.append(columns.part(0, 0, frames, dilation).reshape(1, width * x.shape[1]))
    return concatenate(rows, 0)


def _layer(network: Network, i: int, taps: Symbol, dense: Dense, residual: int) -> Symbol:
    """The i-th layer of rows of taps; its residual begins at the column `residual`."""
    state = network.state
    if i == 0:
        return exact(taps, *folded(state, "expand_conv", "expand_bn")).relu()
    x = taps
    for k in (2 * i - 2, 2 * i - 1):
        x = dense(x, *folded(state, f"layers_conv.{k}", f"layers_bn.{k}")).relu()
    return taps.part(1, residual, residual + x.shape[1]) + x


def _joints(network: Network, x: Symbol, hip: Symbol) -> Symbol:
    """The last layer's rows (batch, channels) → joints (batch, 1, J, 3) about the root; a
    mirrored network has as many rows more."""
    state, card = network.state, network.card
    flat = exact(x, state["shrink.weight"][:, :, 0], state["shrink.bias"])
    if (mirrors := card.mirrors) is not None:
        half = flat.shape[0] // 2
        flat = (flat.part(0, 0, half) + _mirrored(flat.part(0, half, 2 * half), mirrors.joints)) * 0.5
    joints = card.feature_set.decode(flat.reshape(flat.shape[0], 1, -1, 3), hip)
    root = card.joints.root
    centred: Symbol = joints - joints[..., root : root + 1, :]
    return centred


Form = Callable[[Network, int, str], bytes]
FORMS: dict[str, Form] = {"window": window, "streaming": streaming, "batch2": batch2}
