"""Which cameras this machine has, and why one of them does not open."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ...errors import CameraNotFound, SourceError
from ...runtime import optional
from ...stages import EndOfSource
from ..live import LiveSource
from .opencv import OpenCvGrabber

PROBED = range(6)  # where the system does not tell which cameras there are
MEASURE_S = 1.0  # for the rate
LINUX_CLASS = Path("/sys/class/video4linux")


@dataclass(frozen=True)
class CameraReport:
    """What one camera did when tried: `size_wh` (px) and the measured `fps`, or `fault`.

    `fault` is one line; `name` is the driver's, '' where it has none.
    """

    number: int
    name: str
    size_wh: tuple[int, int] | None = None
    fps: float = 0.0
    fault: str = ""

    @property
    def opens(self) -> bool:
        """It gave a picture."""
        return self.size_wh is not None


def list_cameras(linux_class: Path = LINUX_CLASS) -> list[CameraReport]:
    """Try every camera for about a second each.  Raises MissingLibrary without OpenCV."""
    optional.opencv("listing the cameras")  # also where there is none to try: else nobody would know
    if platform.system() == "Linux":
        return [try_camera(number, name) for number, name in video_nodes(linux_class)]
    reports = (try_camera(number) for number in PROBED)
    return [report for report in reports if report.opens]


def video_nodes(linux_class: Path = LINUX_CLASS) -> list[tuple[int, str]]:
    """(number, driver's name) of the video devices that Linux lists, by number."""
    nodes = [node for node in linux_class.glob("video*") if node.name[5:].isdecimal()]
    names = {int(node.name[5:]): node / "name" for node in nodes}
    return [(number, name.read_text().strip() if name.is_file() else "") for number, name in sorted(names.items())]


def try_camera(number: int, name: str = "", device: int | str | None = None) -> CameraReport:
    """Open one camera as the program would and measure it; `device` if not its number."""
    opener = partial(OpenCvGrabber, number if device is None else device)
    try:
        source = LiveSource(opener, f"camera {number}", hint="another program may use it")
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
    except EndOfSource:  # what was opened is a file
        pass
    if first is None or last is None:
        return CameraReport(number, name, fault="it gave one picture and no more")
    span_s = (last.t_capture_ns - first.t_capture_ns) / 1e9
    fps = (last.index - first.index) / span_s if span_s > 0 else 0.0
    return CameraReport(number, name, last.size_wh, round(fps, 1))
