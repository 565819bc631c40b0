"""People who walk and run by formula, whose contacts, toe-offs, lengths and angles are known exactly.

A foot stands still in the room from its contact to its toe-off.  The hips advance at a constant speed.  In a walk the
foot's place ahead of the hips has its peaks exactly at contact and toe-off, and rises and falls alike around them, so
that a filter does not move them.  In a run the foot comes back before it lands: the peaks lie `retraction_s` before
contact and after toe-off.  Hips rise over the standing foot in a walk; in a run they sink over it, and fly
ballistically between.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from realtime.motion import Motion3D, motion
from realtime.skeleton import Skeleton
from realtime.training.mocap.canonical25 import CANONICAL25

GRAVITY_M_S2 = 9.81
SIDES = "left", "right"
_HIP_HEIGHT_M, _HIP_ASIDE_M = 0.92, 0.09
_ANKLE_HEIGHT_M, _ANKLE_AHEAD_M, _FOOT_M = 0.08, 0.05, 0.2
# Knee flexion, degrees, at shares of stance (0..1) and of swing (1..2).
_WALK_KNEE = ((0.0, 4.0), (0.25, 18.0), (0.75, 6.0), (1.0, 36.0), (1.35, 62.0), (2.0, 4.0))
_RUN_KNEE = ((0.0, 20.0), (0.5, 45.0), (1.0, 15.0), (1.5, 100.0), (2.0, 20.0))


@dataclass(frozen=True)
class Walker:
    """`asymmetry`: by what share of the mean the right step lasts longer than the left one.  `strike_deg`: the toe
    above the heel at contact.  `radius_m`: of a circle to the left, None for a straight line.  A run with a `duty` of
    a half or more has no flight, and feet as in a walk."""

    run: bool = False
    cadence: float = 110.0  # steps of both feet a minute
    speed_m_s: float = 1.3
    duty: float = 0.62
    asymmetry: float = 0.0
    width_m: float = 0.12
    rise_m: float = 0.03  # of the hips, in a walk
    heading_deg: float = 0.0
    treadmill: bool = False
    radius_m: float | None = None
    lean_deg: float = 5.0
    elbow_deg: float = 60.0
    strike_deg: float = 12.0

    @property
    def stride_s(self) -> float:
        return 120 / self.cadence

    @property
    def contact_s(self) -> float:
        return self.duty * self.stride_s

    @property
    def swing_s(self) -> float:
        return self.stride_s - self.contact_s

    @property
    def step_s(self) -> dict[str, float]:
        """From the other foot's contact to this one's."""
        return {
            side: self.stride_s / 2 * (1 + sign * self.asymmetry / 2) for side, sign in (("left", -1), ("right", 1))
        }

    @property
    def step_m(self) -> dict[str, float]:
        return {side: self.speed_m_s * self.step_s[side] for side in SIDES}

    @property
    def flies(self) -> bool:
        return self.run and self.duty < 0.5

    @property
    def retraction_s(self) -> float:
        """By how much a runner's foot is farthest ahead before it lands, and farthest behind after it left."""
        return (self.swing_s - self.contact_s) / 4 if self.flies else 0.0

    @property
    def flight_s(self) -> float:
        """Of a symmetrical run."""
        return self.stride_s / 2 - self.contact_s

    @property
    def bounce_m(self) -> float:
        """Highest less lowest height of a symmetrical runner's hips: the foot's force is half a sine."""
        c, flight = self.contact_s, self.flight_s
        return GRAVITY_M_S2 * (c * (c + flight) / (2 * np.pi) - c**2 / 8 + flight**2 / 8)

    def contacts(self, side: str, until_s: float) -> np.ndarray:
        """Times of contacts from 0 on."""
        first = 0.0 if side == "left" else self.step_s["right"]
        return first + self.stride_s * np.arange(int(until_s / self.stride_s) + 2)

    def motion(
        self, seconds: float = 10.0, fps: float = 120.0, start_s: float = 0.0, skeleton: Skeleton = CANONICAL25, **more
    ) -> Motion3D:
        """From `start_s` on; times count from there."""
        times = start_s + np.arange(int(seconds * fps)) / fps
        points = self.points(times)
        joints = np.stack([points[name] for name in skeleton.joints], 1)
        root = joints[:, skeleton.root]
        return motion(joints - root[:, None], fps, root_m=root, skeleton=skeleton, **more)

    def points(self, times: np.ndarray) -> dict[str, np.ndarray]:
        """Every joint of CANONICAL25 (T, 3) in the room."""
        flat = self._flat(times)
        placed = {name: self._placed(path) for name, path in flat.items()}
        if self.treadmill:
            way = self._placed(np.stack([self.speed_m_s * times, 0 * times, 0 * times], 1))
            placed = {name: path - way for name, path in placed.items()}
        return placed

    def _flat(self, times: np.ndarray) -> dict[str, np.ndarray]:
        """Along the way, to its left, and up."""
        hips = np.stack([self.speed_m_s * times, 0 * times, _HIP_HEIGHT_M + self._height(times)], 1)
        at = {"pelvis": hips}
        lean = np.radians(self.lean_deg)
        for side, sign in (("left", 1), ("right", -1)):
            at[f"{side}_hip"] = hips + [0, sign * _HIP_ASIDE_M, 0]
            at |= self._leg(times, side, at[f"{side}_hip"], sign)
            shoulder = hips + [0.5 * np.sin(lean), sign * 0.18, 0.5 * np.cos(lean)]
            bend = np.radians(self.elbow_deg)
            at[f"{side}_shoulder"], at[f"{side}_elbow"] = shoulder, shoulder - [0, 0, 0.28]
            at[f"{side}_wrist"] = shoulder + [0.25 * np.sin(bend), 0, -0.28 - 0.25 * np.cos(bend)]
        for name in CANONICAL25.joints:
            at.setdefault(name, hips + [0.6 * np.sin(lean), 0, 0.6 * np.cos(lean)])
        return at

    def _leg(self, times: np.ndarray, side: str, hip: np.ndarray, sign: int) -> dict[str, np.ndarray]:
        since = (times - self.contacts(side, 0)[0]) % self.stride_s
        swing = np.clip((since - self.contact_s) / self.swing_s, 0, 1)
        pitch = np.radians(self.strike_deg) * np.where(
            since < self.contact_s, np.clip(1 - since / (0.2 * self.contact_s), 0, 1), swing**2 * (3 - 2 * swing)
        )
        lift = (0.25 if self.run else 0.06) * np.sin(np.pi * swing) ** 2
        heel = np.stack(
            [hip[:, 0] + self._ahead(since) - _ANKLE_AHEAD_M, np.full(len(times), sign * self.width_m / 2), lift], 1
        )
        along, up = np.cos(pitch), np.sin(pitch)
        zero = 0 * along
        toe = heel + _FOOT_M * np.stack([along, zero, up], 1)
        ankle = heel + np.stack(
            [_ANKLE_AHEAD_M * along - _ANKLE_HEIGHT_M * up, zero, _ANKLE_AHEAD_M * up + _ANKLE_HEIGHT_M * along], 1
        )
        return {
            f"{side}_heel": heel,
            f"{side}_toe": toe,
            f"{side}_ankle": ankle,
            f"{side}_knee": self._knee(hip, ankle, since),
        }

    def knee_deg(self, since: np.ndarray) -> np.ndarray:
        """Flexion at times since contact."""
        share = np.where(since < self.contact_s, since / self.contact_s, 1 + (since - self.contact_s) / self.swing_s)
        nodes = np.array(_RUN_KNEE if self.run else _WALK_KNEE)
        right = np.clip(np.searchsorted(nodes[:, 0], share, side="right"), 1, len(nodes) - 1)
        part = (share - nodes[right - 1, 0]) / (nodes[right, 0] - nodes[right - 1, 0])
        return nodes[right - 1, 1] + (nodes[right, 1] - nodes[right - 1, 1]) * (1 - np.cos(np.pi * part)) / 2

    def _knee(self, hip: np.ndarray, ankle: np.ndarray, since: np.ndarray) -> np.ndarray:
        """Before the line from hip to ankle, so that both bones are alike and bend by `knee_deg`."""
        leg = ankle - hip
        ahead = np.stack([-leg[:, 2], 0 * since, leg[:, 0]], 1)
        return hip + leg / 2 + ahead / 2 * np.tan(np.radians(self.knee_deg(since)) / 2)[:, None]

    def _ahead(self, since: np.ndarray) -> np.ndarray:
        """How far the ankle is ahead of the hips at times since contact; 0 at mid-stance."""
        v, stance, swing = self.speed_m_s, self.contact_s, self.swing_s
        place = v * (stance / 2 - since)
        late = since - stance
        share = late / swing
        if not self.flies:
            extra = 8 / 3 * v * (stance / swing - 1)
            rise = 3 * share / 8 - np.sin(2 * np.pi * share) / (4 * np.pi) + np.sin(4 * np.pi * share) / (32 * np.pi)
            return np.where(late < 0, place, -v * stance / 2 + v * late + extra * swing * rise)
        tau = self.retraction_s
        turn = v * (late**2 / (2 * tau) - late)
        before = swing - late
        back = v * (before**2 / (2 * tau) - before)
        forwards = np.where(late < 2 * tau, turn, v * (late - 2 * tau))
        return np.where(late < 0, place, np.where(before < 2 * tau, v * stance / 2 - back, -v * stance / 2 + forwards))

    def _height(self, times: np.ndarray) -> np.ndarray:
        """Of the hips, above where they are at contact."""
        phase = times % self.stride_s
        right = phase >= self.step_s["right"]
        since = np.where(right, phase - self.step_s["right"], phase)
        lasts = np.where(right, self.step_s["left"], self.step_s["right"])  # until the other foot lands
        if not self.flies:
            middle = self.contact_s / 2 / lasts
            rise = -self.rise_m if self.run else self.rise_m
            return rise / 2 * np.cos(2 * np.pi * (since / lasts - middle))
        c, flight = self.contact_s, lasts - self.contact_s
        late = since - c
        stance = np.clip(since, 0, c)
        sink = -c * (c + flight) / (2 * np.pi) * np.sin(np.pi * stance / c) + stance * (c - stance) / 2
        return GRAVITY_M_S2 * np.where(late < 0, sink, late * (flight - late) / 2)

    def _placed(self, flat: np.ndarray) -> np.ndarray:
        """From the way onto a line, or a circle, in the room."""
        if self.radius_m is None:
            x, y, angle = flat[:, 0], flat[:, 1], np.radians(self.heading_deg)
        else:
            turned = flat[:, 0] / self.radius_m
            x = (self.radius_m - flat[:, 1]) * np.sin(turned)
            y = self.radius_m - (self.radius_m - flat[:, 1]) * np.cos(turned)
            angle = np.radians(self.heading_deg)
        return np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle), flat[:, 2]], 1)


RUNNER = Walker(run=True, cadence=165.0, speed_m_s=2.9, duty=0.36, width_m=0.06, lean_deg=8.0, elbow_deg=95.0)


def stander(seconds: float = 5.0, fps: float = 60.0) -> Motion3D:
    """Somebody who stands and sways by a centimetre."""
    still = Walker(speed_m_s=0.0).points(np.zeros(1))
    times = np.arange(int(seconds * fps)) / fps
    sway = np.stack([0.01 * np.sin(2 * times), 0.01 * np.cos(3 * times), 0 * times], 1)[:, None]
    joints = np.repeat([[still[name][0] for name in CANONICAL25.joints]], len(times), 0)
    feet = [i for i, name in enumerate(CANONICAL25.joints) if name.endswith(("ankle", "heel", "toe"))]
    moved = joints + sway
    moved[:, feet] = joints[:, feet]
    root = moved[:, 0]
    return motion(moved - root[:, None], fps, root_m=root, skeleton=CANONICAL25)
