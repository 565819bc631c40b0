"""Arrays in other files are found wherever ONNX has arrays, and nothing else is taken for them."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.errors import WeightsError
from realtime.runtime.onnx_files import refuse_external_data

onnx = pytest.importorskip("onnx", reason="onnx is not installed")
helper = onnx.helper


def outside(name="w"):
    """A tensor whose numbers are in another file."""
    tensor = onnx.numpy_helper.from_array(np.zeros(4, np.float32), name)
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../secret.bin")
    return tensor


def graph(*initializers, nodes=()):
    made = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [4])
    return helper.make_graph(list(nodes), "g", [], [made], list(initializers))


def branch(**attributes):
    return helper.make_node("If", ["c"], ["y"], **attributes)


def sparse():
    index = onnx.numpy_helper.from_array(np.zeros(4, np.int64), "i")
    return helper.make_sparse_tensor(outside(), index, [9])


def model(inner, **more):
    return helper.make_model(inner, **more)


def with_sparse_initializer():
    inner = graph()
    inner.sparse_initializer.append(sparse())
    return model(inner)


def with_training_graph():
    made = model(graph())
    made.training_info.add().initialization.CopyFrom(graph(outside()))
    return made


def only_one_field(field):
    """A tensor that is outside by one of the two fields alone."""
    tensor = outside()
    tensor.ClearField(field)
    return model(graph(tensor))


CONSTANT = helper.make_node("Constant", [], ["y"], value=outside())
PLACES = {
    "initializer": lambda: model(graph(outside())),
    "after others": lambda: model(
        graph(*[onnx.numpy_helper.from_array(np.ones(3), f"a{i}") for i in range(9)], outside())
    ),
    "location alone": lambda: only_one_field("external_data"),
    "data alone": lambda: only_one_field("data_location"),
    "constant": lambda: model(graph(nodes=[CONSTANT])),
    "branch": lambda: model(graph(nodes=[branch(then_branch=graph(outside()), else_branch=graph())])),
    "branch of a branch": lambda: model(
        graph(nodes=[branch(then_branch=graph(nodes=[branch(else_branch=graph(outside()))]))])
    ),
    "sparse initializer": with_sparse_initializer,
    "sparse constant": lambda: model(graph(nodes=[helper.make_node("Constant", [], ["y"], sparse_value=sparse())])),
    "function": lambda: model(
        graph(), functions=[helper.make_function("d", "F", [], ["y"], [CONSTANT], [helper.make_opsetid("", 17)])]
    ),
    "training": with_training_graph,
}


@pytest.mark.parametrize("place", PLACES)
def test_arrays_outside_are_found(place):
    with pytest.raises(WeightsError, match="x has its arrays in other files, which are not read; save it as one file"):
        refuse_external_data(PLACES[place]().SerializeToString(), "x")


def test_arrays_inside_pass():
    inside = [onnx.numpy_helper.from_array(np.arange(300, dtype=kind), kind) for kind in ("float32", "int64", "uint8")]
    listed = helper.make_tensor("l", onnx.TensorProto.FLOAT, [3], [1.0, 2.0, 3.0])
    refuse_external_data(model(graph(*inside, listed, nodes=[branch(then_branch=graph())])).SerializeToString(), "x")
    refuse_external_data(b"", "x")


@given(st.binary(max_size=200))
def test_other_bytes_are_told_or_pass(data):
    """Never another error: what passes is ONNX Runtime's to refuse."""
    with suppress(WeightsError, ValueError):
        refuse_external_data(data, "x")


@pytest.mark.parametrize("data", [b"\x0b", b"\x00\x00", b"\x0a\x05x", b"\xff" * 12, b"\x08", b"\x14\0\0\0ORTM"])
def test_what_is_no_protocol_buffer_is_not_passed_on(data):
    with pytest.raises(ValueError, match=r"protocol buffer|own format"):
        refuse_external_data(data, "x")
