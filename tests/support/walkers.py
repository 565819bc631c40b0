"""People who walk, stand and squat in a level room, exactly, and cameras of any tilt before them."""

from __future__ import annotations

import numpy as np

from realtime.skeleton import COCO17, H36M17

_THIGH_M = _SHANK_M = 0.45
_LEAN_DEG = 3.4  # forwards, as people do
# Left of the body's middle, and above the pelvis; the trunk leans about it.
_TRUNK = {
    "pelvis": (0, 0),
    "spine": (0, 0.25),
    "neck": (0, 0.5),
    "nose": (0, 0.62),
    "head_top": (0, 0.72),
    **{
        f"{side}_{part}": (sign * x, z)
        for side, sign in (("left", 1), ("right", -1))
        for part, x, z in (("hip", 0.12, 0), ("shoulder", 0.18, 0.45), ("elbow", 0.2, 0.2), ("wrist", 0.2, -0.05))
    },
}


def _body(swing_deg, knees_deg, lean_deg):
    """Joints (17, 3), x forward, y left, z up, the lower ankle at 0.08; `swing_deg` of the thighs, `knees_deg`
    how far each bends."""
    joints = np.zeros((len(H36M17), 3))
    lean = np.radians(lean_deg)
    for name, (left, up) in _TRUNK.items():
        joints[H36M17.index(name)] = (np.sin(lean) * up, left, np.cos(lean) * up)
    for side, swing, knee in zip(("left", "right"), swing_deg, knees_deg, strict=True):
        hip = joints[H36M17.index(f"{side}_hip")]
        thigh, shank = np.radians(swing), np.radians(swing - knee)
        joints[H36M17.index(f"{side}_knee")] = hip + _THIGH_M * np.array([np.sin(thigh), 0, -np.cos(thigh)])
        joints[H36M17.index(f"{side}_ankle")] = joints[H36M17.index(f"{side}_knee")] + _SHANK_M * np.array(
            [np.sin(shank), 0, -np.cos(shank)]
        )
    ankles = joints[H36M17.indices(("left_ankle", "right_ankle")), 2]
    return joints + (0, 0, 0.08 - ankles.min())


def _placed(joints, where, facing_deg):
    """Turned about the vertical and set down; 0°: towards a camera that looks along y."""
    angle = np.radians(facing_deg - 90)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    return joints @ turn.T + (*where, 0)


def walker(frames, *, rate_hz=10.0, lean_deg=_LEAN_DEG, facing_deg=None):
    """Joints (frames, 17, 3) in a room, z up, 2 m around its origin: round a circle, or, with a direction that the
    body faces, to and fro along the view."""
    bodies = []
    for i in np.arange(frames) * 10 / rate_hz:
        phase = 2 * np.pi * i / 11
        swing = 20 * np.sin(phase) * np.array([1, -1])
        knees = np.maximum(0, 45 * np.cos(phase) * np.array([1, -1]))
        body = _body(swing, knees, lean_deg)
        around = 2 * np.pi * i / 40
        if facing_deg is None:
            where, facing = (1.3 * np.sin(around), -1.3 * np.cos(around)), 90 + np.degrees(around)
        else:
            where, facing = (0.0, 1.3 * np.sin(around)), facing_deg
        bodies.append(_placed(body, where, facing))
    return np.array(bodies)


def stander(frames, *, facing_deg=0):
    """The same for somebody who stands at the origin."""
    return np.repeat([_placed(_body((0, 0), (0, 0), _LEAN_DEG), (0, 0), facing_deg)], frames, 0)


def squatter(frames):
    """Squats, each of 30 frames, at one place: knees up to 110°, trunk 40° forwards, half of the time standing."""
    depth = np.clip(np.sin(2 * np.pi * np.arange(frames) / 30), 0, 1)
    return np.array([_placed(_body((55 * d,) * 2, (110 * d,) * 2, _LEAN_DEG + 37 * d), (0, 0), 30) for d in depth])


def seen_by(bodies, *, pitch_deg=0.0, roll_deg=0.0, yaw_deg=0.0, distance_m=5.0, height_m=1.4):
    """For each body joints (17, 3) about the pelvis and root (3,) in the axes of a camera (x right, y down, z
    forward), so far from the room's origin and so high above the floor."""
    yaw, pitch, roll = np.radians([yaw_deg, pitch_deg, roll_deg])
    forward = np.array([np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), -np.sin(pitch)])
    right = np.array([np.cos(yaw), -np.sin(yaw), 0])
    down = np.cross(forward, right)
    right, down = np.cos(roll) * right + np.sin(roll) * down, np.cos(roll) * down - np.sin(roll) * right
    place = np.array([-distance_m * np.sin(yaw), -distance_m * np.cos(yaw), height_m])
    points = (bodies - place) @ np.stack([right, down, forward]).T
    roots = points[:, H36M17.root]
    return [
        ((body - root).astype(np.float32), root.astype(np.float32)) for body, root in zip(points, roots, strict=True)
    ]


def pictured(seen, size_wh=(640, 480), fov_deg=60.0):
    """Their COCO-17 keypoints (T, 17, 3) in px with score 0.9; eyes and ears are at the nose."""
    shown = [H36M17.index(name if name in H36M17.joints else "nose") for name in COCO17.joints]
    points = np.array([joints[shown] + root for joints, root in seen])
    focal_px = max(size_wh) / 2 / np.tan(np.radians(fov_deg) / 2)
    xy = np.array(size_wh) / 2 + focal_px * points[..., :2] / points[..., 2:]
    return np.concatenate([xy, np.full((*xy.shape[:2], 1), 0.9)], -1).astype(np.float32)
