"""Keypoint R-CNN with random weights that sees people everywhere, as files."""

import pickle
import warnings

import pytest

CONFIG = "COCO-Keypoints/keypoint_rcnn_R_{}_FPN_3x.yaml"


def detectron2_or_skip():
    """Detectron2's model zoo; where it is not installed (it is not on PyPI) the test is skipped."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("detectron2.model_zoo", reason="Detectron2 is not installed here")


def random_state(depth, seed=0):
    """Tensors by name.  A residual branch is damped, else random layers blow up; the class
    scores say 'person'."""
    import torch

    zoo = detectron2_or_skip()
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from detectron2.modeling import build_model

        settings = zoo.get_config(CONFIG.format(depth))
        settings.MODEL.DEVICE = "cpu"
        state = build_model(settings).state_dict()
    for name, value in state.items():
        if name.endswith("conv3.norm.weight"):
            value.fill_(0.1)
    state["roi_heads.box_predictor.cls_score.bias"][:] = torch.tensor([8.0, 0.0])
    return state


def save_pth(path, state):
    import torch

    torch.save({"model": state, "iteration": 3}, path)
    return path


def save_pkl(path, state, protocol=2):
    """As the model zoo's files are."""
    arrays = {name: value.numpy() for name, value in state.items()}
    path.write_bytes(pickle.dumps({"model": arrays, "__author__": "a test"}, protocol))
    return path
