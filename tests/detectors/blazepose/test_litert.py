import cv2
import numpy as np
import pytest
from support.demo_clip import demo_frames
from support.processes import run_python

from realtime.detectors.blazepose.litert import Network
from realtime.detectors.blazepose.network_files import read_network

LOGITS, BOXES = (1, 2254, 1), (1, 2254, 12)


@pytest.fixture(scope="module")
def network():
    return Network(read_network("pose_detection"), 1)


@pytest.fixture(scope="module")
def picture():
    return cv2.resize(demo_frames(1)[0].image[:, :480], (224, 224))


def test_outputs_are_found_by_their_shapes(network, picture):
    network.run(picture, 2 / 255, -1)
    assert network.output(*LOGITS).shape == LOGITS
    assert network.output(*BOXES).shape == BOXES
    with pytest.raises(KeyError):
        network.output(1, 2)


def test_single_values_are_those_of_the_whole(network, picture):
    network.run(picture, 2 / 255, -1)
    wanted = np.array([[0, 5], [12 * 2254 - 1, 5]])
    np.testing.assert_array_equal(network.gather(wanted, *BOXES), network.output(*BOXES).ravel()[wanted])


def test_answers_are_copies(network, picture):
    network.run(picture, 2 / 255, -1)
    output, gathered = network.output(*LOGITS), network.gather([7, 8], *LOGITS)
    before = output.copy(), gathered.copy()
    network.run(255 - picture, 2 / 255, -1)
    assert np.abs(network.output(*LOGITS) - before[0]).max() > 0.1
    np.testing.assert_array_equal(output, before[0])
    np.testing.assert_array_equal(gathered, before[1])


def test_scale_and_offset_are_applied(network, picture):
    """Half the values at twice the scale are the same; 2/255 · (x + 10) - 1 is 2/255 · x - 1 + 20/255."""
    even = picture // 4 * 2  # below 128
    network.run(even, 2 / 255, -1)
    expected = network.output(*LOGITS)
    network.run(even // 2, 4 / 255, -1)
    np.testing.assert_allclose(network.output(*LOGITS), expected, atol=1e-3)
    network.run(even + 10, 2 / 255, -1 - 20 / 255)
    np.testing.assert_allclose(network.output(*LOGITS), expected, atol=1e-3)


def test_blue_is_last_for_the_network(network, picture):
    """It was trained on RGB: with red and blue exchanged the person is less sure."""
    network.run(picture, 2 / 255, -1)
    right = network.output(*LOGITS).max()
    network.run(np.ascontiguousarray(picture[..., ::-1]), 2 / 255, -1)
    assert network.output(*LOGITS).max() < right


def test_as_many_threads_as_wished_and_the_same_answer(network, picture):
    network.run(picture, 2 / 255, -1)
    other = Network(read_network("pose_detection"), 2)
    other.run(picture, 2 / 255, -1)
    np.testing.assert_allclose(other.output(*BOXES), network.output(*BOXES), rtol=1e-3, atol=1e-2)


def test_a_broken_library_is_told_in_one_line(tmp_path):
    """A folder in front of the path with a LiteRT that does not load."""
    (tmp_path / "ai_edge_litert.py").write_text("raise ImportError('libfoo.so.1: cannot open shared object file')")
    code = "from realtime.detectors import open_detector\nfrom realtime.errors import MissingLibrary\n"
    code += "try: open_detector('blazepose')\nexcept MissingLibrary as e: print(e)"
    done = run_python(code, tmp_path, flags=("-W", "error"))
    assert "libfoo.so.1" in done.stdout
    assert "pip install --force-reinstall 'ai-edge-litert" in done.stdout
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
