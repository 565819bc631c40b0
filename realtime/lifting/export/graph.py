"""An ONNX file in the making: nodes, constants, inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...runtime import optional
from ...runtime.hints import install, pip
from .symbol import Shape, Symbol

_PRODUCER = "realtime-pose3d"


class Graph:
    """Nodes in the order they were asked for.  Raises MissingLibrary without onnx."""

    def __init__(self, opset: int) -> None:
        self.opset = opset
        self._onnx = optional.load("onnx", "writing ONNX", f"{pip('onnx')}, or {install('onnx')}")
        self._nodes: list[Any] = []
        self._constants: dict[tuple[str, Shape, bytes], Any] = {}
        self._inputs: list[Any] = []
        self._outputs: dict[str, Symbol] = {}

    def input(self, name: str, shape: Shape, dtype: type[np.generic] = np.float32) -> Symbol:
        """An array that the caller gives."""
        self._inputs.append(self._described(name, shape, dtype))
        return Symbol(self, name, shape)

    def output(self, name: str, symbol: Symbol) -> None:
        """Give the caller an array of float32."""
        self._outputs[name] = symbol

    def node(self, operator: str, inputs: Sequence[Any], shape: Shape, **attributes: Any) -> Symbol:
        """What the operator makes of its inputs; numbers and arrays become constants."""
        (made,) = self.nodes(operator, inputs, (shape,), **attributes)
        return made

    def nodes(self, operator: str, inputs: Sequence[Any], shapes: Sequence[Shape], **attributes: Any) -> list[Symbol]:
        """As `node`, for operators with several results."""
        names = [i.name if isinstance(i, Symbol) else self._constant(i) for i in inputs]
        number = len(self._nodes)
        made = [Symbol(self, f"{operator}_{number}_{k}", shape) for k, shape in enumerate(shapes)]
        outputs = [symbol.name for symbol in made]
        self._nodes.append(
            self._onnx.helper.make_node(operator, names, outputs, name=f"{operator}_{number}", **attributes)
        )
        return made

    def serialise(self, name: str) -> bytes:
        """The file's bytes, of the oldest format that holds this opset."""
        helper = self._onnx.helper
        public = {symbol.name: given for given, symbol in self._outputs.items()}
        for node in self._nodes:
            for names in (node.input, node.output):
                names[:] = [public.get(n, n) for n in names]
        outputs = [self._described(given, symbol.shape, np.float32) for given, symbol in self._outputs.items()]
        graph = helper.make_graph(self._nodes, name, self._inputs, outputs, list(self._constants.values()))
        opset = [helper.make_opsetid("", self.opset)]
        version = helper.find_min_ir_version_for(opset)
        model = helper.make_model(graph, opset_imports=opset, ir_version=version, producer_name=_PRODUCER)
        self._onnx.checker.check_model(model, full_check=True)
        data: bytes = model.SerializeToString()
        return data

    def _constant(self, value: Any) -> str:
        array = np.asarray(value, order="C")
        if array.dtype.kind == "f" and array.dtype != np.float16:
            array = array.astype(np.float32)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            name = f"constant_{len(self._constants)}"
            self._constants[key] = self._onnx.numpy_helper.from_array(array, name)
        constant: str = self._constants[key].name
        return constant

    def _described(self, name: str, shape: Shape, dtype: type[np.generic]) -> Any:
        helper = self._onnx.helper
        return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), shape)
