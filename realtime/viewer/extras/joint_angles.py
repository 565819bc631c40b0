"""The flexion of knees and elbows, in degrees: 0 is straight."""

from __future__ import annotations

import numpy as np

from ...kinematics.angles import joint_angles_deg
from ...skeleton import H36M17
from ..theme import Theme
from ..view import View
from .labels import LEFT, RIGHT, Labels

# Joint and its angle in kinematics.
_ANGLES = {
    "left_knee": "knee_angle_l",
    "right_knee": "knee_angle_r",
    "left_elbow": "elbow_flex_l",
    "right_elbow": "elbow_flex_r",
}
_STEP_DEG = 1.5  # a shown number changes by at least this, so that it can be read


class JointAngles(Labels):
    """The flexion of each knee and elbow beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, [LEFT if name.startswith("left") else RIGHT for name in _ANGLES], lines_down=1)
        self._shown_deg = np.full(len(_ANGLES), np.inf)

    def show(self, view: View) -> None:
        """Follow the pose of a view."""
        if view.joints is None:
            return
        with np.errstate(all="ignore"):
            angles = joint_angles_deg(np.asarray(view.joints[None], np.float64), H36M17)
        now_deg = np.nan_to_num([angles[name][0] for name in _ANGLES.values()])
        self._shown_deg = np.where(np.abs(now_deg - self._shown_deg) >= _STEP_DEG, now_deg, self._shown_deg)
        texts = [f"flexion {round(degrees)}°" for degrees in self._shown_deg]
        self.place(view.joints[H36M17.indices(_ANGLES)], texts)
