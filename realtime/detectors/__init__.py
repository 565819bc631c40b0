"""2D detectors by name, loaded when one is asked for.

To add one: a module with a class that fulfils `stages.Detector`, a row here, an extra in
setup.cfg.
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
    """A row of the table.  `library` is what must be importable; `takes_device` says whether
    the class has a `device`."""

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
    """Whether the detector's library is there (it is not loaded)."""
    return importlib.util.find_spec(DETECTORS[name].library) is not None


def choose_detector(device: str = AUTO) -> str:
    """What `auto` stands for: keypoint_rcnn where Detectron2 and a CUDA device may be
    used, otherwise blazepose."""
    if device == "cpu" or not installed("keypoint_rcnn"):
        return "blazepose"
    import torch

    return "keypoint_rcnn" if torch.cuda.is_available() else "blazepose"


def open_detector(name: str = AUTO, device: str = AUTO, **options: Any) -> Detector:
    """Open a detector; takes seconds.

    `device` is auto, cpu or cuda, for those that can use it; `options` go to the class
    (`Replay` needs `path`).  Raises UsageError for an unknown name, MissingLibrary with
    what to install, WeightsError or FormatError for files that cannot be used.
    """
    if name == AUTO:
        name = choose_detector(device)
    if name not in DETECTORS:
        raise UsageError(f"there is no detector {name!r}; there are auto, {', '.join(DETECTORS)}")
    entry = DETECTORS[name]
    if entry.takes_device:
        options["device"] = device
    module = importlib.import_module(f".{entry.module}", __name__)
    detector: Detector = getattr(module, entry.class_name)(**options)
    return detector
