"""2D detectors by name, imported on demand.

To add one: a module with a class that implements `stages.Detector`, a row in `DETECTORS`, an
extra in setup.cfg, and in settings.py what the user may choose about it.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..errors import MissingLibrary, UsageError
from ..runtime.hints import pip
from ..runtime.optional import load
from ..skeleton import BLAZEPOSE33, COCO17, Skeleton
from ..stages import Detector

AUTO = "auto"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DetectorEntry:
    """A row of the table.

    `library` is the package that must be importable; `takes_device` tells whether the class has a
    `device` parameter.  `settings` are those that belong to this detector, each with the name of the
    parameter that takes it; `needs` is the one that must be given.  `fetches` tells whether it uses
    BlazePose's networks, which are downloaded once.  `crowd` is the number of people
    (parameter `people`) to find when somebody other than the most prominent person may be followed.
    `points` are the keypoints that it finds, whatever file it is given; a network is chosen by them.
    """

    module: str
    class_name: str
    library: str
    licence: str
    takes_device: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    needs: str | None = None
    fetches: bool = False
    crowd: int | None = None
    points: Skeleton = COCO17


DETECTORS = {
    "blazepose": DetectorEntry(
        "blazepose.detector",
        "BlazePose",
        library="ai_edge_litert",
        licence="Apache-2.0",
        settings={"landmarks": "landmarks"},
        fetches=True,
        crowd=4,
        points=BLAZEPOSE33,
    ),
    "keypoint_rcnn": DetectorEntry(
        "keypoint_rcnn",
        "KeypointRcnn",
        library="detectron2",
        licence="Apache-2.0",
        takes_device=True,
        settings={
            "rcnn_config": "config",
            "rcnn_weights": "weights",
            "rcnn_size": "min_size_px",
            "rcnn_people": "people",
            "rcnn_proposals": "proposals",
        },
        crowd=20,
    ),
    "rtmpose": DetectorEntry(
        "rtmpose",
        "RtmPose",
        library="onnxruntime",
        licence="that of the network; Apache-2.0 for OpenMMLab's",
        takes_device=True,
        settings={"detector_file": "path"},
        needs="detector_file",
        fetches=True,
        crowd=4,
    ),
    "mediapipe": DetectorEntry(
        "mediapipe_pose", "MediaPipePose", library="mediapipe", licence="Apache-2.0", points=BLAZEPOSE33
    ),
    "replay": DetectorEntry(
        "replay",
        "Replay",
        library="numpy",
        licence="that of the file",
        settings={"keypoints": "path", "video": "video"},
        needs="keypoints",
    ),
}


def installed(name: str) -> bool:
    """Whether the detector's library is installed (it is not imported)."""
    return importlib.util.find_spec(DETECTORS[name].library) is not None


def choose_detector(device: str = AUTO) -> str:
    """The detector for `auto`: keypoint_rcnn if Detectron2 works and there is a CUDA device,
    otherwise blazepose; mediapipe where only that is installed (Intel Macs)."""
    if device != "cpu" and installed("keypoint_rcnn") and _detectron2_has_gpu():
        return "keypoint_rcnn"
    return "mediapipe" if installed("mediapipe") and not installed("blazepose") else "blazepose"


@cache
def _detectron2_has_gpu() -> bool:
    """Whether there is a CUDA device, and Detectron2 works; what is broken is logged, once."""
    from .keypoint_rcnn import import_detectron2

    try:
        torch = load("torch", "the detector keypoint_rcnn", pip("torch"))
        if not torch.cuda.is_available():
            return False
        import_detectron2()
    except MissingLibrary as fault:
        _log.warning("%s.  Taken instead: blazepose", fault)
        return False
    return True


def open_detector(name: str = AUTO, device: str = AUTO, **options: Any) -> Detector:
    """Open a detector; takes seconds.

    `device` is auto, cpu or cuda, for detectors that use it; `options` are passed to the class
    (`Replay` needs `path`).  Raises UsageError for an unknown name, MissingLibrary with what to
    install, WeightsError or FormatError for invalid files.
    """
    if name == AUTO:
        name = choose_detector(device)
    if name not in DETECTORS:
        raise UsageError(f"unknown detector {name!r}; choose from auto, {', '.join(DETECTORS)}")
    entry = DETECTORS[name]
    if entry.takes_device:
        options["device"] = device
    module = importlib.import_module(f".{entry.module}", __name__)
    detector: Detector = getattr(module, entry.class_name)(**options)
    return detector
