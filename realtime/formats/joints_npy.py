"""joints.npy with its timestamps and metadata, the output of live recordings and of offline lifting.

=====================  ====================================================================
`<name>.npy`           (T, J, 3) float32 m, pelvis at the origin, axes as in the json file
`<name>_time.npy`      (T,) float64 seconds
`<name>.json`          skeleton, unit, axes, source, model, the epoch of the timestamps, and `height_m`:
                       how tall the person was told to be, null if nobody said
=====================  ====================================================================

A live run records only frames with a person; an offline run writes a row of NaN for the
others, so that row = frame.  Scores and the pelvis trajectory are not in these files, but with `--place room`, where
the json file says `"place": "room"` and joints are in the room, the floor below the camera at the origin.

The times of a live run are seconds since 1970 by one fixed offset from the monotonic clock
(`recording.clock`); those of older versions followed the wall clock, also when it was set.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import MAGIC_PREFIX
from numpy.typing import NDArray

from ..errors import FormatError
from ..motion import ASSUMED_FPS, Floats, Motion3D, about_pelvis, motion, named, rate_of, told_height
from ..pose import AXES, PELVIS, ROOM
from ..runtime.hints import command
from ..runtime.new_files import new_files
from ..runtime.text import counted
from ..skeleton import H36M17, SKELETONS, Skeleton
from .safe.damage import parsing
from .safe.text import read_text_file

JOINTS, TIMES, ABOUT = "joints.npy", "joints_time.npy", "joints.json"
JOINTS_DTYPE, TIMES_DTYPE = "<f4", "<f8"
SINCE_1970 = (
    "seconds since 1970-01-01 UTC at capture: started_unix_s + monotonic seconds since started_monotonic_ns, "
    "so that setting the clock changes nothing"
)
ROOM_ORIGIN = "the floor below the camera"
SINCE_START = "seconds since the start of the source"
_MAX_ABOUT_BYTES = 1 << 20
_MIN_STEP_S = 1e-6
_AT_ORIGIN_M = 0.01

_log = logging.getLogger(__name__)


def about(
    skeleton: Skeleton,
    times: str,
    run: Mapping[str, object],
    names: tuple[str, str] = (JOINTS, TIMES),
    place: str = PELVIS,
) -> dict[str, object]:
    """The metadata (joints.json) of the two arrays called `names`; `run` contains session,
    source, model, axes and height_m, and of a recording its clock; `times` describes the unit and epoch
    of the timestamps, `place` the origin of the joints."""
    return {
        "format": 1,
        "started_unix_s": round(time.time(), 3),
        **run,
        "skeleton": skeleton.name,
        "joints": skeleton.joints,
        "parents": skeleton.parents,
        "unit": "m",
        "place": place,
        "origin": ROOM_ORIGIN if place == ROOM else skeleton.joints[skeleton.parents.index(-1)],
        names[0]: "float32 (frames, joints, 3), oldest first",
        names[1]: f"float64 (frames,), {times}",
    }


def write_joints(path: Path, motion: Motion3D) -> None:
    """Write `path` (<name>.npy) and its two companion files (RecordError if one exists already
    or cannot be written)."""
    run: dict[str, object] = {"session": "", "source": motion.source, "model": motion.model, "axes": AXES}
    run["height_m"] = motion.height_m
    times_file, epoch = times_path(path), SINCE_START
    if motion.camera_pitch is not None:
        run |= motion.camera_pitch.fields()
    if motion.time_0_unix_s is not None:
        run["time_0_unix_s"] = motion.time_0_unix_s
        epoch += "; + time_0_unix_s: seconds since 1970 on the clock of the live recording"
    described = json.dumps(about(motion.skeleton, epoch, run, (path.name, times_file.name), motion.place), indent=1)
    with new_files(path, times_file, path.with_suffix(".json")) as (joints, times, description):
        points = motion.placed if motion.place == ROOM else motion.joints
        for part, array in ((joints, points.astype(JOINTS_DTYPE)), (times, motion.times_s.astype(TIMES_DTYPE))):
            with part.open("wb") as file:
                np.save(file, array)
        description.write_text(f"{described}\n", "utf-8")


def read_joints(path: Path) -> Motion3D:
    """Read `path` and, if present, its companion files; the defaults are H36M-17 without
    metadata and 30 frames per second without timestamps.  Raises FormatError in one line."""
    joints = load_npy(path)
    description = read_about(path.with_suffix(".json"))
    skeleton = SKELETONS.get(skeleton_name(description))
    if skeleton is None:
        raise FormatError(f"{path} has an unknown skeleton, {skeleton_name(description)[:40]!r}")
    if joints.shape[1:] != (len(skeleton), 3) or joints.dtype.kind != "f":
        raise FormatError(f"{path}: expected floats of shape (T, {len(skeleton)}, 3), got {kind_of(joints)}")
    times_s = _times(times_path(path), len(joints))
    points, root, place = joints[: len(times_s)], None, place_of(description, joints, skeleton)
    if place == ROOM:
        points, root = about_pelvis(np.asarray(points, np.float64), skeleton)
    with named(path):
        return motion(
            points,
            rate_of(times_s),
            times_s=times_s,
            root_m=root,
            skeleton=skeleton,
            source=str(description.get("source", "")),
            model=str(description.get("model", "")),
            height_m=told_height(description.get("height_m")),
            place=place,
        )


def _times(path: Path, frames: int) -> Floats:
    """Strictly increasing timestamps (T,) s, at most `frames`: while a live run appends rows,
    one of the two files may be a row ahead.  Spaced by ASSUMED_FPS if there is no such file."""
    if not path.exists():
        return np.arange(frames) / ASSUMED_FPS
    times = load_npy(path)[:frames]
    if times.ndim != 1 or times.dtype.kind != "f":
        raise FormatError(f"{path}: expected timestamps of shape (T,) in seconds, got {kind_of(times)}")
    if not np.isfinite(times).all():
        raise FormatError(f"{path}: the timestamps must be finite")
    return without_steps_back(times.astype(np.float64), path)


def without_steps_back(times_s: Floats, path: Path) -> Floats:
    """The timestamps (T,) s of a file, which are finite, strictly increasing.

    Where they step back, because the wall clock was set back during a recording of an older
    version, time continues with the median step; that is logged once.  Equal ones are a
    microsecond apart.
    """
    steps = np.diff(times_s)
    if (steps > 0).all():
        return times_s
    back = steps < 0
    if back.any():
        usual_s = float(np.median(steps[~back])) if not back.all() else 1 / ASSUMED_FPS
        times = counted(int(np.count_nonzero(back)), "time")
        _log.warning("%s steps back %s: the clock was set back; there it continues evenly", path.name, times)
        since_start = np.cumsum(np.where(back, usual_s, steps))
        times_s = np.concatenate([times_s[:1], times_s[0] + since_start])
    ramp = _MIN_STEP_S * np.arange(len(times_s))
    increasing: Floats = np.maximum.accumulate(times_s - ramp) + ramp
    return increasing


def times_path(path: Path) -> Path:
    """joints.npy → joints_time.npy."""
    return path.with_name(path.stem + "_time.npy")


def load_npy(path: Path) -> NDArray[Any]:
    """The array in a .npy file, memory-mapped (FormatError if there is none)."""
    try:
        _check_beginning(path)
        with parsing(path, "is not a .npy file, or is truncated"):
            array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError as fault:
        raise FormatError(f"there is no file {path}") from fault
    except IsADirectoryError as fault:
        inside = path / JOINTS
        hint = f": give {inside}" if inside.is_file() else f"; a recording's {JOINTS} can be played"
        raise FormatError(f"{path} is a folder{hint}") from fault
    except OSError as fault:
        raise FormatError(f"{path} cannot be read ({fault.strerror or fault}); check the path") from fault
    found: NDArray[Any] = array
    return found


def kind_of(array: NDArray[Any]) -> str:
    """Type and shape of an array's elements, for messages."""
    return f"{array.dtype!s:.30} {array.shape!s:.60}"


_ZIP = b"PK"


def _check_beginning(path: Path) -> None:
    """Raise FormatError for a file of another kind, of which NumPy says that it could be loaded unsafely."""
    with path.open("rb") as file:
        beginning = file.read(len(MAGIC_PREFIX))
    if beginning.startswith(_ZIP):
        raise FormatError(f"{path} is an archive of arrays; give a single array such as joints.npy")
    if not MAGIC_PREFIX.startswith(beginning):
        lift = command("lift", str(path))
        raise FormatError(f"{path} is not a .npy file such as {JOINTS}; a video is lifted first: {lift}")


def read_about(path: Path) -> dict[str, Any]:
    """The metadata file of an array; empty if there is none (FormatError if it is damaged)."""
    if not path.exists():
        return {}
    with parsing(path, "is not the metadata of a recording", advice="; move it away"):
        found = json.loads(read_text_file(path, _MAX_ABOUT_BYTES))
    if not isinstance(found, dict):
        raise FormatError(f"{path} is not the metadata of a recording; move it away")
    return found


def skeleton_name(description: dict[str, Any]) -> str:
    """The skeleton's name in the metadata; older versions wrote an object with a `name`."""
    skeleton = description.get("skeleton", H36M17.name)
    return str(skeleton.get("name") if isinstance(skeleton, dict) else skeleton)


def place_of(description: dict[str, Any], joints: Floats, skeleton: Skeleton) -> str:
    """Where the metadata puts the origin of the joints (T, J, 3) m.  Where it does not say, as beside an
    array that was copied alone, a pelvis away from the origin walks about a room."""
    if "place" in description:
        return ROOM if description["place"] == ROOM else PELVIS
    away_m = np.abs(joints[:, skeleton.parents.index(-1)])
    return ROOM if (away_m > _AT_ORIGIN_M).any() else PELVIS
