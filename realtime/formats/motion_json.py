"""3D motion as JSON, for programs in any language.

::

    {"format": "realtime-pose3d motion", "version": 1,
     "unit": "m", "axes": "x right, y away, z up", "origin": "pelvis", "place": "pelvis",
     "fps": 30.0, "source": "clip.mp4", "model": "causal-27@1a2b3c4d", "height_m": 1.8,
     "camera_pitch_deg": 14.2, "camera_pitch_how": "estimated",
     "skeleton": {"name": "h36m-17", "joints": [...], "parents": [...], "left": [...], "right": [...]},
     "trust": [{"name": "camera_pitched", "text": "the body leans 14° towards the camera ...", "share": 0.96,
                "figures": {"lean_deg": 14.2, "camera_pitch_deg": 14}}, ...],
     "frames": [{"time_s": 0.0, "valid": true, "joints": [[x, y, z], ...], "score": [...], "root_m": [x, y, z],
                 "reason": "ok", "people": 1, "height_px": 301.5, "at_edge": 0}, ...]}

`height_m` is how tall the person was told to be, null if nobody said (files of older versions do not have it).
`joints` are in metres relative to the pelvis; `root_m` is the pelvis position with the camera
at the origin, or the floor below the camera where `place` is "room"; `parents`, `left` and `right` contain joint
indices, the parent of the root is -1.
All numbers are finite: `joints` is null in a frame without a person, a single joint or `root_m`
is null where it is missing.  `trust` tells what makes the poses less trustworthy, the most important
first, and in what share of the frames; of each frame, `reason` says why a pose is what it is, as in the live
message, `people` is the number of people in the picture (null where nobody looked), `height_px` the longer
side of the box around the person's keypoints, `at_edge` how many of 17 lie at the picture's edge or outside.
`camera_pitch_deg` is how far the camera
was taken to look down, by which the axes are levelled, and `camera_pitch_how` whether that was given, estimated or
unknown (0).  All these are there where the motion was lifted by this program, and are not read back.  Frame i is
the i-th element of the list.  Readers ignore unknown keys; `version` increases when a key changes its
meaning or is removed.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError
from ..motion import Motion3D, motion, named, told_height
from ..pose import AXES, PELVIS, ROOM, FrameNotes
from ..runtime.new_files import write_text
from ..skeleton import SKELETONS, Skeleton
from .clock import time_texts
from .safe.damage import parsing
from .safe.text import read_text_file

FORMAT, VERSION = "realtime-pose3d motion", 1
_DIGITS = 6  # micrometres


def write_motion_json(path: Path, motion: Motion3D) -> None:
    """Write a new file (RecordError if it exists already or cannot be)."""
    skeleton = motion.skeleton
    about = {
        "format": FORMAT,
        "version": VERSION,
        "unit": "m",
        "axes": AXES,
        "origin": skeleton.joints[skeleton.parents.index(-1)],
        "place": motion.place,
        "fps": motion.fps,
        "source": motion.source,
        "model": motion.model,
        "height_m": motion.height_m,
        "skeleton": {name: getattr(skeleton, name) for name in ("name", "joints", "parents", "left", "right")},
    }
    if motion.camera_pitch is not None:
        about |= motion.camera_pitch.fields()
    if motion.notes is not None:
        about["trust"] = [asdict(finding) for finding in motion.findings]
    head = json.dumps(about, indent=1, allow_nan=False).removesuffix("\n}")
    times = map(float, time_texts(motion.times_s))
    frames = ",\n".join(json.dumps(_frame(motion, i, time), allow_nan=False) for i, time in enumerate(times))
    write_text(path, f'{head},\n "frames": [\n{frames}\n]}}\n')


def read_motion_json(path: Path) -> Motion3D:
    """Read such a file (FormatError in one line for any other file)."""
    with parsing(path, "is not a JSON motion file"):
        data = json.loads(read_text_file(path))
        if data["format"] != FORMAT or data["version"] != VERSION:
            found = f"{data['format']!r:.60} version {data['version']!r:.20}"
            raise FormatError(f"{path} has format {found}, expected {FORMAT!r} version {VERSION}")
        skeleton = _skeleton(data["skeleton"])
        frames = data["frames"]
        missing = [None] * len(skeleton)
        joints = [[_point(joint) for joint in frame["joints"] or missing] for frame in frames]
        with named(path):
            return motion(
                np.array(joints, np.float64).reshape(len(frames), -1, 3),
                float(data["fps"]),
                times_s=[float(frame["time_s"]) for frame in frames],
                score=np.array([frame["score"] for frame in frames], np.float64),
                root_m=[_point(frame["root_m"]) for frame in frames],
                skeleton=skeleton,
                source=str(data["source"]),
                model=str(data["model"]),
                height_m=told_height(data.get("height_m")),
                place=ROOM if data.get("place") == ROOM else PELVIS,
            )


def _frame(motion: Motion3D, i: int, time_s: float) -> dict[str, Any]:
    joints = [_rounded(joint) for joint in motion.joints[i]]
    frame = {
        "time_s": time_s,
        "valid": bool(motion.valid[i]),
        "joints": joints if motion.valid[i] else None,
        "score": [round(float(score), 4) for score in motion.score[i]],
        "root_m": _rounded(motion.root_m[i]),
    }
    return frame if motion.notes is None else frame | _noted(motion.notes, i)


def _noted(notes: FrameNotes, i: int) -> dict[str, Any]:
    people, height_px, at_edge = int(notes.people[i]), float(notes.height_px[i]), int(notes.at_edge[i])
    return {
        "reason": notes.reason[i],
        "people": people if people >= 0 else None,
        "height_px": round(height_px, 1) if np.isfinite(height_px) else None,
        "at_edge": at_edge if at_edge >= 0 else None,
    }


def _rounded(point: Any) -> list[float] | None:
    return [round(float(x), _DIGITS) for x in point] if np.isfinite(point).all() else None


def _point(point: Any) -> list[float]:
    x, y, z = point or (np.nan,) * 3
    return [float(x), float(y), float(z)]


def _skeleton(data: dict[str, Any]) -> Skeleton:
    """A built-in skeleton if name and joints match one, otherwise the skeleton in the file."""
    parts = {name: tuple(data[name]) for name in ("joints", "parents", "left", "right")}
    known = SKELETONS.get(str(data["name"]))
    if known is not None and known.joints == parts["joints"]:
        return known
    count = len(parts["joints"])
    indices = (*parts["parents"], *parts["left"], *parts["right"])
    if (
        count != len(parts["parents"])
        or -1 not in parts["parents"]
        or len(parts["left"]) != len(parts["right"])
        or any(type(i) is not int or not -1 <= i < count for i in indices)
    ):
        raise ValueError("a skeleton requires a parent for each joint, a root, and equally many left and right joints")
    return Skeleton(name=str(data["name"]), **parts)
