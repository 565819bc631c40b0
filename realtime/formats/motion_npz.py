"""3D motion as `.npz`: plain arrays without pickles, so that `np.load(path)` can read it anywhere.

=============  ===================  ====================================================
`format`       () int               1
`joints`       (T, J, 3) float32    m, pelvis at the origin, axes as in `axes`; frames without
                                    a person are NaN, so that row = frame
`times_s`      (T,) float64         seconds
`score`        (T, J) float32       0..1
`root_m`       (T, 3) float32       pelvis position with the camera at the origin, or NaN
`place`        () text              "pelvis", or "room": the origin of `root_m` is the floor below the
                                    camera, not the camera
`valid`        (T,) bool            False where nobody was detected
`fps`          () float64           frames per second
`skeleton`     () text              such as "h36m-17"
`joint_names`  (J,) text            in order
`axes`         () text              "x right, y away, z up"
`source`       () text              the input video, camera or keypoint file
`model`        () text              the lifting model
`height_m`     () float64           how tall the person was told to be, m; NaN if nobody said
`camera_pitch_deg`, `camera_pitch_how`  () float64, () text: how far the camera was taken to look
                                    down, and whether that was given, estimated or unknown;
                                    only of motions that this program lifted, not read back
=============  ===================  ====================================================
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..motion import Motion3D, named, told_height
from ..pose import AXES, PELVIS, ROOM
from ..runtime.new_files import new_files
from ..skeleton import SKELETONS
from .safe.npz import read_npz

FORMAT = 1
_ARRAYS: dict[str, type[np.generic]] = {
    "joints": np.float32,
    "times_s": np.float64,
    "score": np.float32,
    "root_m": np.float32,
    "valid": np.bool_,
}
_TEXTS = ("skeleton", "source", "model")


def write_motion_npz(path: Path, motion: Motion3D) -> None:
    """Write a new file (RecordError if it exists already or cannot be)."""
    arrays = {name: getattr(motion, name) for name in (*_ARRAYS, "source", "model")}
    about: dict[str, Any] = {} if motion.camera_pitch is None else motion.camera_pitch.fields()
    with new_files(path) as (part,), part.open("wb") as file:
        np.savez(
            file,
            format=FORMAT,
            fps=np.float64(motion.fps),
            skeleton=motion.skeleton.name,
            joint_names=np.array(motion.skeleton.joints),
            axes=AXES,
            height_m=np.float64(np.nan if motion.height_m is None else motion.height_m),
            place=motion.place,
            **arrays,
            **about,
        )


def read_motion_npz(path: Path) -> Motion3D:
    """Read such a file.  Raises FormatError in one line for any other file; pickles are never executed."""
    later = ("height_m", "place")  # not in files of older versions
    data = read_npz(path, ("format", "fps", *_ARRAYS, *_TEXTS, *later))
    if missing := [name for name in ("format", "fps", *_ARRAYS, *_TEXTS) if name not in data]:
        raise FormatError(f"{path} does not contain {', '.join(missing)}; it is not a motion file of this project")
    if _scalar(data["format"]) != FORMAT:
        raise FormatError(f"{path} has format {str(data['format'])[:20]}, this version reads format {FORMAT}")
    skeleton = SKELETONS.get(str(data["skeleton"]))
    if skeleton is None:
        raise FormatError(f"{path} has an unknown skeleton, {str(data['skeleton'])[:40]!r}")
    fps = _scalar(data["fps"])
    arrays: dict[str, Any] = {name: _native(data[name], dtype) for name, dtype in _ARRAYS.items()}
    with named(path):
        return Motion3D(
            **arrays,
            skeleton=skeleton,
            fps=float(fps) if isinstance(fps, int | float) else 0.0,
            source=str(data["source"]),
            model=str(data["model"]),
            height_m=told_height(_scalar(data["height_m"]) if "height_m" in data else None),
            place=ROOM if str(data.get("place")) == ROOM else PELVIS,
        )


def _scalar(array: NDArray[Any]) -> Any:
    return array.item() if array.shape == () else None


def _native(array: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    """A writable copy in native byte order; other element types are returned as they are and rejected later."""
    return array.astype(dtype) if array.dtype.kind == np.dtype(dtype).kind else array
