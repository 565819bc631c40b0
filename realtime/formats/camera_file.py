"""Camera calibration files, .json or .toml: the intrinsic matrix `K` (3 × 3, px), `size_wh` and, where the
lens was measured too, `distortion`.  See docs/coordinates.md."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..camera import DISTORTION_LENGTHS, Intrinsics
from ..errors import UsageError
from ..runtime.hints import page
from ..runtime.new_files import write_bytes
from .safe.damage import parsing

_WANTED = (
    f': "K" (3 x 3, pixels) and "size_wh" are required, "distortion" is a list of numbers, see '
    f"{page('docs/coordinates.md')}"
)
SUFFIXES = (".json", ".toml")


def read_camera(path: Path) -> Intrinsics:
    """The intrinsics in a file.  Raises UsageError, because the path comes from --intrinsics."""
    read = tomllib.loads if path.suffix == ".toml" else json.loads
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the intrinsics {path}: {error.strerror}") from error
    with parsing(path, "does not contain intrinsics", UsageError, _WANTED):
        data = read(content.decode("utf-8-sig"))
        (fx, _, cx), (_, fy, cy), _ = data["K"]
        width, height = data["size_wh"]
        values = [float(v) for v in (fx, fy, cx, cy, width, height)]
        distortion = tuple(float(v) for v in np.ravel(data.get("distortion", ())))  # OpenCV nests them
    if not all(math.isfinite(v) and v > 0 for v in values):
        raise UsageError(f"{path}: focal lengths, centre and size must be above 0")
    if len(distortion) not in (0, *DISTORTION_LENGTHS) or not all(math.isfinite(v) for v in distortion):
        raise UsageError(f"{path}: distortion is 4, 5 or 8 numbers in OpenCV's order: k1, k2, p1, p2, k3, k4, k5, k6")
    fx, fy, cx, cy, width, height = values
    try:
        return measured_camera((fx, fy), (cx, cy), (round(width), round(height)), distortion)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def measured_camera(
    focal_xy_px: tuple[float, float],
    centre_px: tuple[float, float],
    size_wh: tuple[int, int],
    distortion: tuple[float, ...] = (),
) -> Intrinsics:
    """Intrinsics with the field of view that belongs to them.  Raises UsageError, see Intrinsics."""
    (width, height), (fx, fy) = size_wh, focal_xy_px
    fov_deg = math.degrees(2 * math.atan(max(width / fx, height / fy) / 2))
    lens = distortion if any(distortion) else ()
    return Intrinsics(fov_deg, focal_xy_px, centre_px, size_wh, lens)


def write_camera(path: Path, camera: Intrinsics, about: Mapping[str, str | int | float], *, replace: bool) -> None:
    """Write measured intrinsics, and under `calibration` what is said about how they were measured.

    Raises RecordError if the file exists already (unless `replace`) or cannot be written."""
    if camera.focal_xy_px is None or camera.centre_px is None or camera.size_wh is None:
        raise ValueError("these intrinsics are not measured")
    (fx, fy), (cx, cy) = camera.focal_xy_px, camera.centre_px
    data: dict[str, Any] = {
        "K": [[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]],
        "size_wh": list(camera.size_wh),
        "distortion": list(camera.distortion),
    }
    text = _toml(data, about) if path.suffix == ".toml" else _json(data, about)
    write_bytes(path, text.encode("utf-8", "replace"), replace=replace)


def _json(data: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    rows = [f'  "{key}": {json.dumps(value)}' for key, value in data.items()]
    rows.append(f'  "calibration": {json.dumps(about)}')
    return "{\n" + ",\n".join(rows) + "\n}\n"


def _toml(data: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    rows = [f"{key} = {json.dumps(value)}" for key, value in data.items()]
    # What JSON writes for text is TOML too, but for a surrogate pair and for the delete character.
    told = [f"{key} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "?") for key, value in about.items()]
    return "\n".join(["# A camera for --intrinsics, in pixels; see docs/coordinates.md", *rows, ""]) + "\n".join(
        ["", "[calibration]", *told, ""]
    )
