"""How far away the person is: measured in one frame, and followed over time.

One camera sees distance only as size: the longer the bones are in the picture, the nearer.  A bone that
is lifted too flat, while it points towards the camera, is too long for what is seen of it, and the person
seems far: in a squat, where most bones point that way, by a quarter.  Two things help.  Bones that lie across
the line of sight count most (`measured_distance`).  And feet that stand tell that the person has
not moved, however the size seems to change (`DistanceFilter`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..camera import DEPTHS_M, Points, Rays
from ..pose import Array
from ..skeleton import LIMB_JOINTS

# Bones (from, to) by which distance is measured, of trunk and legs: arms are lifted worst.
_BONES = (
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
    *((f"{side}_{start}", f"{side}_{end}") for start, end in (("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"))
      for side in ("left", "right")),
)  # fmt: skip
_START, _END = np.array([[LIMB_JOINTS.index(joint) for joint in bone] for bone in _BONES]).T
_CORE = np.isin(np.arange(len(LIMB_JOINTS)), [_START, _END]).astype(np.float32)  # 1 for joints of trunk and legs
_ANKLES = [LIMB_JOINTS.index(f"{side}_ankle") for side in ("left", "right")]

# Variance of a bone's extent across the line of sight: of joints, and per square metre of depth between its
# ends, since the direction of a bone is known to about 17 degrees.
_JOINTS_VAR_M2, _DIRECTION_VAR = 0.03**2, 0.3**2
_SMALLEST_SPREAD = 1e-8  # of rays: a person of 1 m, 10 km away

# How wrong a measured distance is: a share of it that changes within about a second, because it comes with
# the pose, and grows with the fourth power of how much smaller than upright the body is seen, up to a limit; and
# a share that is new in every frame.  Chosen on the demo clip and the eight rendered clips, where
# values half or twice as large are as good.
_POSE_SD, _FRAME_SD = 0.03, 0.01
_POSE_TIME_S = 1.0
_UPRIGHT_M = 0.52  # root mean square distance of shoulders, hips, knees and ankles from their middle
_SMALLEST = 1 / 3
_FIRST_SD = 0.5
_MOST_OFF = 1.5  # times: measured otherwise, the person is another one, or no person

# How far the root can have moved after a time, in metres for the root of a second: with both feet at rest,
# and more for every m/s of the faster foot above the speed that noisy keypoints seem to have.
_RESTING_SD, _MOVING_SD, _MOST_SD = 0.02, 1.5, 0.8
_REST_MPS, _STANCE_MPS = 0.15, 0.3  # a foot that is faster than both together carries nobody
_SPEED_TIME_S = 0.1
_FASTEST_MPS = 10.0
_SEEN = 0.5  # score of a foot that is in the picture

_SHORTEST_STEP_S = 1e-3


@dataclass(frozen=True, eq=False)
class SeenLimbs:
    """LIMB_JOINTS of one frame: `joints` (12, 3) m about the root in camera axes, `rays` (12, 2) to
    them, all finite, and `score` (12,), 0 where a ray is not known."""

    joints: Array
    rays: Points
    score: Array

    @classmethod
    def known(cls, joints: Array, rays: Rays, score: Array) -> SeenLimbs:
        """The same with a score of 0 for rays that are not finite."""
        finite = np.asarray(np.isfinite(rays).all(-1))
        known: Points = np.where(finite[:, None], rays, 0.0).astype(np.float64)
        return cls(joints, known, np.where(finite, score, np.float32(0)))

    def root_at(self, depth_m: float) -> Array:
        """The root (3,) m at this depth that puts the joints nearest to their rays: the mean of what each
        joint says, x + root x = u (z + depth)."""
        share = self.score / self.score.sum()
        x, y = share @ (self.rays * (self.joints[:, 2:] + depth_m) - self.joints[:, :2])
        return np.array([x, y, depth_m], np.float32)


def measured_distance(limbs: SeenLimbs) -> float | None:
    """The depth (m) of the root at which the bones of trunk and legs have the size at which they are seen; None where
    that cannot be told.

    With the rays u1, u2 at a bone's ends and their depths z1, z2 about the root, x2 - x1 - (u2 z2 - u1 z1)
    = (u2 - u1) depth: linear least squares, each bone weighted by its score and the variance of its extent.
    """
    joints, rays, score = limbs.joints, limbs.rays, limbs.score
    flat = joints[:, :2] - rays * joints[:, 2:]
    seen, extent = rays[_END] - rays[_START], flat[_END] - flat[_START]
    depths = joints[_END, 2] - joints[_START, 2]
    trust = np.minimum(score[_START], score[_END]) / (_JOINTS_VAR_M2 + _DIRECTION_VAR * depths * depths)
    weighted = trust[:, None] * seen
    power, product = float((weighted * seen).sum()), float((weighted * extent).sum())
    if not power > _SMALLEST_SPREAD * float(trust.sum()):
        return None
    near, far = DEPTHS_M
    return product / power if near < product / power < far else None


class _Foot(NamedTuple):
    """Where a foot is seen: its ray, its depth about the root in metres, and its score."""

    u: float
    v: float
    depth_m: float
    score: float


class DistanceFilter:
    """Depth of the root over time: a Kalman filter of two numbers, the depth, and the error of its measurement
    that comes with the pose.  Causal, without delay; times may be uneven.

    A foot at rest in the picture stays where it is, so the root moves by what the poses say about
    root and foot.  While both feet rest, what changes of the measured distance is put down to the
    pose; while the person walks, to the distance.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self._depth_m: float | None = None
        self._error_m = 0.0  # of the measured depth, that comes with the pose
        self._var = 0.0, 0.0, 0.0  # of the depth, of both, of the error
        self._t_s = 0.0
        self._feet: list[_Foot] = []
        self._speeds_mps = [0.0, 0.0]

    def __call__(self, measured_m: float, limbs: SeenLimbs, t_s: float) -> float:
        """The depth (m) of the root in the next frame, whose measured depth and limbs are given."""
        # Scalars: arrays of two numbers cost ten times as much.
        feet = [
            _Foot(limbs.rays[i, 0].item(), limbs.rays[i, 1].item(), limbs.joints[i, 2].item(), limbs.score[i].item())
            for i in _ANKLES
        ]
        depth_m = measured_m if self._depth_m is None else self._depth_m
        error_var = _pose_error_var(limbs, depth_m)
        if self._depth_m is None:
            self._var = (_FIRST_SD * depth_m) ** 2, 0.0, error_var
        else:
            depth_m = self._predict(depth_m, error_var, feet, max(t_s - self._t_s, _SHORTEST_STEP_S))
        self._t_s, self._feet = t_s, feet
        self._depth_m = self._corrected(depth_m, measured_m)
        return self._depth_m

    def _predict(self, depth_m: float, error_var: float, feet: list[_Foot], dt_s: float) -> float:
        self._speeds_mps = [
            self._speed_mps(*pair, depth_m, dt_s) for pair in zip(self._speeds_mps, self._feet, feet, strict=True)
        ]
        speeds = [
            speed if foot.score >= _SEEN else _FASTEST_MPS for speed, foot in zip(self._speeds_mps, feet, strict=True)
        ]
        stands = [math.exp(-((speed / _REST_MPS) ** 2)) + 1e-9 for speed in speeds]
        towards = [before.depth_m - now.depth_m for before, now in zip(self._feet, feet, strict=True)]
        carried = sum(s * d for s, d in zip(stands, towards, strict=True)) / sum(stands)
        in_stance = math.exp(-((max(0.0, min(speeds) - _REST_MPS) / _STANCE_MPS) ** 2))
        moved_sd = min(_RESTING_SD + _MOVING_SD * max(0.0, max(speeds) - _REST_MPS), _MOST_SD)
        lasts = math.exp(-dt_s / _POSE_TIME_S)
        depth_var, both, was_var = self._var
        self._var = depth_var + moved_sd**2 * dt_s, lasts * both, lasts**2 * was_var + (1 - lasts**2) * error_var
        self._error_m *= lasts
        return depth_m + in_stance * carried

    @staticmethod
    def _speed_mps(smoothed: float, before: _Foot, now: _Foot, depth_m: float, dt_s: float) -> float:
        """How fast a foot moves across the line of sight, smoothed."""
        speed = math.hypot(now.u - before.u, now.v - before.v) * max(depth_m + now.depth_m, 0.0) / dt_s
        keep = math.exp(-dt_s / _SPEED_TIME_S)
        return keep * smoothed + (1 - keep) * min(speed, _FASTEST_MPS)

    def _corrected(self, depth_m: float, measured_m: float) -> float:
        depth_var, both, error_var = self._var
        to_depth, to_error = depth_var + both, both + error_var
        total = to_depth + to_error + (_FRAME_SD * measured_m) ** 2
        off_m = measured_m - depth_m - self._error_m
        self._var = depth_var - to_depth**2 / total, both - to_depth * to_error / total, error_var - to_error**2 / total
        self._error_m += to_error / total * off_m
        return min(max(depth_m + to_depth / total * off_m, measured_m / _MOST_OFF), measured_m * _MOST_OFF)


def _pose_error_var(limbs: SeenLimbs, depth_m: float) -> float:
    """Variance of the error of the measured depth that comes with the pose."""
    weight = limbs.score * _CORE
    u, v = (weight @ limbs.rays).tolist()
    square, total = float((weight @ (limbs.rays * limbs.rays)).sum()), float(weight.sum())
    spread = math.sqrt(max(square / total - (u * u + v * v) / total**2, 0.0))
    share = min(max(spread * depth_m / _UPRIGHT_M, _SMALLEST), 1.0)
    return (_POSE_SD * depth_m / share**4) ** 2
