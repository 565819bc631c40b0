"""The cameras of a laboratory from calibration files.

`.xml`, `.qca.txt`: what QTM saves of a calibration ("camera" elements with `transform`, `intrinsic` and `fov_video`,
docs.qualisys.com).  Its focal lengths and centres are in fractions of a pixel, of which `sensorMaxU` says how many;
64 is usual.
`.toml`, `.json`: a table for each camera with name, size (2), matrix (3, 3) px, distortions (4), rotation (3) as
Rodrigues' vector and translation (3) m, as Pose2Sim and aniposelib write them: x_camera = R x_room + t, y down.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from ...errors import FormatError, UsageError
from ...motion import Floats
from ..camera_file import measured_camera
from ..safe.damage import parsing
from ..safe.text import read_text_file
from .cameras import PlacedCamera, qualisys_camera

_MOST_BYTES = 16 << 20
_USUAL_SUBPIXELS = 64.0
_DISTORTIONS = 4
_LENS = "radialDistortion1", "radialDistortion2", "tangentalDistortion1", "tangentalDistortion2"

Cameras = tuple[PlacedCamera, ...]


def read_cameras(path: Path) -> Cameras:
    """The video cameras in a file, in its order; at least one.  Raises FormatError."""
    read = next((reader for ending, reader in _READERS.items() if path.name.lower().endswith(ending)), None)
    if read is None:
        raise FormatError(f"{path} is not a calibration file by its name: that ends in {', '.join(_READERS)}")
    text = read_text_file(path, _MOST_BYTES)
    try:
        with parsing(path, "is not a calibration of cameras that is understood"):
            cameras = read(text)
    except UsageError as error:  # of an impossible lens
        raise FormatError(f"{path} is not a calibration of cameras that is understood ({error})") from error
    if not cameras:
        raise FormatError(f"{path} has no camera with a place and a lens")
    return cameras


def _qualisys(text: str) -> Cameras:
    if "<!" in text.replace("<!--", ""):
        raise ValueError("it declares a document type, which QTM's files do not have")
    root = ET.fromstring(text)  # noqa: S314 - without a document type there are no entities
    found = [camera for camera in root.iter("camera") if camera.find("intrinsic") is not None]
    videos = [camera for camera in found if "video" in camera.get("model", "").lower()]
    return tuple(_qualisys_camera(camera) for camera in videos or found)


def _qualisys_camera(camera: ET.Element) -> PlacedCamera:
    parts = {tag: camera.find(tag) for tag in ("transform", "intrinsic", "fov_video", "fov_video_max")}
    place, lens, shown = (_numbers(parts[tag], tag) for tag in ("transform", "intrinsic", "fov_video"))
    whole = shown if parts["fov_video_max"] is None else _numbers(parts["fov_video_max"], "fov_video_max")
    across, down = (
        (lens[f"sensormax{axis}"] - lens.get(f"sensormin{axis}", 0)) / (whole[high] - whole[low])
        if f"sensormax{axis}" in lens
        else _USUAL_SUBPIXELS
        for axis, low, high in (("u", "left", "right"), ("v", "top", "bottom"))
    )
    size_wh = round(shown["right"] - shown["left"]) + 1, round(shown["bottom"] - shown["top"]) + 1
    return qualisys_camera(
        camera.get("serial", "camera"),
        [[place[f"r{row}{column}"] for column in (1, 2, 3)] for row in (1, 2, 3)],
        [place[axis] for axis in "xyz"],
        (lens["focallengthu"], lens["focallengthv"]),
        (lens["centerpointu"] - across * shown["left"], lens["centerpointv"] - down * shown["top"]),
        size_wh,
        tuple(lens[name.lower()] for name in _LENS),
        (across, down),
    )


def _numbers(element: ET.Element | None, tag: str) -> dict[str, float]:
    """The attributes of an element; how QTM writes their letters differs between versions."""
    if element is None:
        raise KeyError(tag)
    return {name.lower(): float(value) for name, value in element.attrib.items()}


def _tables(data: Any) -> Cameras:
    if not isinstance(data, Mapping):
        raise TypeError("it has no table for each camera")
    tables = {key: value for key, value in data.items() if isinstance(value, Mapping) and "matrix" in value}
    return tuple(_table_camera(key, table) for key, table in tables.items())


def _table_camera(key: str, table: Mapping[str, Any]) -> PlacedCamera:
    (fx, _, cx), (_, fy, cy), _ = np.array(table["matrix"], float).tolist()
    width, height = table["size"]
    rotation = _rotation(_finite(table["rotation"], 3))
    distortion = _finite(table.get("distortions", [0.0] * _DISTORTIONS)[:_DISTORTIONS], _DISTORTIONS)
    lens = measured_camera((fx, fy), (cx, cy), (round(width), round(height)), tuple(distortion.tolist()))
    position_m = -rotation.T @ _finite(table["translation"], 3)
    return PlacedCamera(str(table.get("name", key)), rotation, position_m, lens)


def _finite(values: Any, count: int) -> Floats:
    numbers = np.array(values, float).ravel()
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise ValueError(f"{count} numbers are wanted, not {values!r:.60}")
    return numbers


def _rotation(vector: Floats) -> Floats:
    """The rotation (3, 3) about a vector (3,), by its length in radians (Rodrigues' formula)."""
    angle = float(np.linalg.norm(vector))
    x, y, z = vector / angle if angle else vector
    across = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turned: Floats = np.eye(3) + np.sin(angle) * across + (1 - np.cos(angle)) * across @ across
    return turned


_READERS: dict[str, Callable[[str], Cameras]] = {
    ".xml": _qualisys,
    ".qca.txt": _qualisys,
    ".toml": lambda text: _tables(tomllib.loads(text)),
    ".json": lambda text: _tables(json.loads(text)),
}
