"""The doctor's checks of libraries: each is imported, as `run` would."""

from __future__ import annotations

import platform
from collections.abc import Collection
from dataclasses import dataclass
from importlib import metadata

from ...runtime.hints import distribution, pip, requirement
from ...runtime.optional import reinstall
from .finding import BAD, GOOD, NOTE, Finding
from .imports import import_fault, is_installed

OPENCVS = ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless")


@dataclass(frozen=True)
class Library:
    """What is imported, and what for.  `instead`: what is used where it does not work; `optional`:
    nothing is said where it is not installed."""

    module: str
    why: str
    instead: str = ""
    optional: bool = False

    @property
    def name(self) -> str:
        """Of the library: the module's top level."""
        return self.module.partition(".")[0]


LIBRARIES = (
    Library("numpy", "everything"),
    Library("ai_edge_litert.interpreter", "the 2D detector"),
    Library("zmq.auth", "the socket"),
    Library("av", "video files"),
    Library("matplotlib.figure", "the viewer and films"),
    Library("PIL.Image", "pictures and GIFs"),
    Library("safetensors.numpy", "the networks of model/"),
    Library("threadpoolctl", "lifting"),
    Library("platformdirs", "the folder of the detector's networks"),
    Library("acapture.acapture", "webcams", instead="--capture opencv reads webcams without it"),
    Library("onnxruntime", "exported networks and the detector rtmpose", optional=True),
    Library("onnx", "export", optional=True),
    Library("ezc3d", "writing C3D", optional=True),
    Library("distributed", "lift --executor dask://…", optional=True),
    Library("tqdm", "training", optional=True),
)


def check_library(library: Library) -> Finding | None:
    """Whether it is installed and can be imported; None for an optional one that is not installed."""
    if not is_installed(library.module):
        return None if library.optional else _missing(library)
    fault = import_fault(library.module)
    if fault is None:
        return Finding(library.name, GOOD, version(distribution(library.name)) or "installed")
    remedy = reinstall(pip(requirement(library.name)))
    detail = f"cannot be imported ({fault}); needed for {library.why}"
    if library.instead:
        return Finding(library.name, NOTE, detail, f"{remedy}, or leave it: {library.instead}", library.name)
    return Finding(library.name, BAD, detail, remedy, library.name)


def _missing(library: Library) -> Finding:
    if library.name == "ai_edge_litert" and (platform.system(), platform.machine()) == ("Darwin", "x86_64"):
        return Finding(library.name, NOTE, "not to be had for Intel Macs", "use --detector mediapipe: see the README")
    state = NOTE if library.instead else BAD
    detail = f"missing; {library.instead or f'needed for {library.why}'}"
    return Finding(library.name, state, detail, pip(requirement(library.name)))


def check_name(foreign: str | None) -> Finding:
    """Whether PyPI's unrelated `realtime` (Supabase's client), with the same import name, is installed."""
    if foreign is None:
        return Finding("realtime", GOOD, f"realtime-pose3d {version('realtime-pose3d') or 'from its folder'}")
    return Finding(
        "realtime",
        BAD,
        f"another package with this import name is installed: `realtime` {foreign}",
        "pip uninstall realtime, then install realtime-pose3d again",
    )


def check_opencv(installed: Collection[str]) -> Finding:
    """Exactly one variant of OpenCV may be installed: all of them install to the same folder."""
    if not installed:
        remedy = pip(requirement("cv2"))
        return Finding("opencv", BAD, "missing; needed for the detector and cameras", remedy)
    if len(installed) > 1:
        names = " ".join(sorted(installed))
        return Finding("opencv", BAD, f"installed over each other: {names}", f"pip uninstall {names}; then install one")
    (name,) = installed
    if fault := import_fault("cv2"):
        remedy = f"{reinstall(pip(name))} (those with windows also need `apt install libgl1 libglib2.0-0`)"
        return Finding("opencv", BAD, f"{name} cannot be imported ({fault})", remedy, "cv2")
    return Finding("opencv", GOOD, f"{name} {version(name)}")


def version(distribution_name: str) -> str | None:
    """Of what is installed; None if it is not."""
    try:
        return metadata.version(distribution_name)
    except metadata.PackageNotFoundError:
        return None
