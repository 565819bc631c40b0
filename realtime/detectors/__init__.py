"""2D detectors by name, imported on demand.

To add one: a module with a class that implements `stages.Detector`, a row in `DETECTORS` and
an extra in setup.cfg.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import Any

from ..errors import UsageError
from ..stages import Detector

AUTO = "auto"


@dataclass(frozen=True)
class DetectorEntry:
    """A row of the table.  `library` is the package that must be importable; `takes_device`
    tells whether the class has a `device` parameter."""

    module: str
    class_name: str
    library: str
    licence: str
    takes_device: bool = False


DETECTORS = {
    "blazepose": DetectorEntry("blazepose", "BlazePose", library="mediapipe", licence="Apache-2.0"),
    "keypoint_rcnn": DetectorEntry(
        "keypoint_rcnn", "KeypointRcnn", library="detectron2", licence="Apache-2.0", takes_device=True
    ),
    "replay": DetectorEntry("replay", "Replay", library="numpy", licence="that of the file"),
}


def installed(name: str) -> bool:
    """Whether the detector's library is installed (it is not imported)."""
    return importlib.util.find_spec(DETECTORS[name].library) is not None


def choose_detector(device: str = AUTO) -> str:
    """The detector for `auto`: keypoint_rcnn if Detectron2 and a CUDA device are available,
    otherwise blazepose."""
    if device == "cpu" or not installed("keypoint_rcnn"):
        return "blazepose"
    import torch

    return "keypoint_rcnn" if torch.cuda.is_available() else "blazepose"


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
