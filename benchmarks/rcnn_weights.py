"""Weights of Keypoint R-CNN made on the spot: random, and sure to see people everywhere.

They cost what trained ones do where the picture is full of people.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

CONFIG = "COCO-Keypoints/keypoint_rcnn_R_{}_FPN_3x.yaml"


def random_state(depth: int, seed: int = 0) -> dict[str, Any]:
    """Tensors by name, for a ResNet of 50 or 101 layers.  A residual branch is damped, else random
    layers blow up; the class scores say 'person'."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecation warnings of its dependencies
        import torch
        from detectron2 import model_zoo
        from detectron2.modeling import build_model

        torch.manual_seed(seed)
        settings = model_zoo.get_config(CONFIG.format(depth))
        settings.MODEL.DEVICE = "cpu"
        state: dict[str, Any] = build_model(settings).state_dict()
    for name, value in state.items():
        if name.endswith("conv3.norm.weight"):
            value.fill_(0.1)
    state["roi_heads.box_predictor.cls_score.bias"][:] = torch.tensor([8.0, 0.0])
    return state


def save_pth(path: Path, state: dict[str, Any]) -> Path:
    """As Detectron2's training saves them."""
    import torch

    torch.save({"model": state, "iteration": 3}, path)
    return path
