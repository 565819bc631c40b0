"""How far hips, knees, ankles and elbows are bent, in degrees, beside them."""

from __future__ import annotations

import numpy as np

from ...kinematics.angles import joint_angles_deg
from ...skeleton import H36M17
from ..figure.answered import DRAWN
from ..theme import Theme
from ..view import View
from .labels import LEFT, RIGHT, Labels

# Joint and its angle in kinematics; 0 is a straight limb, or a foot square to the shank.
_ANGLES = {
    f"{side}_{joint}": f"{angle}_{side[0]}"
    for joint, angle in (
        ("hip", "hip_flexion"),
        ("knee", "knee_angle"),
        ("ankle", "ankle_angle"),
        ("elbow", "elbow_flex"),
    )
    for side in ("left", "right")
}
_STEP_DEG = 1.5  # a shown number changes by at least this, so that it can be read


class JointAngles(Labels):
    """The flexion of each joint beside it; none where it is not determined, as of ankles without feet."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, [LEFT if name.startswith("left") else RIGHT for name in _ANGLES], lines_down=1)
        self._shown_deg = np.full(len(_ANGLES), np.nan)

    def show(self, view: View) -> None:
        """Follow the pose of a view."""
        if view.joints is None:
            return
        points, skeleton = np.asarray(view.joints, np.float64), H36M17
        if view.own_feet and view.feet is not None:
            points, skeleton = np.concatenate([points, view.feet.reshape(-1, 3)]), DRAWN
        with np.errstate(all="ignore"):
            angles = joint_angles_deg(points, skeleton)
        now_deg = np.array([angles.get(name, np.nan) for name in _ANGLES.values()])
        near = np.abs(now_deg - self._shown_deg) < _STEP_DEG
        self._shown_deg = np.where(near, self._shown_deg, now_deg)
        texts = ["" if np.isnan(degrees) else f"{degrees:.0f}°" for degrees in self._shown_deg]
        self.place(view.joints[H36M17.indices(_ANGLES)], texts)
