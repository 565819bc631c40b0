"""Detectron2's Keypoint R-CNN: any person keypoint network of its model zoo.

K. He et al., "Mask R-CNN", 2017; Y. Wu et al., "Detectron2", 2019.  Apache-2.0.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ..errors import DetectorError, UsageError
from ..pose import DetectedPerson, Frame, Pose2D, bgr_image
from ..runtime.hints import page
from ..runtime.optional import library_errors, load
from ..skeleton import COCO17
from .points import checked_points
from .zoo_weights import fetch, read_weights, take_weights

DEFAULT_CONFIG = "COCO-Keypoints/keypoint_rcnn_R_50_FPN_3x.yaml"
_MIN_SCORE = 0.7  # of a person; the threshold used for VideoPose3D's keypoints
_SMALLEST_PX, _LARGEST_PX = 64, 4096
_WHY = "the detector keypoint_rcnn"
_INSTALL = f"{page('docs/detectron2.md')} says what to install, in which order; or use --detector blazepose"


class KeypointRcnn:
    """17 COCO keypoints of everybody in the frame.

    `config` is a keypoint configuration of the model zoo, `weights` a file of your own
    (.pkl or .pth) instead of the zoo's, which are downloaded once.  `min_size_px` is the size
    to which the image's shorter side is scaled: 800 as in training; 480 and 320 are 2 to 4
    times faster.  Keypoints are estimated for at most `people` people, those with the highest
    scores; fewer are faster in a crowd, but with 1 a person is lost as soon as another one
    scores higher.  `proposals` (1000 as in training) is the number of region proposals kept;
    fewer are faster on a CPU.

    `score` is the peak of a keypoint's heat map, typically 0.1 to 0.5, much lower than the
    scores of other detectors.
    """

    name = "keypoint_rcnn"
    skeleton = COCO17
    many_people = True

    def __init__(
        self,
        device: str = "auto",
        config: str = DEFAULT_CONFIG,
        weights: str | Path | None = None,
        min_size_px: int = 800,
        people: int = 4,
        proposals: int = 1000,
    ) -> None:
        if not _SMALLEST_PX <= min_size_px <= _LARGEST_PX:
            raise UsageError(f"the detector's image size must be {_SMALLEST_PX} to {_LARGEST_PX} px, not {min_size_px}")
        if min(people, proposals) < 1:
            raise UsageError(f"the detector needs at least one person and one region, not {people} and {proposals}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deprecation warnings of its dependencies
            zoo, engine = import_detectron2()
            settings = _settings(zoo, config)
            settings.MODEL.DEVICE = _device(device)
            settings.MODEL.WEIGHTS = ""  # Detectron2 would unpickle the file
            settings.INPUT.MIN_SIZE_TEST = min_size_px
            settings.MODEL.ROI_HEADS.SCORE_THRESH_TEST = _MIN_SCORE
            settings.MODEL.RPN.POST_NMS_TOPK_TEST = proposals
            settings.TEST.DETECTIONS_PER_IMAGE = people
            path = Path(weights) if weights else fetch(_address(zoo, config))
            state = read_weights(path)
            with library_errors("detectron2", f"{_WHY} on {settings.MODEL.DEVICE}", _INSTALL):
                self._predict = engine.DefaultPredictor(settings)
                take_weights(self._predict.model, state, f"{path} (for {config})")
                self._predict(np.zeros((64, 64, 3), np.uint8))  # warm up: the first call is slow

    def __call__(self, frame: Frame) -> list[DetectedPerson]:
        """Everybody detected in the frame."""
        found = self._predict(bgr_image(frame.image))["instances"]
        # Not all of it, as its heat maps take a megabyte for four people.
        boxes, scores, points = (
            tensor.cpu().numpy() for tensor in (found.pred_boxes.tensor, found.scores, found.pred_keypoints)
        )
        xy, score = checked_points(points[..., :2], points[..., 2], frame.size_wh)
        keypoints = (Pose2D.seen_in(frame, COCO17, *person) for person in zip(xy, score, strict=True))
        return [DetectedPerson(*one) for one in zip(keypoints, boxes, scores.tolist(), strict=True)]

    def close(self) -> None:
        """Free the network; may be called twice."""
        self._predict = None


def import_detectron2() -> tuple[ModuleType, ModuleType]:
    """`detectron2.model_zoo` and `detectron2.engine`.  Raises MissingLibrary."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecation warnings of its dependencies
        return load("detectron2.model_zoo", _WHY, _INSTALL), load("detectron2.engine", _WHY, _INSTALL)


def _settings(zoo: Any, config: str) -> Any:
    try:
        settings = zoo.get_config(config) if config.endswith(".yaml") else None
    except (RuntimeError, OSError) as error:
        raise UsageError(f"Detectron2's model zoo has no {config!r}; the default is {DEFAULT_CONFIG}") from error
    model = settings.MODEL if settings else None  # .py configurations have another structure
    keypoints = model.ROI_KEYPOINT_HEAD.NUM_KEYPOINTS if model is not None and model.KEYPOINT_ON else 0
    if keypoints != len(COCO17):
        raise UsageError(f"{config} detects no keypoints of people; use one of COCO-Keypoints/*.yaml")
    return settings


def _address(zoo: Any, config: str) -> str:
    try:
        return str(zoo.get_checkpoint_url(config))
    except RuntimeError as error:
        raise UsageError(f"Detectron2's model zoo has no weights for {config}; give a file of your own") from error


def _device(device: str) -> str:
    torch = load("torch", _WHY, _INSTALL)
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise DetectorError("--device cuda: PyTorch finds no CUDA GPU; use --device cpu")
    return device
