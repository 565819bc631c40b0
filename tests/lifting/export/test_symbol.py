"""Arrays that write themselves into a graph, against the same done by NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from realtime.lifting.export.graph import Graph
from realtime.lifting.export.symbol import concatenate, stack
from realtime.lifting.features import FROM_RAYS, feature_set, hip_ray
from realtime.lifting.onnx import open_session
from realtime.skeleton import COCO17

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

SHAPE = (2, 3, 4)


def run(function, *given_arrays, opset=11):
    """What ONNX Runtime makes of a function of symbols."""
    graph = Graph(opset)
    symbols = [graph.input(f"x{i}", x.shape) for i, x in enumerate(given_arrays)]
    graph.output("y", function(*symbols))
    session = open_session(graph.serialise("test"), "the graph")
    feeds = {f"x{i}": x for i, x in enumerate(given_arrays)}
    (made,) = session.run(["y"], feeds)
    assert list(made.shape) == session.get_outputs()[0].shape
    return made


def encoded(name):
    return lambda rays: feature_set(name, COCO17).encode(rays, hip_ray(rays, COCO17))


def answered(name):
    return lambda joints, rays: (
        feature_set(name, COCO17).decode(joints, hip_ray(rays, COCO17)) + 0
    )  # a graph is never empty


@pytest.mark.parametrize("opset", [11, 13, 18])
@pytest.mark.parametrize("name", FROM_RAYS)
@pytest.mark.parametrize("spread", [0.0, 0.1, 1.0, 50.0])
def test_features_are_what_they_are_in_numpy(name, opset, spread):
    rng = np.random.default_rng(3)
    rays = (rng.normal(0, 0.4, (2, 5, 1, 2)) + rng.normal(0, spread, (2, 5, 17, 2))).astype(np.float32)
    joints = rng.normal(0, 1, (2, 5, 17, 3)).astype(np.float32)
    assert np.allclose(run(encoded(name), rays, opset=opset), encoded(name)(rays), atol=1e-5)
    assert np.allclose(run(answered(name), joints, rays, opset=opset), answered(name)(joints, rays), atol=1e-5)


KEYS = [
    np.s_[..., 0],
    np.s_[..., -1],
    np.s_[..., 1, :],
    np.s_[..., 0, 2, 3],
    np.s_[..., None],
    np.s_[..., None, :],
    np.s_[..., 0, None],
    np.s_[..., :1, :],
    np.s_[..., -2:],
    np.s_[..., 1:3],
    np.s_[..., 1, 0:2, None, :],
]


@pytest.mark.parametrize("key", KEYS, ids=map(str, KEYS))
def test_keys_are_numpys(key):
    x = np.arange(24, dtype=np.float32).reshape(SHAPE)
    assert np.array_equal(run(lambda s: s[key] + 0, x), x[key])


numbers = st.floats(-8, 8, width=32)


@settings(deadline=None, max_examples=30)
@given(
    x=arrays.arrays(np.float32, SHAPE, elements=numbers),
    y=arrays.arrays(np.float32, (3, 1), elements=numbers.filter(lambda v: abs(v) > 0.1)),
)
def test_arithmetic_is_numpys(x, y):
    def several(a, b):
        return -(a + b) * a - 2 * b / (1 + b * b) + 1 / b + (a * a).sum(-1)[..., None].clip(1, None)

    assert np.allclose(run(several, x, y), several(x, y), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("opset", [11, 13])
def test_sums_products_and_joins_are_numpys(opset):
    x = np.arange(24, dtype=np.float32).reshape(SHAPE)
    assert np.array_equal(run(lambda s: s.sum(-1), x, opset=opset), x.sum(-1))
    assert np.array_equal(run(lambda s: s.sum(1), x, opset=opset), x.sum(1))
    assert np.array_equal(run(lambda s: s @ s.reshape(2, -1, 3), x), x @ x.reshape(2, -1, 3))
    assert np.array_equal(run(lambda s: s.part(2, 0, 4, 2) * 1, x), x[:, :, ::2])
    assert np.array_equal(run(lambda s: stack([s, -s], -1), x), np.stack([x, -x], -1))
    assert np.array_equal(run(lambda s: concatenate([s, -s], 1), x), np.concatenate([x, -x], 1))


def test_what_would_be_written_wrong_is_refused():
    symbol = Graph(11).input("x", SHAPE)
    with pytest.raises(ValueError, match=r"\(2, 3, 4\) does not make \(5, 5\)"):
        symbol.reshape(5, 5)
    with pytest.raises(NotImplementedError):
        symbol[0, ...]
    with pytest.raises(NotImplementedError):
        stack([symbol], 0)


def test_a_file_is_of_the_oldest_format_that_holds_its_opset():
    import onnx

    versions = {}
    for opset in (11, 13, 21):
        graph = Graph(opset)
        graph.output("y", graph.input("x", SHAPE) * 2)
        model = onnx.load_from_string(graph.serialise("test"))
        assert [(i.domain, i.version) for i in model.opset_import] == [("", opset)]
        versions[opset] = model.ir_version
    assert versions == {11: 6, 13: 7, 21: 10}  # https://onnx.ai/onnx/repo-docs/Versioning.html
