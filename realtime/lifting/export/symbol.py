"""Symbolic arrays: operations on them are recorded as nodes of an ONNX graph.

A `Symbol` stands for an array of known shape.  It understands as much of NumPy as the
functions in `features` use, so that those formulas are traced into the graph and exist
only once.  Shapes are fixed, as compilers for boards require.

Operators: https://onnx.ai/onnx/operators/.  What is written means the same in every opset
from 11 on, but for ReduceSum, whose axes became an input with 13.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import EllipsisType, ModuleType
from typing import Any, Protocol

import numpy as np

Shape = tuple[int, ...]
Key = EllipsisType | int | slice | None
_AXES_ARE_INPUTS = 13


class Recorder(Protocol):
    """What the symbols of one graph write their nodes into: see graph.Graph."""

    opset: int

    def node(self, operator: str, inputs: Sequence[Any], shape: Shape, **attributes: Any) -> Symbol:
        """Record an operator and return its output."""

    def nodes(self, operator: str, inputs: Sequence[Any], shapes: Sequence[Shape], **attributes: Any) -> list[Symbol]:
        """As `node`, for operators with several results."""


@dataclass(frozen=True, eq=False)
class Symbol:
    """An array in a graph.  `x[...]` takes keys that begin with an ellipsis."""

    graph: Recorder
    name: str
    shape: Shape

    def __array_namespace__(self) -> ModuleType:
        """Where `sqrt`, `log`, `stack` and `concatenate` of such arrays are."""
        return sys.modules[__name__]

    def __add__(self, other: Any) -> Symbol:
        return _elementwise("Add", self, other)

    def __radd__(self, other: Any) -> Symbol:
        return _elementwise("Add", other, self)

    def __sub__(self, other: Any) -> Symbol:
        return _elementwise("Sub", self, other)

    def __mul__(self, other: Any) -> Symbol:
        return _elementwise("Mul", self, other)

    def __rmul__(self, other: Any) -> Symbol:
        return _elementwise("Mul", other, self)

    def __truediv__(self, other: Any) -> Symbol:
        return _elementwise("Div", self, other)

    def __rtruediv__(self, other: Any) -> Symbol:
        return _elementwise("Div", other, self)

    def __neg__(self) -> Symbol:
        return self.graph.node("Neg", [self], self.shape)

    def __matmul__(self, other: Symbol) -> Symbol:
        batch = np.broadcast_shapes(self.shape[:-2], other.shape[:-2])
        return self.graph.node("MatMul", [self, other], (*batch, self.shape[-2], other.shape[-1]))

    def __getitem__(self, key: tuple[Key, ...]) -> Symbol:
        if key[0] is not Ellipsis:
            raise NotImplementedError("the key must begin with an ellipsis")
        axis = len(self.shape) - sum(item is not None for item in key[1:])
        symbol = self
        for item in key[1:]:
            if isinstance(item, int):
                symbol = symbol._row(axis, item)
                continue
            if item is None:
                symbol = symbol.reshape(*symbol.shape[:axis], 1, *symbol.shape[axis:])
            elif isinstance(item, slice) and item != slice(None):
                symbol = symbol.part(axis, *item.indices(symbol.shape[axis]))
            axis += 1
        return symbol

    def _row(self, axis: int, index: int) -> Symbol:
        shape = (*self.shape[:axis], *self.shape[axis + 1 :])
        return self.graph.node("Gather", [self, np.int64(index % self.shape[axis])], shape, axis=axis)

    def part(self, axis: int, start: int, stop: int, step: int = 1) -> Symbol:
        """`start:stop:step` along an axis; no bound is negative."""
        length = len(range(start, stop, step))
        shape = (*self.shape[:axis], length, *self.shape[axis + 1 :])
        bounds = [np.array([n], np.int64) for n in (start, stop, axis, step)]
        return self.graph.node("Slice", [self, *bounds], shape)

    def reshape(self, *shape: int) -> Symbol:
        """The same elements in another shape; one length may be -1, and follows."""
        if -1 in shape:
            rest = math.prod(self.shape) // -math.prod(shape)
            shape = tuple(rest if n == -1 else n for n in shape)
        if math.prod(shape) != math.prod(self.shape):
            raise ValueError(f"{self.shape} does not make {shape}")
        if shape == self.shape:
            return self
        return self.graph.node("Reshape", [self, np.array(shape, np.int64)], shape)

    def clip(self, low: float, high: float | None) -> Symbol:
        """Every element at least `low` and at most `high`."""
        bounds = [np.float32(bound) for bound in (low, high) if bound is not None]
        return self.graph.node("Clip", [self, *bounds], self.shape)

    def sum(self, axis: int) -> Symbol:
        """Sum over one axis, which goes."""
        axis %= len(self.shape)
        shape = (*self.shape[:axis], *self.shape[axis + 1 :])
        if self.graph.opset < _AXES_ARE_INPUTS:
            return self.graph.node("ReduceSum", [self], shape, axes=[axis], keepdims=0)
        return self.graph.node("ReduceSum", [self, np.array([axis], np.int64)], shape, keepdims=0)

    def relu(self) -> Symbol:
        """Every element at least 0."""
        return self.graph.node("Relu", [self], self.shape)


def _elementwise(operator: str, a: Any, b: Any) -> Symbol:
    graph = a.graph if isinstance(a, Symbol) else b.graph
    a, b = (x if isinstance(x, Symbol) else np.asarray(x, np.float32) for x in (a, b))
    made: Symbol = graph.node(operator, [a, b], np.broadcast_shapes(a.shape, b.shape))
    return made


def sqrt(x: Symbol) -> Symbol:
    """Square root of each element."""
    return x.graph.node("Sqrt", [x], x.shape)


def log(x: Symbol) -> Symbol:
    """Natural logarithm of each element."""
    return x.graph.node("Log", [x], x.shape)


def concatenate(symbols: Sequence[Symbol], axis: int) -> Symbol:
    """Side by side along an axis."""
    first = symbols[0]
    if len(symbols) == 1:
        return first
    axis %= len(first.shape)
    length = sum(symbol.shape[axis] for symbol in symbols)
    shape = (*first.shape[:axis], length, *first.shape[axis + 1 :])
    return first.graph.node("Concat", symbols, shape, axis=axis)


def stack(symbols: Sequence[Symbol], axis: int) -> Symbol:
    """Along a new last axis."""
    if axis != -1:
        raise NotImplementedError("only a last axis")
    return concatenate([symbol[..., None] for symbol in symbols], -1)
