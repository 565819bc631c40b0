"""The real networks, with the mask of the person and without it."""

import cv2
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from support.demo_clip import demo_frames

from realtime.detectors.blazepose import KINDS
from realtime.detectors.blazepose.network_files import is_present, read_network
from realtime.detectors.blazepose.pruning import without_outputs

MASK = (1, 256, 256, 1)


@pytest.fixture(scope="module", params=KINDS)
def content(request):
    name = f"pose_landmark_{request.param}"
    if not is_present(name):
        pytest.skip(f"the network {name} is not here")
    return read_network(name)


@pytest.fixture(scope="module")
def pruned(content):
    return without_outputs(content, (MASK,))


def outputs(content):
    """By shape, of a crop of the demo clip."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    (given,) = interpreter.get_input_details()
    crop = cv2.resize(demo_frames(1)[0].image[90:410, 30:350], (256, 256))
    interpreter.set_tensor(given["index"], crop[None].astype(np.float32) / 255)
    interpreter.invoke()
    details = interpreter.get_output_details()
    return {tuple(map(int, one["shape"])): interpreter.get_tensor(one["index"]) for one in details}


def operations(content):
    return schema.Model.GetRootAsModel(content, 0).Subgraphs(0).OperatorsLength()


def test_what_is_left_is_the_same_bit_for_bit(content, pruned):
    whole, rest = outputs(content), outputs(pruned)
    assert set(rest) == set(whole) - {MASK}
    assert MASK in whole
    assert len(rest) >= 4  # landmarks, presence, heatmaps, landmarks in metres
    for shape, values in rest.items():
        np.testing.assert_array_equal(values, whole[shape])
        assert np.isfinite(values).all()


def test_the_operations_for_the_mask_are_gone(content, pruned):
    assert operations(pruned) < operations(content)
    assert without_outputs(pruned, (MASK,)) == pruned  # nothing is left to remove


@pytest.mark.parametrize("shapes", [(), ((7, 7),)], ids=["none", "not there"])
def test_nothing_to_remove(shapes):
    content = read_network("pose_detection")
    same = without_outputs(content, shapes)
    interpreter = Interpreter(model_content=same)
    interpreter.allocate_tensors()
    interpreter.invoke()
    assert {tuple(map(int, one["shape"])) for one in interpreter.get_output_details()} == {(1, 2254, 12), (1, 2254, 1)}
    assert operations(same) == operations(content)
