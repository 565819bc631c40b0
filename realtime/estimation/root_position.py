"""Lifted joints and the keypoints behind them → the pose that is published."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..camera import Intrinsics, camera_to_published, solve_root
from ..pose import BRIDGED, OK, WARMING_UP, Array, Pose2D, Pose3D
from ..skeleton import COCO17, H36M17, LIMB_JOINTS
from ..smoothing import OneEuro

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


@dataclass
class Placing:
    """Turns camera axes into published ones, finds the pelvis, smooths; poses come in order.
    `pitch_deg`: how far below the horizon the camera looks."""

    intrinsics: Intrinsics = field(default_factory=Intrinsics)
    pitch_deg: float = 0.0
    smooth: OneEuro | None = None

    def __post_init__(self) -> None:
        self._rotation = camera_to_published(self.pitch_deg)

    def reset(self) -> None:
        """Forget the past."""
        if self.smooth is not None:
            self.smooth.reset()

    def __call__(self, joints: Array, coco: Pose2D, *, is_warm: bool) -> Pose3D:
        """`joints` (17, 3) in camera axes, m, and the COCO-17 keypoints of the same frame."""
        root = self._root(joints, coco)
        xyz = joints @ self._rotation.T
        if self.smooth is not None:
            xyz = self.smooth(xyz, coco.t_capture_ns / 1e9)
        return Pose3D(
            xyz=np.ascontiguousarray(xyz, np.float32),
            score=np.minimum.reduceat(coco.score[_POINTS], _STARTS),
            root_m=None if root is None else self._rotation @ root,
            skeleton=H36M17,
            index=coco.index,
            t_capture_ns=coco.t_capture_ns,
            t_unix_ns=coco.t_unix_ns,
            reason=BRIDGED if coco.bridged else OK if is_warm else WARMING_UP,
        )

    def _root(self, joints: Array, coco: Pose2D) -> Array | None:
        """The pelvis in camera axes.  Limbs only: 2D and 3D heads are not the same points."""
        rays = self.intrinsics.rays(coco.xy[_LIMBS_2D], coco.size_wh)
        return solve_root(joints[_LIMBS_3D], rays, coco.score[_LIMBS_2D])
