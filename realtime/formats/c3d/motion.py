"""C3D, the binary motion-capture format, written with the optional library ezc3d.

Floating-point points in millimetres, z up, the screen axes in POINT:X_SCREEN and Y_SCREEN,
labels as in `markers.py`.  Positions are relative to the camera, which is the origin, or to the floor
below it (`Motion3D.placed`).  A missing joint (in a frame without a person: every joint) has residual
-1, which marks an invalid point, and lies at the origin (C3D user manual,
https://c3d.org/HTML/Documents/notesforprogrammersfloatingpoint3ddata1.htm,
pointyscreen.htm, thec3dframecount.htm).

The format has a frame rate but no timestamps, so joints are resampled onto an even grid
(`clock.evenly_spaced`): frame k is at the first frame's time + k / rate; over gaps longer than
0.25 s points are missing.  A height that was told is in PROCESSING:HEIGHT, in millimetres, as Vicon Nexus and
Qualisys QTM write it.  The number of the first frame in the header tells where the part
begins: frame 1 is at 0 s, frame 301 at 10 s of a recording at 30 fps.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import numpy as np

from ...errors import NotRepresentable, RecordError
from ...motion import Motion3D
from ...runtime.hints import install
from ...runtime.new_files import new_files, os_errors_as_record_error
from ...runtime.optional import library_errors, load
from ..clock import even_frames, evenly_spaced
from ..markers import as_motion, marker_names
from .points import read_c3d_markers

# Of the 16-bit frame count.  There are conventions for longer files, but ezc3d reads 65535 frames of them
# without a word, and others as many as the count says.
MAX_FRAMES = 65535


def load_ezc3d() -> ModuleType:
    """The library (MissingLibrary without it)."""
    why, hint = "writing C3D", install("c3d")
    ezc3d = load("ezc3d", why, hint)
    with library_errors("ezc3d", why, hint):  # an empty folder of that name can be imported
        _ = ezc3d.c3d
    return ezc3d


def write_c3d(path: Path, motion: Motion3D) -> None:
    """Write a new file.  RecordError if it exists already or cannot be, NotRepresentable if it
    would have more than 65535 frames, MissingLibrary without ezc3d."""
    frames = even_frames(motion)
    if frames > MAX_FRAMES:
        raise NotRepresentable(
            f"{path}: C3D can hold at most {MAX_FRAMES} frames, this has {frames}; write trc instead"
        )
    file = load_ezc3d().c3d()
    points_mm = 1000 * evenly_spaced(motion).transpose(2, 1, 0)
    lost = ~np.isfinite(points_mm[:1])
    points_mm = np.where(lost, 0, points_mm)
    point = file["parameters"]["POINT"]
    point["RATE"]["value"] = [motion.fps]
    point["UNITS"]["value"] = ["mm"]
    point["LABELS"]["value"] = list(marker_names(motion.skeleton))
    point["DESCRIPTIONS"]["value"] = list(motion.skeleton.joints)
    file.add_parameter("POINT", "X_SCREEN", ["+X"])
    file.add_parameter("POINT", "Y_SCREEN", ["+Z"])
    if motion.height_m is not None:
        file.add_parameter("PROCESSING", "HEIGHT", [1000 * motion.height_m])
    file["header"]["points"]["first_frame"] = _first_frame(motion, frames)
    file["data"]["points"] = np.concatenate([points_mm, np.ones_like(points_mm[:1])])
    file["data"]["meta_points"]["residuals"] = np.where(lost, -1.0, 0.0)
    with new_files(path) as (part,), TemporaryDirectory(prefix="c3d-") as folder:
        made = Path(folder) / "motion.c3d"  # ezc3d takes no name that is not UTF-8, and no other ending
        with os_errors_as_record_error(path, also=(RuntimeError,)):
            file.write(str(made))
        if made.stat().st_size < 4 * 4 * lost.size:  # of which ezc3d says nothing
            raise RecordError(f"cannot write {path} (the folder for temporary files, {folder}, is full)")
        shutil.copyfile(made, part)


def read_c3d(path: Path) -> Motion3D:
    """The motion in a file with all joints of H36M-17 (FormatError if one is missing)."""
    return as_motion(read_c3d_markers(path), path)


def _first_frame(motion: Motion3D, frames: int) -> int:
    """Number of the first frame, from 0; 0 where its 16 bits do not suffice, or for a time since 1970."""
    first = round(float(motion.times_s[0]) * motion.fps)
    return first if 0 <= first <= MAX_FRAMES - frames else 0
