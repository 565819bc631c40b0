"""The three forms of an exported network."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.networks import exported, small_network
from support.poses import ROOT

from realtime.errors import UsageError
from realtime.lifting.export.forms import FORMS
from realtime.lifting.export.layers import PRECISIONS
from realtime.lifting.export.parity import random_rays
from realtime.lifting.features import FROM_RAYS
from realtime.skeleton import COCO17, COCO_FEET21

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
onnx = pytest.importorskip("onnx", reason="onnx is not installed")

BOARD = (3, 3, 3, 3, 3)

# What the Ascend compiler (ATC) takes of ONNX, opsets 9 to 13, in CANN 5.0.4, of the time of
# the Atlas 200 DK: hiascend.com, canncommercial/5046, reference/fwoperatorlist, the page
# operatorlist_0071, "operators of ONNX that are supported".
ASCEND = set(
    """
    Abs Acos Acosh AdaptiveAvgPool2D AdaptiveMaxPool2D Add Addcmul AffineGrid And Argmax Argmin AscendRequantS16
    AscendRequant AscendQuant AscendDequantS16 AscendDequant AscendAntiQuant Asin Asinh Atan Atanh AveragePool
    BatchNormalization BatchMatMul BatchMultiClassNMS BitShift Cast Ceil Celu Clip Concat ConvTranspose Cumsum Conv
    Compress Constant ConstantOfShape Cos Cosh DeformableConv2D Det DepthToSpace Div Dropout Elu EmbeddingBag Equal Erf
    Exp Expand EyeLike Flatten Floor Gather GatherND GatherElements Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool
    Greater GreaterOrEqual HardSigmoid hardmax HardSwish Identity If InstanceNormalization Less LeakyRelu LessOrEqual
    Log LogSoftMax LpNormalization LpPool LRN LSTM MatMul Max MaxPool MaxRoiPool MaxUnpool Mean
    MeanVarianceNormalization Min Mod Mul Multinomial Neg NonMaxSuppression NonZero Not OneHot Or RandomNormalLike
    RandomUniformLike RandomUniform Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMin ReduceMean
    ReduceProd ReduceSumSquare Resize Relu ReduceSum ReduceMax Reshape ReverseSequence RoiExtractor RoiAlign Round PRelu
    Scatter ScatterElements ScatterND Shrink Selu Shape Sigmoid Slice Softmax Softsign Softplus SpaceToDepth Split Sqrt
    Squeeze Sub Sign Sin Sinh Size Sum Tanh TfIdfVectorizer Tile ThresholdedRelu TopK Transpose Pad Pow Unsqueeze Where
    Xor
    """.split()
)


def graph_of(network, form, precision="fp32"):
    return onnx.load_from_string(FORMS[form](network, 11, precision)).graph


def in_torch(network, rays):
    """Joints (B, 17, 3) of windows (B, N, 17, 2), by convolutions."""
    features, config = network.card.feature_set, network.card.config
    hips = features.hip_ray(rays)
    output = network.net(torch.from_numpy(features.encode(rays, hips)))[:, 0].numpy()
    joints = features.decode(output, hips[:, -1 if config.causal else config.receptive_field // 2])
    return joints - joints[:, :1]


@settings(deadline=None, max_examples=30)
@given(
    widths=st.lists(st.sampled_from([1, 3, 5]), min_size=1, max_size=4).map(tuple),
    features=st.sampled_from(sorted(FROM_RAYS)),
    causal=st.booleans(),
    mirrored=st.booleans(),
    keypoints=st.sampled_from([COCO17, COCO_FEET21]),
    seed=st.integers(0, 50),
)
def test_a_window_is_what_convolutions_make_of_it(widths, features, causal, mirrored, keypoints, seed):
    network = small_network(widths, seed, features=features, causal=causal, mirrored=mirrored, keypoints=keypoints)
    rays = random_rays(network.card.config.receptive_field, len(keypoints), seed)[None]
    (joints,) = exported(network, "window").session.run(["joints"], {"rays": rays})
    assert joints.shape == (1, 1, 17, 3)
    assert np.allclose(joints[:, 0], in_torch(network, rays), atol=1e-5)


@pytest.mark.parametrize("causal", [True, False], ids=["causal", "symmetric"])
@pytest.mark.parametrize("features", FROM_RAYS)
class TestTheBoardsForm:
    def test_two_windows_do_not_mix(self, features, causal):
        network = small_network(BOARD, features=features, causal=causal, mirrored=causal)
        rays = np.stack([random_rays(243, 17, seed) for seed in (1, 2)])
        (joints,) = exported(network, "batch2").session.run(["joints"], {"rays": rays})
        assert joints.shape == (2, 1, 17, 3)
        assert np.allclose(joints[:, 0], in_torch(network, rays), atol=1e-5)

    @pytest.mark.parametrize("precision", ["fp32", "fp16"])
    def test_its_operators_are_the_boards(self, features, causal, precision):
        network = small_network(BOARD, features=features, causal=causal, mirrored=causal)
        graph = graph_of(network, "batch2", precision)
        assert {node.op_type for node in graph.node} <= ASCEND
        # Limits beyond the names: a Slice's input has more than one axis and its last axis is
        # cut with step 1; a Gemm has no attributes, because early compilers pass over alpha
        # and beta; a reduction's axes are an attribute; nothing is without a fixed shape.
        known = {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer}
        inferred = onnx.shape_inference.infer_shapes(onnx.helper.make_model(graph), strict_mode=True).graph
        shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in inferred.value_info}
        shapes |= {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in graph.input}
        assert all(min(shape, default=1) > 0 for shape in shapes.values())
        for node in graph.node:
            if node.op_type == "Slice":
                rank = len(shapes[node.input[0]])
                assert rank > 1
                assert known[node.input[4]] == 1 or known[node.input[3]] < rank - 1
            if node.op_type == "Gemm":
                assert not node.attribute
            if node.op_type == "ReduceSum":
                assert len(node.input) == 1

    def test_its_operators_are_written_down(self, features, causal):
        written = (ROOT / "docs" / "edge.md").read_text(encoding="utf-8")
        (row,) = re.findall(rf"^\| `{features}` +\|(.*)\|$", written, re.MULTILINE)
        used = {n.op_type for n in graph_of(small_network(BOARD, features=features, causal=causal), "batch2").node}
        assert set(re.findall(r"\w+", row)) == used


def test_a_stream_names_what_it_keeps():
    session = exported(small_network((3, 1, 5)), "streaming").session
    assert {i.name: (i.shape, i.type) for i in session.get_inputs()} == {
        "rays": ([1, 1, 17, 2], "tensor(float)"),
        "reset": ([1], "tensor(bool)"),
        "state_0": ([2, 37], "tensor(float)"),
        "state_2": ([12, 8], "tensor(float)"),  # a kernel of one frame keeps nothing
    }
    assert {o.name: o.shape for o in session.get_outputs()} == {
        "joints": [1, 1, 17, 3],
        "next_state_0": [2, 37],
        "next_state_2": [12, 8],
    }


def test_a_reset_forgets_whatever_was_in_the_states():
    session = exported(small_network(), "streaming").session
    rays = random_rays(1, 17)[None]
    answers = []
    for rubbish in (0, 1e6, np.nan):
        states = {i.name: np.full(i.shape, rubbish, np.float32) for i in session.get_inputs()[2:]}
        answers.append(session.run(None, {"rays": rays, "reset": np.array([True]), **states}))
    assert all(np.array_equal(a, b) for answer in answers for a, b in zip(answer, answers[0], strict=True))


@pytest.mark.parametrize("form", ["window", "streaming"])
def test_fewer_bits_are_smaller_and_near(form):
    network = small_network((3, 3, 3))
    sizes, answers = {}, {}
    for precision in PRECISIONS:
        graph = graph_of(network, form, precision)
        known = {t.name: onnx.numpy_helper.to_array(t) for t in graph.initializer}
        sizes[precision] = Counter(a.dtype.itemsize for a in known.values() if a.shape in ((24, 8), (8, 8)))
        session = exported(network, form, precision).session
        feeds = {i.name: np.zeros(i.shape, np.float32) for i in session.get_inputs() if i.name != "reset"}
        feeds["rays"] = random_rays(feeds["rays"].shape[1], 17)[None]
        if form == "streaming":
            feeds["reset"] = np.array([True])
        answers[precision] = session.run(["joints"], feeds)[0]
    # Two blocks of two matrices each; the first and last layer stay as they are.
    assert sizes == {"fp32": {4: 4}, "fp16": {2: 4}, "int8": {1: 4}}
    size = np.abs(answers["fp32"]).max()
    assert 0 < np.abs(answers["fp16"] - answers["fp32"]).max() < 2e-3 * size
    assert 0 < np.abs(answers["int8"] - answers["fp32"]).max() < 5e-2 * size


def test_rows_of_nothing_survive_rounding():
    network = small_network()
    dead = {**network.state, "layers_bn.0.weight": np.zeros(8, np.float32)}
    rays = random_rays(9, 17)[None]
    for precision in PRECISIONS:
        changed = type(network)(dead, network.card, network.digest)
        (joints,) = exported(changed, "window", precision).session.run(["joints"], {"rays": rays})
        assert np.isfinite(joints).all()


def test_forms_are_refused_where_they_make_no_sense():
    with pytest.raises(UsageError, match=r"needs \d+ future frames; use --form window"):
        FORMS["streaming"](small_network(causal=False), 11, "fp32")
    with pytest.raises(UsageError, match="batch2 needs a network of 243 frames, net has 9"):
        FORMS["batch2"](small_network(), 11, "fp32")
    with pytest.raises(UsageError, match="leave out --quantize int8"):
        FORMS["batch2"](small_network(BOARD), 11, "int8")
