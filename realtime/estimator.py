"""Frame → estimate: detector, gap bridge, window, lifter and smoother in a row.

This is the whole of the thinking, the same for a camera and for a file; it opens nothing
and knows no socket.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from .coords import Intrinsics, camera_to_published, solve_root
from .pose import (
    BRIDGED,
    NO_PERSON,
    OK,
    WARMING_UP,
    Array,
    Estimate,
    Frame,
    Pose2D,
    Pose3D,
    absent,
)
from .skeleton import COCO17, H36M17, LIMB_JOINTS
from .smoothing import OneEuro
from .stages import Bridge, Detector, Lifter
from .window import PoseWindow

# After a hole longer than this, and than some steps of a slow detector, the motion before it
# has nothing to do with what follows: as long as a gap that is bridged.
_LONGEST_HOLE_S = 0.5
_SLOW_STEPS = 3

# The 2D keypoints that show where a joint is; it is as sure as the least sure of them.
_SEEN_BY = {
    "pelvis": ("left_hip", "right_hip"),
    "spine": ("left_hip", "right_hip", "left_shoulder", "right_shoulder"),
    "neck": ("left_shoulder", "right_shoulder"),
    "head_top": ("nose",),
}
_EVIDENCE = [COCO17.indices(_SEEN_BY.get(joint, (joint,))) for joint in H36M17.joints]
# Side by side, with where each joint's begin, for one call of reduceat.
_POINTS = np.concatenate(_EVIDENCE)
_STARTS = np.cumsum([0, *map(len, _EVIDENCE[:-1])])
_LIMBS_3D, _LIMBS_2D = H36M17.indices(LIMB_JOINTS), COCO17.indices(LIMB_JOINTS)


@dataclass(frozen=True, eq=False)
class Sighting:
    """What the detector said of a frame, and how long it took.  `since_ns`: see Estimate."""

    frame: Frame
    keypoints: Pose2D | None
    detect_ms: float
    since_ns: int


@dataclass
class Estimator:
    """Holds the window and the smoother's past; frames come in order.

    `see` is the slow half and keeps nothing of ours, `estimate` the rest: each half may have
    a thread of its own, so that the next frame is seen while this one is lifted.
    `pitch_deg`: how far below the horizon the camera looks.
    """

    detect: Detector
    bridge: Bridge
    lift: Lifter
    intrinsics: Intrinsics = field(default_factory=Intrinsics)
    pitch_deg: float = 0.0
    smooth: OneEuro | None = None

    def __post_init__(self) -> None:
        self.window = PoseWindow(self.lift.window_length, len(COCO17))
        self._rotation = camera_to_published(self.pitch_deg)
        self._person: int | None = None
        self._t_s = self._step_s = 0.0

    def __call__(self, frame: Frame) -> Estimate:
        """Both halves, one after the other."""
        return self.estimate(self.see(frame))

    def see(self, frame: Frame) -> Sighting:
        """The detector's keypoints, with the time it took."""
        start_ns = time.monotonic_ns()
        keypoints = self.detect(frame)
        detect_ms = (time.monotonic_ns() - start_ns) / 1e6
        return Sighting(frame, keypoints, detect_ms, start_ns if frame.recorded else frame.t_capture_ns)

    def estimate(self, seen: Sighting) -> Estimate:
        """What a sighting means, with those before it in mind."""
        start_ns = time.monotonic_ns()
        frame = seen.frame
        keypoints = self.bridge(seen.keypoints, frame)
        self._follow(frame, keypoints)
        pose = self._nobody(frame) if keypoints is None else self._pose(keypoints)
        return Estimate(
            pose=pose,
            keypoints=keypoints,
            have=self.window.have,
            want=self.window.length,
            detect_ms=seen.detect_ms,
            lift_ms=(time.monotonic_ns() - start_ns) / 1e6,
            since_ns=seen.since_ns,
        )

    def _follow(self, frame: Frame, keypoints: Pose2D | None) -> None:
        """Empty the window where what comes does not continue what is in it."""
        t_s = frame.t_capture_ns / 1e9
        step_s, former_step_s = t_s - self._t_s, self._step_s
        person = None if keypoints is None else keypoints.person
        if person != self._person or step_s > max(_LONGEST_HOLE_S, _SLOW_STEPS * former_step_s):
            self.window.clear()
            if self.smooth is not None:
                self.smooth.reset()
        self._person, self._t_s, self._step_s = person, t_s, step_s

    def _pose(self, keypoints: Pose2D) -> Pose3D:
        coco = keypoints.select(COCO17)
        self.window.push(coco)
        joints = self.lift(self.window)
        root = self._root(joints, coco)
        xyz = joints @ self._rotation.T
        if self.smooth is not None:
            xyz = self.smooth(xyz, keypoints.t_capture_ns / 1e9)
        return Pose3D(
            xyz=np.ascontiguousarray(xyz, np.float32),
            score=np.minimum.reduceat(coco.score[_POINTS], _STARTS),
            root_m=None if root is None else self._rotation @ root,
            skeleton=H36M17,
            index=keypoints.index,
            t_capture_ns=keypoints.t_capture_ns,
            t_unix_ns=keypoints.t_unix_ns,
            reason=self._reason(keypoints),
        )

    def _nobody(self, frame: Frame) -> Pose3D:
        return absent(NO_PERSON, H36M17, frame.index, frame.t_capture_ns, frame.t_unix_ns)

    def _root(self, joints: Array, coco: Pose2D) -> Array | None:
        """The pelvis in camera axes.  Limbs only: 2D and 3D heads are not the same points."""
        rays = self.intrinsics.rays(coco.xy[_LIMBS_2D], coco.size_wh)
        return solve_root(joints[_LIMBS_3D], rays, coco.score[_LIMBS_2D])

    def _reason(self, keypoints: Pose2D) -> str:
        if keypoints.bridged:
            return BRIDGED
        return OK if self.window.full else WARMING_UP
