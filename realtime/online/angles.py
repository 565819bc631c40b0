"""`--analyze angles`: the joint angles of every pose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..kinematics.angles import joint_angles_deg
from ..pose import NOT_FINITE, Estimate, Pose3D
from ..runtime.text import Field
from ..wire.analyses.angles import AnglesMessage
from ..wire.message import StatusMessage


class LiveAngles:
    """A sink that publishes the angles of every pose."""

    def __init__(self, publish: Callable[[AnglesMessage], None]) -> None:
        self.fault = ""
        self._publish = publish

    def __call__(self, estimate: Estimate) -> None:
        """Publish the angles of a pose, or that there is none."""
        pose, usable = estimate.pose, estimate.pose.usable
        self._publish(
            AnglesMessage(
                frame=pose.index,
                t_capture_ns=pose.t_capture_ns,
                t_unix_ns=pose.t_unix_ns,
                person=estimate.person,
                valid=usable,
                reason=pose.reason if usable or not pose.valid else NOT_FINITE,
                skeleton=pose.skeleton.name,
                degrees=_degrees(pose) if usable else {},
            )
        )

    def report(self, status: StatusMessage) -> None:
        """Nothing to tell once a second."""

    def status_words(self) -> Field:
        """Nothing: who publishes them is told by the publisher."""
        return Field("")

    def status_fields(self) -> dict[str, Any]:
        """None."""
        return {}

    def close(self) -> None:
        """Nothing is open."""


def _degrees(pose: Pose3D) -> dict[str, float]:
    joints = pose.xyz[None].astype(np.float64)
    with np.errstate(all="ignore"):  # joints at one place have no angle
        return {name: float(path[0]) for name, path in joint_angles_deg(joints, pose.skeleton).items()}
