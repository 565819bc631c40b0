"""Named marker trajectories, the content of motion-capture files (TRC, C3D).

Joints are written under the names of Pose2Sim's keypoints, which are also the marker names of
its OpenSim models (Pose2Sim/skeletons.py and OpenSim_Setup/Markers_Halpe26.xml of
github.com/perfanalytics/pose2sim), so an inverse-kinematics set-up for Halpe-26 can use them
unchanged.  `Spine` is in none of these marker sets; OpenSim ignores markers that a model does
not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import FormatError
from ..motion import Floats, Motion3D, about_pelvis, motion, named
from ..runtime.text import listed
from ..skeleton import H36M17, Skeleton

_MIDDLE = {"pelvis": "Hip", "spine": "Spine", "neck": "Neck", "nose": "Nose", "head_top": "Head"}


@dataclass(frozen=True, eq=False)
class Markers:
    """`points` (T, M, 3) m, z up, NaN where a marker is missing; `times_s` (T,)."""

    names: tuple[str, ...]
    points: Floats
    times_s: Floats
    rate_hz: float

    def named(self) -> dict[str, Floats]:
        """Trajectories (T, 3) by marker name, without the subject prefix before a colon."""
        return {name.rpartition(":")[2]: self.points[:, i] for i, name in enumerate(self.names)}


def marker_name(joint: str) -> str:
    """Pose2Sim's name for a joint: RKnee for right_knee, Hip for pelvis."""
    side, _, part = joint.partition("_")
    if side in ("left", "right") and part:
        return side[0].upper() + part.title().replace("_", "")
    return _MIDDLE.get(joint, joint.title().replace("_", ""))


def marker_names(skeleton: Skeleton) -> tuple[str, ...]:
    """Marker names of all joints of a skeleton, in its order."""
    return tuple(map(marker_name, skeleton.joints))


def as_motion(markers: Markers, path: Path, skeleton: Skeleton = H36M17) -> Motion3D:
    """The motion of a skeleton from markers named after its joints, by this project's or
    Pose2Sim's names.  Raises FormatError naming the first missing joint."""
    paths = markers.named()
    columns = []
    for joint in skeleton.joints:
        column = paths.get(joint, paths.get(marker_name(joint)))
        if column is None:
            found = listed(markers.names)
            raise FormatError(f"{path} has no marker {marker_name(joint)} ({joint}), only {found}")
        columns.append(column)
    joints, root = about_pelvis(np.stack(columns, 1), skeleton)
    with named(path):
        return motion(joints, markers.rate_hz, times_s=markers.times_s, root_m=root, skeleton=skeleton)
