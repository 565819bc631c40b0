"""People of whom everything is known: Human3.6M-17 joints in a room (x right, y away, z up, floor at 0), and
what a camera sees of them."""

from __future__ import annotations

import math

import numpy as np
from support.poses import pose_2d

from realtime.camera import Intrinsics, camera_to_published
from realtime.skeleton import COCO17, H36M17, LIMB_JOINTS

ANKLE_M = 0.08  # of somebody who stands
RATE_HZ = 30
THIGH_M, SHANK_M, TRUNK_M = 0.44, 0.42, 0.5
_HIP_M, _SHOULDER_M = 0.1, 0.18
SIZE_WH = (640, 480)


def figure(pelvis, left_ankle, right_ankle, lean_m=0.0):
    """The joints (17, 3) of somebody who faces the camera and leans forward by `lean_m` at the neck."""
    pelvis = np.asarray(pelvis, float)
    front = np.array([0.0, -1.0, 0.0])
    at = {"pelvis": pelvis}
    for side, sign, place in (("left", 1, left_ankle), ("right", -1, right_ankle)):
        hip = at[f"{side}_hip"] = pelvis + (sign * _HIP_M, 0, 0)
        ankle = at[f"{side}_ankle"] = np.asarray(place, float)
        at[f"{side}_knee"] = _knee(hip, ankle, front)
    up = np.array([0, -lean_m, math.sqrt(TRUNK_M**2 - lean_m**2)]) / TRUNK_M
    at |= {"spine": pelvis + 0.25 * up, "neck": pelvis + TRUNK_M * up}
    at |= {"nose": at["neck"] + 0.12 * up + 0.1 * front, "head_top": at["neck"] + 0.25 * up}
    for side, sign in (("left", 1), ("right", -1)):
        shoulder = at[f"{side}_shoulder"] = at["neck"] + (sign * _SHOULDER_M, 0, 0)
        at[f"{side}_elbow"] = shoulder - (0, 0, 0.28)
        at[f"{side}_wrist"] = shoulder - (0, 0, 0.53)
    return np.array([at[name] for name in H36M17.joints])


def _knee(hip, ankle, front):
    leg = ankle - hip
    length = min(float(np.linalg.norm(leg)), THIGH_M + SHANK_M - 1e-6)
    along = (THIGH_M**2 - SHANK_M**2 + length**2) / (2 * length)
    direction = leg / np.linalg.norm(leg)
    ahead = front - (front @ direction) * direction
    return hip + along * direction + math.sqrt(THIGH_M**2 - along**2) * ahead / np.linalg.norm(ahead)


def standing(frames, place=(0.2, 3.8)):
    x, y = place
    one = figure((x, y, 0.92), (x + 0.12, y, ANKLE_M), (x - 0.12, y, ANKLE_M))
    return np.repeat(one[None], frames, 0)


def squatting(frames, place=(0.2, 3.8), period_s=2.0, still_s=1.0):
    """Stands for a while, then goes down by 45 cm and up again and again, the feet where they are."""
    x, y = place
    poses = []
    for i in range(frames):
        t_s = max(0.0, i / RATE_HZ - still_s)
        down = 0.5 - 0.5 * math.cos(2 * math.pi * t_s / period_s)
        pelvis = (x, y + 0.15 * down, 0.92 - 0.45 * down)
        poses.append(figure(pelvis, (x + 0.12, y, ANKLE_M), (x - 0.12, y, ANKLE_M), lean_m=0.35 * down))
    return np.array(poses)


def walking(frames, place=(0.0, 3.0), speed_mps=(0.4, 0.8), step_s=0.5):
    """Steps of `step_s`, in which one foot stands and the other one swings."""
    place, speed = np.array(place), np.array(speed_mps)
    poses = []
    for i in range(frames):
        t_s = i / RATE_HZ
        ankles = []
        for sign, phase in ((1, 0.0), (-1, 0.5)):
            cycle, share = divmod(t_s / (2 * step_s) + phase, 1.0)
            swing = np.clip((share - 0.5) / 0.5, 0, 1)
            ahead = (cycle - phase + 0.25 + 0.5 - 0.5 * math.cos(math.pi * swing)) * 2 * step_s
            x, y = place + speed * ahead
            ankles.append((x + sign * 0.1, y, ANKLE_M + 0.12 * math.sin(math.pi * swing)))
        poses.append(figure((*(place + speed * t_s), 0.9), *ankles))
    return np.array(poses)


def jumping(frames, place=(0.2, 3.8), still_s=1.0, flight_s=0.5):
    """Stands, jumps once, straight up, and stands again."""
    poses = standing(frames, place)
    t_s = np.clip(np.arange(frames) / RATE_HZ - still_s, 0, flight_s)
    poses[..., 2] += (9.81 / 2 * t_s * (flight_s - t_s))[:, None]
    return poses


class Camera:
    """Stands on the floor below which the room's origin is; `pitch_deg` below the horizon."""

    def __init__(self, height_m=1.3, pitch_deg=0.0, fov_deg=60.0):
        self.height_m, self.pitch_deg, self.intrinsics = height_m, pitch_deg, Intrinsics(fov_deg)
        self.focal_px = max(SIZE_WH) / (2 * math.tan(math.radians(fov_deg) / 2))
        self._rotation = camera_to_published(pitch_deg).astype(float)

    def axes(self, room):
        """Points (…, 3) of the room in camera axes."""
        return (room - (0, 0, self.height_m)) @ self._rotation

    def joints(self, room):
        """What a perfect lifter answers: joints (17, 3) about the pelvis in camera axes."""
        joints = self.axes(room)
        return (joints - joints[0]).astype(np.float32)

    def keypoints(self, room, i, score=1.0):
        """COCO-17, of which only the limbs are where they are seen."""
        points = self.axes(room)
        xy = np.full((len(COCO17), 2), 100.0)
        limbs = points[H36M17.indices(LIMB_JOINTS)]
        xy[COCO17.indices(LIMB_JOINTS)] = self.focal_px * limbs[:, :2] / limbs[:, 2:] + np.array(SIZE_WH) / 2
        return pose_2d(xy, score=score, index=i, t_s=i / RATE_HZ, size_wh=SIZE_WH)
