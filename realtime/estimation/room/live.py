"""A person on the floor, pose by pose: causal, without delay."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ...camera import pitched
from ...pose import ROOM, Pose3D
from ...skeleton import Skeleton
from .legs import ANKLE_M, LEAVE_MPS, RAISED_M, SEEN, STAND_MPS, Bools, Floats, Legs, speeds_mps

_SPEED_TIME_S = 0.08
_SETTLE_TIME_S = 0.4  # in which the body follows its standing feet
_FLOOR_TIME_S = 1.0  # in which its height does: legs bend where feet seem to sink
_LET_GO_TIME_S = 0.1  # in which a foot that leaves its place gets back to where it is seen
_STEP_TIME_S = 1.0  # after so long without a standing foot, or at rest in the air, the floor is elsewhere
_FORGET_MPS = 0.1  # so fast is forgotten how low a foot was
_FAR_M = 0.5  # a foot that is this far from where it stands does not stand there
_GAP_S = 0.5
_SHORTEST_STEP_S = 1e-3


class RoomPlacement:
    """Puts the poses of one person, in order, into the room: z is 0 on the floor, the origin lies below the camera.

    Feet that stand are held where they came to rest, and on the floor; the body goes with them.  A foot in
    the air returns to where it is seen, so the errors of steps do not add up.  Nobody stands
    while both feet are off the floor: a jump leaves it.  The floor is where feet stand, and follows them within a
    second, also onto a step; until the first foot stands it is under the lower ankle.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        self._legs = Legs(skeleton)
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self._t_s = -math.inf
        self._root: Floats = np.zeros(3)
        self._before: Floats | None = None  # ankles as seen
        self._velocities = np.zeros((2, 3))
        self._stands = np.zeros(2, bool)
        self._rests_s = np.zeros(2)
        self._places = np.zeros((2, 3))  # where ankles stand
        self._pull = np.zeros((2, 3))  # from where an ankle is seen to where it is put
        self._shift = np.zeros(3)  # of the body, from where it is seen; its z is the camera's height
        self._lowest_m = math.inf  # of the ankles lately, the camera at 0
        self._off_floor_s = 0.0
        self._pitch_deg = 0.0  # by which the poses are levelled

    def __call__(self, pose: Pose3D) -> Pose3D:
        """The pose in the room; one without a person is passed on."""
        if not pose.valid or not np.isfinite(pose.xyz).all():
            return pose
        t_s = pose.t_capture_ns / 1e9
        if not 0 <= t_s - self._t_s <= _GAP_S:
            self.reset()
        if pose.pitch_deg != self._pitch_deg:
            self._level(pose.pitch_deg)
        if pose.root_m is not None and np.isfinite(pose.root_m).all():
            self._root = pose.root_m.astype(np.float64)
        dt_s, self._t_s = min(max(t_s - self._t_s, _SHORTEST_STEP_S), _GAP_S), t_s
        placed = self._placed(pose.xyz + self._root, pose.score[self._legs.ankles] >= SEEN, dt_s)
        return replace(pose, xyz=np.ascontiguousarray(placed, np.float32), place=ROOM)

    def _placed(self, joints: Floats, in_picture: Bools, dt_s: float) -> Floats:
        seen = joints[self._legs.ankles]
        if self._before is None:
            self._before = seen
            self._shift[2] = ANKLE_M - float(seen[:, 2].min())
        self._velocities += _share(dt_s, _SPEED_TIME_S) * ((seen - self._before) / dt_s - self._velocities)
        self._before = seen
        self._find_contacts(speeds_mps(self._velocities, seen), self._over_floor(seen), in_picture, dt_s)
        self._move_body(seen[:, 2], dt_s)
        ankles = self._over_floor(seen)
        self._pull = np.where(self._stands[:, None], self._places - ankles, self._pull * _left(dt_s, _LET_GO_TIME_S))
        return self._legs.stand(joints + self._shift, ankles + self._pull)

    def _level(self, pitch_deg: float) -> None:
        """Turn what is remembered, where the poses are levelled by another pitch than before."""
        more_deg, self._pitch_deg = pitch_deg - self._pitch_deg, pitch_deg
        self._root = _pitched(self._root, more_deg)
        if self._before is None:
            return
        self._before = _pitched(self._before, more_deg)
        places = _pitched(self._places - (0, 0, self._shift[2]), more_deg)
        if self._stands.any():
            self._shift[2] = ANKLE_M - float(places[self._stands, 2].mean())
        self._places[:, :2] = places[:, :2]

    def _over_floor(self, ankles: Floats) -> Floats:
        above: Floats = ankles + np.array([0.0, 0.0, self._shift[2]])
        return above

    def _find_contacts(self, speeds: Floats, ankles: Floats, in_picture: Bools, dt_s: float) -> None:
        self._rests_s = np.where(speeds < STAND_MPS, self._rests_s + dt_s, 0.0)
        low = (ankles[:, 2] < ANKLE_M + RAISED_M) | (self._rests_s > _STEP_TIME_S)
        near = np.linalg.norm(self._places - ankles, axis=1) < _FAR_M
        stands = in_picture & np.where(self._stands, (speeds < LEAVE_MPS) & near, (speeds < STAND_MPS) & low)
        lands = stands & ~self._stands
        self._places[lands] = (ankles + self._pull)[lands]
        self._places[:, 2] = ANKLE_M + (self._places[:, 2] - ANKLE_M) * _left(dt_s, _LET_GO_TIME_S)
        self._stands = stands

    def _move_body(self, ankle_heights_m: Floats, dt_s: float) -> None:
        stands, lowest_m = self._stands, float(ankle_heights_m.min())
        self._lowest_m = min(self._lowest_m + _FORGET_MPS * dt_s, lowest_m)
        self._off_floor_s = 0.0 if stands.any() else self._off_floor_s + dt_s
        goal = np.array([0.0, 0.0, self._shift[2]])
        if stands.any():
            goal[:2] = self._pull[stands, :2].mean(0)
            goal[2] = ANKLE_M - float(ankle_heights_m[stands].mean())
        elif self._off_floor_s > _STEP_TIME_S or lowest_m + self._shift[2] < ANKLE_M:
            goal[2] = ANKLE_M - self._lowest_m
        follow = [_share(dt_s, time_s) for time_s in (_SETTLE_TIME_S, _SETTLE_TIME_S, _FLOOR_TIME_S)]
        self._shift = self._shift + follow * (goal - self._shift)


def _pitched(points: Floats, more_deg: float) -> Floats:
    turned: Floats = pitched(points[None].astype(np.float32), np.array([more_deg]))[0]
    return turned


def _left(dt_s: float, time_s: float) -> float:
    """What is left after a time of something that decays."""
    return math.exp(-dt_s / time_s)


def _share(dt_s: float, time_s: float) -> float:
    return 1 - _left(dt_s, time_s)
