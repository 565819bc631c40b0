"""A motion of one person, as it was captured: what virtual cameras look at, and the truth that lifted joints are
compared with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from ...motion import Floats, Motion3D, motion
from ..mocap.canonical25 import CANONICAL25
from ..synthesis.stature import upright_stature

_PELVIS = CANONICAL25.index("pelvis")


@dataclass(frozen=True, eq=False)
class Captured:
    """`points` (T, 25, 3) m, z up, at `rate_hz`; `held_out`: the networks were trained without this person;
    `direction` (3,): where the body faces or goes, if it is known beforehand."""

    name: str
    person: str
    held_out: bool
    points: Floats
    rate_hz: float
    direction: Floats | None = None

    @property
    def times_s(self) -> Floats:
        """(T,), from 0."""
        return np.arange(len(self.points)) / self.rate_hz

    def __len__(self) -> int:
        return len(self.points)

    @property
    def pelvis(self) -> Floats:
        """(T, 3)."""
        path: Floats = self.points[:, _PELVIS]
        return path

    def at(self, joint: str) -> Floats:
        """The trajectory (T, 3) of a point."""
        path: Floats = self.points[:, CANONICAL25.index(joint)]
        return path

    @cached_property
    def forward(self) -> Floats:
        """Unit direction (3,), horizontal, in which the body faces at the beginning."""
        if self.direction is not None:
            return self.direction
        return facing(self.points[: max(1, round(self.rate_hz / 2))])

    @cached_property
    def height_m(self) -> float:
        """How tall the person is, by the bones."""
        return float(upright_stature(torch.tensor(self.points, dtype=torch.float32)))

    def motion(self) -> Motion3D:
        """The true joints as a motion, with the place of the pelvis."""
        about = self.points - self.pelvis[:, None]
        return motion(about, self.rate_hz, root_m=self.pelvis, skeleton=CANONICAL25, source=self.name)


def facing(points: Floats) -> Floats:
    """Unit direction (3,), horizontal, across the lines through hips and shoulders of poses (T, 25, 3)."""
    at = {joint: points[:, CANONICAL25.index(joint)].mean(0) for joint in CANONICAL25.joints}
    left = at["left_hip"] - at["right_hip"] + at["left_shoulder"] - at["right_shoulder"]
    ahead = np.array([left[1], -left[0], 0.0])
    direction: Floats = ahead / np.linalg.norm(ahead)
    return direction
