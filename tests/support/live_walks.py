"""People who walk or stand as a stream of runner-20 poses with exact events, and a network that lifts them."""

from __future__ import annotations

import numpy as np
from support.poses import frame_at, pose_2d

from realtime.formats.safe.npz import save_npz
from realtime.pose import OK, Pose3D
from realtime.skeleton import COCO17, COCO_FEET21, RUNNER20

STANCE = 0.62  # of the stride: a foot goes back under the body from its contact to its toe-off
REACH_M = 0.3  # of the ankle, ahead of the hips and behind them
_SIZE_WH, _FOV_DEG = (640, 480), 60.0
_AT_M = np.array([0.0, 4.0, 0.0])  # of the pelvis before the camera
# Left of the middle and above the hips; the body faces +x.
_TRUNK = {
    "waist_back": (0, 0.05),
    "spine_t12": (0, 0.25),
    "spine_t2": (0, 0.45),
    "head_front": (0, 0.65),
    **{
        f"{side}_{part}": (sign * y, z)
        for side, sign in (("left", 1), ("right", -1))
        for part, y, z in (("shoulder", 0.18, 0.45), ("elbow", 0.2, 0.2), ("wrist", 0.2, -0.05), ("hip", 0.16, 0.0))
    },
}


def joints_at(t_s, stride_s):
    """Joints (20, 3) m of somebody who walks on a treadmill along x, the waist's back at the origin; who stands
    where `stride_s` is None.  A left contact is at 0, STANCE of a stride later its toe-off."""
    at = {name: np.array([0.0, y, z]) for name, (y, z) in _TRUNK.items()}
    for side, later in (("left", 0.0), ("right", 0.5)):
        phase = 0.31 if stride_s is None else (t_s / stride_s - later) % 1
        swing = max((phase - STANCE) / (1 - STANCE), 0.0)
        ahead = REACH_M * (np.cos(np.pi * phase / STANCE) if not swing else -np.cos(np.pi * swing))
        high = 0.03 * (1 - (ahead / REACH_M) ** 2)  # of the hips in mid-stance, as on a pendulum
        lift = 0.1 * np.sin(np.pi * swing)
        ankle = np.array([ahead, at[f"{side}_hip"][1], -0.80 - high + lift])
        at[f"{side}_ankle"] = ankle
        at[f"{side}_knee"] = (at[f"{side}_hip"] + ankle) / 2 + [0.05 + 0.15 * np.sin(np.pi * swing), 0, 0]
        at[f"{side}_heel"], at[f"{side}_toe"] = ankle + [-0.05, 0, -0.06], ankle + [0.15, 0, -0.06]
    joints = np.array([at[name] for name in RUNNER20.joints])
    return joints - joints[RUNNER20.root]


def turned(joints, degrees):
    """Joints (..., 3) about the vertical."""
    angle = np.radians(degrees)
    return joints @ np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def pose_of(joints, t_s, index=0):
    """Joints (20, 3) as a pose at a time of the camera's clock."""
    t_ns = round(t_s * 1e9)
    return Pose3D(
        xyz=joints.astype(np.float32),
        score=np.full(len(RUNNER20), 0.9, np.float32),
        root_m=_AT_M.astype(np.float32),
        skeleton=RUNNER20,
        index=index,
        t_capture_ns=t_ns,
        t_unix_ns=t_ns + 10**18,
        reason=OK,
    )


class KnownWalk:
    """A lifter that knows the joints of a walk, and its keypoints, frame by frame at 30 fps: those of `joints` (T,
    20, 3) in published axes."""

    name = "known-1"
    keypoints, skeleton = COCO17, RUNNER20
    window_length, lookahead, by_clips, height_m = 1, 0, False, None

    def __init__(self, joints):
        self.joints = joints
        self._of = {pose.xy.tobytes(): i for i, pose in enumerate(map(self.seen, range(len(joints))))}

    def __call__(self, window):
        joints = self.joints[self._of[window.xy[-1].tobytes()]]
        return np.stack([joints[:, 0], -joints[:, 2], joints[:, 1]], 1).astype(np.float32)  # camera axes

    def flush(self):
        return iter(())

    def seen(self, index, person=0):
        """The keypoints in a frame."""
        xy = pictured(self.joints[index], COCO17)
        return pose_2d(xy, index=index, person=person, t_s=frame_at(index).t_capture_ns / 1e9)


def pictured(joints, keypoints):
    """Pixels (..., K, 2) of joints (..., 20, 3) before a level camera; what a runner lacks is at the head."""
    head = RUNNER20.index("head_front")
    points = joints[..., [RUNNER20.index(name) if name in RUNNER20.joints else head for name in keypoints.joints], :]
    right, away, up = np.moveaxis(points + _AT_M, -1, 0)
    focal_px = max(_SIZE_WH) / 2 / np.tan(np.radians(_FOV_DEG) / 2)
    return np.array(_SIZE_WH) / 2 + focal_px * np.stack([right / away, -up / away], -1)


def keypoint_file(path, seconds=8, stride_s=1.0, keypoints=COCO_FEET21):
    """A keypoint file of somebody who walks on the spot, seen from the side."""
    joints = np.array([joints_at(i / 30, stride_s) for i in range(seconds * 30)])
    xy = pictured(joints, keypoints).astype(np.float32)
    score = np.full(xy.shape[:2], 0.9, np.float32)
    save_npz(
        path, format=1, xy=xy, score=score, size_wh=np.array(_SIZE_WH), fps=np.float64(30), skeleton=keypoints.name
    )
    return path
