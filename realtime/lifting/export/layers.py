"""A network's layers as nodes, in one of three precisions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...pose import Array
from .symbol import Symbol

# Steps on either side of zero; weights are kept as unsigned bytes, because not every
# processor multiplies signed ones by unsigned ones without overflow:
# https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
_STEPS = 127
_ZERO = np.uint8(128)
_FLOAT = 1  # onnx.TensorProto.FLOAT

Dense = Callable[[Symbol, Array, Array], Symbol]


def exact(x: Symbol, matrix: Array, bias: Array) -> Symbol:
    """Rows x (rows, in) times the transposed matrix (out, in), plus the bias (out,)."""
    return x.graph.node("Gemm", [x, matrix.T, bias], (x.shape[0], len(bias)))


def half(x: Symbol, matrix: Array, bias: Array) -> Symbol:
    """As `exact`, with the matrix kept in 16 bits; computed in 32.  What is too large for
    16 bits becomes infinite."""
    with np.errstate(over="ignore"):
        rounded = matrix.T.astype(np.float16)
    kept = x.graph.node("Cast", [rounded], rounded.shape, to=_FLOAT)
    return x.graph.node("Gemm", [x, kept, bias], (x.shape[0], len(bias)))


def byte(x: Symbol, matrix: Array, bias: Array) -> Symbol:
    """As `exact`, with matrix and x rounded to 8 bits: each row of the matrix by its own
    largest element, x by its range at the time."""
    scale = np.maximum(np.abs(matrix).max(1), np.finfo(np.float32).tiny) / _STEPS
    kept = (np.round(matrix / scale[:, None]) + _ZERO).astype(np.uint8).T
    graph, shape = x.graph, (x.shape[0], len(bias))
    rounded, step, zero = graph.nodes("DynamicQuantizeLinear", [x], (x.shape, (), ()))
    product = graph.node("MatMulInteger", [rounded, kept, zero, _ZERO], shape)
    wide: Symbol = graph.node("Cast", [product], shape, to=_FLOAT) * (step * scale) + bias
    return wide


PRECISIONS: dict[str, Dense] = {"fp32": exact, "fp16": half, "int8": byte}
