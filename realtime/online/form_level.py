"""The axes of --analyze form: levelled by the camera's tilt, which depth depends on, whether it was told or not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..camera import camera_to_published, pitched
from ..estimation.camera_level import CameraLevel
from ..pose import BRIDGED, PELVIS, CameraPitch, Pose3D
from ..settings import Settings

_LEGS = "left_knee", "left_ankle", "right_knee", "right_ankle"
_SEEN = 0.3  # score of knees and ankles


class FormLevel:
    """Where `--camera-pitch` is given or auto, poses are levelled already, by `run_level`.  By default it is 0, which
    may be far from the truth: then the tilt is estimated here, for this analysis alone."""

    def __init__(self, settings: Settings, run_level: CameraLevel) -> None:
        self._run_level = run_level
        self._own = None if settings.camera_pitch else CameraLevel(None)

    @property
    def now(self) -> CameraPitch:
        """By how much the newest pose is levelled, and how that is known."""
        level = self._own or self._run_level
        return CameraPitch(level.pitch_deg, level.now.how)

    def __call__(self, pose: Pose3D) -> Pose3D:
        """The pose in level axes, its pelvis at the origin."""
        xyz = pose.xyz - pose.xyz[pose.skeleton.root]
        pelvis = replace(pose, xyz=xyz, place=PELVIS)
        if self._own is None:
            return pelvis
        self._learn(pelvis)
        turn_deg = np.array([self._own.pitch_deg - pose.pitch_deg])
        root_m = None if pose.root_m is None else pitched(pose.root_m[None], turn_deg)[0]
        return replace(pelvis, xyz=pitched(xyz[None], turn_deg)[0], root_m=root_m, pitch_deg=self._own.pitch_deg)

    def _learn(self, pose: Pose3D) -> None:
        assert self._own is not None
        t_s = pose.t_capture_ns / 1e9
        if pose.reason != BRIDGED and pose.score[pose.skeleton.indices(_LEGS)].min() >= _SEEN:
            to_camera = camera_to_published(pose.pitch_deg)  # its rows are the published axes
            root = None if pose.root_m is None else pose.root_m @ to_camera
            self._own.add(pose.xyz @ to_camera, root, pose.skeleton, t_s)
        self._own.turn(t_s)
