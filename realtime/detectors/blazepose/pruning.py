"""Removes what nobody reads from a TensorFlow Lite network.

The landmark network also paints a mask of the person, 256 x 256, which takes 40 % of its time.
Without it the other outputs are the same, bit for bit.
"""

from __future__ import annotations

from typing import Any

from ...runtime.hints import pip
from ...runtime.optional import load

_WHY, _INSTALL = "the detector blazepose", pip("'ai-edge-litert>=2.1'")


def without_outputs(content: bytes, shapes: tuple[tuple[int, ...], ...]) -> bytes:
    """The network (a .tflite file) without the outputs of these shapes and the operations that only
    they need."""
    schema: Any = load("ai_edge_litert.schema_py_generated", _WHY, _INSTALL)
    flatbuffers: Any = load("flatbuffers", _WHY, _INSTALL)
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    model.signatureDefs = None  # they name all outputs
    graph = model.subgraphs[0]
    graph.outputs = [output for output in graph.outputs if tuple(graph.tensors[output].shape) not in shapes]
    needed = _needed(graph)
    graph.operators = [operator for index, operator in enumerate(graph.operators) if index in needed]
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _needed(graph: Any) -> set[int]:
    """Indices of the operations that the outputs depend on."""
    maker = {tensor: index for index, operator in enumerate(graph.operators) for tensor in operator.outputs}
    needed: set[int] = set()
    open_tensors = list(graph.outputs)
    while open_tensors:
        index = maker.get(open_tensors.pop())
        if index is not None and index not in needed:
            needed.add(index)
            open_tensors += list(graph.operators[index].inputs)
    return needed
