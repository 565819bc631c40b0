"""The cameras of this machine, and why one of them cannot be opened."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import CameraNotFound, SourceError
from ...runtime import optional
from ..reconnecting import LiveSource
from ..request import Request
from .faults import silence_reason
from .nodes import LINUX_CLASS, id_links, node_of, video_nodes
from .webcam import open_camera

PROBED = range(6)  # on systems that do not list their cameras
MEASURE_S = 1.0  # to measure the frame rate


@dataclass(frozen=True)
class CameraReport:
    """Result of trying one camera: `size_wh` (px) and the measured `fps`, or `fault`.

    `fault` is one line; `name` is the driver's, '' if it has none; `link` names the camera
    whatever its number, '' if there is none.
    """

    number: int
    name: str
    size_wh: tuple[int, int] | None = None
    fps: float = 0.0
    fault: str = ""
    link: str = ""

    @property
    def opens(self) -> bool:
        """Whether the camera delivered a frame."""
        return self.size_wh is not None


def list_cameras(linux_class: Path = LINUX_CLASS) -> list[CameraReport]:
    """The reports of `try_cameras`."""
    return list(try_cameras(linux_class))


def try_cameras(linux_class: Path = LINUX_CLASS) -> Iterator[CameraReport]:
    """Try every camera, by number, one after the other because they may share a USB port's bandwidth.

    Each takes about a second, and as long as `run` would wait if it is slow.  Raises
    MissingLibrary without OpenCV.
    """
    optional.opencv("listing the cameras")  # also without a camera to try, so that a missing OpenCV is reported
    if platform.system() != "Linux":
        yield from (report for number in PROBED if (report := try_camera(number)).opens)
        return
    links = id_links()
    for number, name in video_nodes(linux_class):
        yield replace(try_camera(number, name), link=str(links.get(number, "")))


def try_camera(number: int, name: str = "", device: int | str | None = None) -> CameraReport:
    """Open one camera as `run` would and measure it; `device` overrides the number."""
    try:
        source = open_camera(number if device is None else device, Request())
    except CameraNotFound:
        return CameraReport(number, name, fault="there is no such device")
    except SourceError:
        return CameraReport(number, name, fault=f"it delivers no frames: {silence_reason(node_of(number))}")
    try:
        return _measure(source, number, name)
    finally:
        source.close()


def _measure(source: LiveSource, number: int, name: str) -> CameraReport:
    first = last = source.read(MEASURE_S)
    end_s = time.monotonic() + MEASURE_S
    while (left_s := end_s - time.monotonic()) > 0:
        last = source.read(left_s) or last
    if first is None or last is None:
        return CameraReport(number, name, fault="it delivered one frame only")
    span_s = (last.t_capture_ns - first.t_capture_ns) / 1e9
    fps = (last.index - first.index) / span_s if span_s > 0 else 0.0
    return CameraReport(number, name, last.size_wh, round(fps, 1))
