"""C3D, the binary motion-capture format, written with the optional library ezc3d.

Floating-point points in millimetres, z up, the screen axes in POINT:X_SCREEN and Y_SCREEN,
labels as in `markers.py`.  Positions are relative to the camera, which is the origin
(`Motion3D.placed`).  A missing joint (in a frame without a person: every joint) has residual
-1, which marks an invalid point, and lies at the origin (C3D user manual,
https://c3d.org/HTML/Documents/notesforprogrammersfloatingpoint3ddata1.htm,
pointyscreen.htm, thec3dframecount.htm).  The format has a frame rate but no timestamps:
frames are spaced evenly.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...errors import RecordError
from ...motion import Motion3D
from ...runtime.new_files import new_files
from ...runtime.optional import load
from ..markers import as_motion, marker_names
from .points import read_c3d_markers

_MAX_FRAMES = 65535  # of the 16-bit frame count; programs store longer counts in different ways


def write_c3d(path: Path, motion: Motion3D) -> None:
    """Write a new file (RecordError if it exists already or cannot be, MissingLibrary
    without ezc3d)."""
    if len(motion) > _MAX_FRAMES:
        raise RecordError(
            f"{path}: C3D can hold at most {_MAX_FRAMES} frames, this has {len(motion)}; write trc instead"
        )
    file = load("ezc3d", "writing C3D", "pip install -e '.[c3d]'").c3d()
    points_mm = 1000 * motion.placed.transpose(2, 1, 0)
    lost = ~np.isfinite(points_mm[:1])
    points_mm = np.where(lost, 0, points_mm)
    point = file["parameters"]["POINT"]
    point["RATE"]["value"] = [motion.fps]
    point["UNITS"]["value"] = ["mm"]
    point["LABELS"]["value"] = list(marker_names(motion.skeleton))
    point["DESCRIPTIONS"]["value"] = list(motion.skeleton.joints)
    file.add_parameter("POINT", "X_SCREEN", ["+X"])
    file.add_parameter("POINT", "Y_SCREEN", ["+Z"])
    file["data"]["points"] = np.concatenate([points_mm, np.ones_like(points_mm[:1])])
    file["data"]["meta_points"]["residuals"] = np.where(lost, -1.0, 0.0)
    with new_files(path) as (part,):
        own = part.with_name(f"{part.name}.c3d")  # ezc3d appends this extension to any other name
        try:
            file.write(str(own))
            own.rename(part)
        finally:
            own.unlink(missing_ok=True)


def read_c3d(path: Path) -> Motion3D:
    """The motion in a file with all joints of H36M-17 (FormatError if one is missing)."""
    return as_motion(read_c3d_markers(path), path)
