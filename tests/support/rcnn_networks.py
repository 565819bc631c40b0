"""Keypoint R-CNN with random weights that sees people everywhere, as files."""

import pickle
import warnings

import pytest

from benchmarks import rcnn_weights
from benchmarks.rcnn_weights import CONFIG, save_pth

__all__ = ["CONFIG", "detectron2_or_skip", "random_state", "save_pkl", "save_pth"]


def detectron2_or_skip():
    """Detectron2's model zoo; where it is not installed (it is not on PyPI) the test is skipped."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("detectron2.model_zoo", reason="Detectron2 is not installed here")


def random_state(depth, seed=0):
    """Tensors by name."""
    detectron2_or_skip()
    return rcnn_weights.random_state(depth, seed)


def save_pkl(path, state, protocol=2):
    """As the model zoo's files are."""
    arrays = {name: value.numpy() for name, value in state.items()}
    path.write_bytes(pickle.dumps({"model": arrays, "__author__": "a test"}, protocol))
    return path
