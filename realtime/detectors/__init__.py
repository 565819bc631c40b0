"""2D detectors by name, loaded when one is asked for.

To add one: a module with a class that fulfils `stages.Detector`, a row here, an extra in
setup.cfg.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
from dataclasses import dataclass
from typing import Any

from ..errors import UsageError
from ..stages import Detector
from ..tracking.people import LARGEST

AUTO = "auto"

log = logging.getLogger("realtime.detectors")


@dataclass(frozen=True)
class DetectorEntry:
    """A row of the table.  `library` is what must be importable, `install` what to do
    where it is not; `takes_device` says whether the class has a `device`, `takes_person`
    whether it sees several people and has a `person` (person.py)."""

    module: str
    class_name: str
    library: str
    install: str
    licence: str
    takes_device: bool = False
    takes_person: bool = False


DETECTORS = {
    "blazepose": DetectorEntry(
        module="blazepose",
        class_name="BlazePose",
        library="mediapipe",
        install="pip install -e '.[blazepose]' (mediapipe==0.10.21, for Python 3.11 and 3.12)",
        licence="Apache-2.0",
    ),
    "keypoint_rcnn": DetectorEntry(
        module="keypoint_rcnn",
        class_name="KeypointRcnn",
        library="detectron2",
        install="install Detectron2 as its own page says (detectron2.readthedocs.io, Installation), "
        "with 'setuptools<82', or take --detector blazepose",
        licence="Apache-2.0",
        takes_device=True,
        takes_person=True,
    ),
    "replay": DetectorEntry(
        module="replay",
        class_name="Replay",
        library="numpy",
        install="",
        licence="that of the file",
        takes_person=True,
    ),
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


def open_detector(name: str = AUTO, device: str = AUTO, person: str = LARGEST, **options: Any) -> Detector:
    """Open a detector; takes seconds.

    `device` is auto, cpu or cuda, for those that can use it.  `person` is who is followed of
    several people: largest, centre or a number (person.py); of those that see one person only
    a log line says that it has no effect.  `options` go to the class
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
    if entry.takes_person:
        options["person"] = person
    elif person != LARGEST:
        log.info("--person %s: no effect, %s sees one person only and chooses by itself", person, name)
    module = importlib.import_module(f".{entry.module}", __name__)
    detector: Detector = getattr(module, entry.class_name)(**options)
    return detector
