"""The cameras of this machine, and why one of them cannot be opened."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ...errors import CameraNotFound, SourceError
from ...runtime import optional
from ...stages import EndOfSource
from ..reconnecting import LiveSource
from .opencv import OpenCvGrabber

PROBED = range(6)  # on systems that do not list their cameras
MEASURE_S = 1.0  # to measure the frame rate
LINUX_CLASS = Path("/sys/class/video4linux")


@dataclass(frozen=True)
class CameraReport:
    """Result of trying one camera: `size_wh` (px) and the measured `fps`, or `fault`.

    `fault` is one line; `name` is the driver's, '' if it has none.
    """

    number: int
    name: str
    size_wh: tuple[int, int] | None = None
    fps: float = 0.0
    fault: str = ""

    @property
    def opens(self) -> bool:
        """Whether the camera delivered a frame."""
        return self.size_wh is not None


def list_cameras(linux_class: Path = LINUX_CLASS) -> list[CameraReport]:
    """Try every camera for about a second each.  Raises MissingLibrary without OpenCV."""
    optional.opencv("listing the cameras")  # also without a camera to try, so that a missing OpenCV is reported
    if platform.system() == "Linux":
        return [try_camera(number, name) for number, name in video_nodes(linux_class)]
    reports = (try_camera(number) for number in PROBED)
    return [report for report in reports if report.opens]


def video_nodes(linux_class: Path = LINUX_CLASS) -> list[tuple[int, str]]:
    """(number, driver's name) of the video devices that Linux lists, sorted by number."""
    nodes = [node for node in linux_class.glob("video*") if node.name[5:].isdecimal()]
    names = {int(node.name[5:]): node / "name" for node in nodes}
    return [(number, name.read_text().strip() if name.is_file() else "") for number, name in sorted(names.items())]


def try_camera(number: int, name: str = "", device: int | str | None = None) -> CameraReport:
    """Open one camera as `run` would and measure it; `device` overrides the number."""
    opener = partial(OpenCvGrabber, number if device is None else device)
    try:
        source = LiveSource(opener, f"camera {number}", hint="another program may be using it")
    except CameraNotFound:
        return CameraReport(number, name, fault="there is no such device")
    except SourceError as fault:
        return CameraReport(number, name, fault=str(fault))
    try:
        return _measure(source, number, name)
    finally:
        source.close()


def _measure(source: LiveSource, number: int, name: str) -> CameraReport:
    first = last = source.read(MEASURE_S)
    end_s = time.monotonic() + MEASURE_S
    try:
        while (left_s := end_s - time.monotonic()) > 0:
            last = source.read(left_s) or last
    except EndOfSource:  # the device is a file
        pass
    if first is None or last is None:
        return CameraReport(number, name, fault="it delivered one frame only")
    span_s = (last.t_capture_ns - first.t_capture_ns) / 1e9
    fps = (last.index - first.index) / span_s if span_s > 0 else 0.0
    return CameraReport(number, name, last.size_wh, round(fps, 1))
