"""Camera calibration files: the intrinsic matrix `K` (3 × 3, px) and `size_wh` from .json or .toml."""

from __future__ import annotations

import json
import math
import tomllib
from pathlib import Path

from ..camera import Intrinsics
from ..errors import UsageError


def read_camera(path: Path) -> Intrinsics:
    """The intrinsics in a file.  Raises UsageError, because the path comes from --intrinsics."""
    read = tomllib.loads if path.suffix == ".toml" else json.loads
    try:
        data = read(path.read_text(encoding="utf-8"))
        (fx, _, cx), (_, fy, cy), _ = data["K"]
        width, height = data["size_wh"]
        values = [float(v) for v in (fx, fy, cx, cy, width, height)]
    except OSError as error:
        raise UsageError(f"cannot read the intrinsics {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise UsageError(
            f'{path} does not contain intrinsics: "K" (3 x 3, pixels) and "size_wh" are required, '
            "see docs/coordinates.md"
        ) from error
    if not all(math.isfinite(v) and v > 0 for v in values):
        raise UsageError(f"{path}: focal lengths, centre and size must be above 0")
    fx, fy, cx, cy, width, height = values
    fov_deg = math.degrees(2 * math.atan(max(width / fx, height / fy) / 2))
    return Intrinsics(fov_deg, (fx, fy), (cx, cy), (round(width), round(height)))
