"""Estimates of somebody whose place, lean and picture are known."""

from __future__ import annotations

import numpy as np

from realtime.camera import camera_to_published
from realtime.pose import BRIDGED, NO_PERSON, OK, Estimate, Pose2D, Pose3D, absent
from realtime.skeleton import COCO17, H36M17

SIZE_WH = (640, 480)

# Standing upright and facing the camera: x to the camera's right, z up, metres from the pelvis.
_STANDING = {
    "pelvis": (0, 0),
    "right_hip": (-0.12, 0),
    "right_knee": (-0.12, -0.45),
    "right_ankle": (-0.12, -0.9),
    "left_hip": (0.12, 0),
    "left_knee": (0.12, -0.45),
    "left_ankle": (0.12, -0.9),
    "spine": (0, 0.25),
    "neck": (0, 0.5),
    "nose": (0, 0.6),
    "head_top": (0, 0.7),
    "left_shoulder": (0.18, 0.45),
    "left_elbow": (0.2, 0.2),
    "left_wrist": (0.2, -0.05),
    "right_shoulder": (-0.18, 0.45),
    "right_elbow": (-0.2, 0.2),
    "right_wrist": (-0.2, -0.05),
}


def standing(*, towards_deg=0.0, right_deg=0.0, bow_deg=0.0):
    """Joints (17, 3) of somebody who leans as a whole, and whose trunk bows further towards the camera."""
    joints = np.array([(x, 0, z) for x, z in (_STANDING[name] for name in H36M17.joints)], np.float64)
    trunk = joints[:, 2] > 0
    joints[trunk] = joints[trunk] @ _towards(bow_deg).T
    cos, sin = np.cos(np.radians(right_deg)), np.sin(np.radians(right_deg))
    to_right = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    return (joints @ _towards(towards_deg).T @ to_right.T).astype(np.float32)


def _towards(angle_deg):
    """What a camera that looks down by that angle shows of a level room, if nobody tells it."""
    return camera_to_published(0.0) @ np.linalg.inv(camera_to_published(angle_deg))


def observed(index, joints=None, *, top_px=40, height_px=400, score=0.9, fps=30.0, bridged=False, **more):
    """An estimate of `joints`; None: nobody was seen.  In the picture the body is `height_px` high, from
    the row `top_px` on."""
    t_ns = round(index / fps * 1e9)
    if joints is None:
        return Estimate(absent(NO_PERSON, H36M17, index, t_ns, t_ns), None, 0, 27, 1.0, 1.0, t_ns, **more)
    points = np.array([_STANDING.get(name, (0, 0.6)) for name in COCO17.joints])  # eyes and ears at the nose
    zoom = height_px / 1.5
    xy = np.stack([320 + zoom * points[:, 0], top_px + zoom * (0.6 - points[:, 1])], 1).astype(np.float32)
    keypoints = Pose2D(xy, np.full(17, score, np.float32), SIZE_WH, COCO17, index, t_ns, t_ns, bridged=bridged)
    pose = Pose3D(joints, np.full(17, score, np.float32), None, H36M17, index, t_ns, t_ns, BRIDGED if bridged else OK)
    return Estimate(pose, keypoints, 27, 27, 1.0, 1.0, t_ns, **more)
