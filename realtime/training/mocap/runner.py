"""RUNNER20, points on the skin of a runner, from the canonical points of anybody (PyTorch, batched).

A point on the skin is taken to be fixed in a frame of the body part that it is on, at an offset that scales with
that part.  The offsets are those of one woman: medians of her two trials for training, `local_offsets` of
`joint_centres.runner_points` and `qualisys_markers.runner20`.  On her third trial, relative to the back of the
waist, the points are 17 mm off (`python -m benchmarks runner`): so exact can a network trained on them be at best.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ...skeleton import RUNNER20
from .canonical25 import CANONICAL25

# How much the thighs say of the tilt of the pelvis, of which the canonical points show only the line of the hips;
# the trunk above says the rest.  Of 0.3 to 1.5 the best, for the back of the waist.
_THIGHS_TILT = 0.65
# Of the turn of the lower spine: half the pelvis, half the shoulders.
_SHOULDERS_TURN = 0.5


@dataclass(frozen=True)
class _Skin:
    """A point on the skin: `offset`, forward, left and up in a frame of `_FRAMES` and in its lengths, from the
    canonical point `origin`.  With {side} in the names it is of the left side; the right one mirrors it."""

    frame: str
    origin: str
    offset: tuple[float, float, float]


_SKIN = {
    "head_front": _Skin("head", "nose", (-0.468, 0, 0.527)),
    "spine_t2": _Skin("thorax", "neck", (-0.159, 0, 0.088)),
    "spine_t12": _Skin("lower_spine", "spine", (-0.327, 0, 0.096)),
    "waist_back": _Skin("pelvis", "pelvis", (-0.207, 0, 0.225)),
    "{side}_shoulder": _Skin("thorax", "{side}_shoulder", (0.026, 0, 0.086)),
    "{side}_hip": _Skin("{side}_thigh", "{side}_hip", (0.083, 0.269, -0.054)),
    "{side}_toe": _Skin("{side}_foot", "{side}_toe", (-0.266, 0.066, 0.115)),
    "{side}_heel": _Skin("{side}_foot", "{side}_heel", (0, 0, 0.115)),
}


class _Body:
    """Canonical points (..., 25, 3), and frames of body parts: rotations (..., 3, 3) whose columns are
    forward, left and up, and a length (..., 1)."""

    def __init__(self, points: Tensor) -> None:
        self._points = points

    def at(self, *names: str) -> Tensor:
        """The middle (..., 3) of some of the points."""
        return self._points[..., [CANONICAL25.index(name) for name in names], :].mean(-2)

    def across(self, part: str) -> Tensor:
        """From the right to the left."""
        return normalize(self.at(f"left_{part}") - self.at(f"right_{part}"), dim=-1)

    @property
    def trunk_m(self) -> Tensor:
        return _length(self.at("neck") - self.at("pelvis"))

    def head(self) -> tuple[Tensor, Tensor]:
        left, ahead = self.across("ear"), self.at("nose") - self.at("left_ear", "right_ear")
        return _with_left(left, torch.linalg.cross(ahead, left)), _length(ahead)

    def thorax(self) -> tuple[Tensor, Tensor]:
        return _with_left(self.across("shoulder"), self.at("neck") - self.at("spine")), self.trunk_m

    def lower_spine(self) -> tuple[Tensor, Tensor]:
        left = torch.lerp(self.across("hip"), self.across("shoulder"), _SHOULDERS_TURN)
        return _with_left(left, self.at("spine") - self.at("pelvis")), self.trunk_m

    def pelvis(self) -> tuple[Tensor, Tensor]:
        pelvis = self.at("pelvis")
        trunk, thighs = (
            normalize(way, dim=-1) for way in (self.at("spine") - pelvis, pelvis - self.at("left_knee", "right_knee"))
        )
        return _with_left(self.across("hip"), trunk + _THIGHS_TILT * thighs), self.trunk_m

    def thigh(self, side: str) -> tuple[Tensor, Tensor]:
        up = self.at(f"{side}_hip") - self.at(f"{side}_knee")
        return _with_up(up, self.across("hip")), _length(up)

    def foot(self, side: str) -> tuple[Tensor, Tensor]:
        ahead = self.at(f"{side}_toe") - self.at(f"{side}_heel")
        left = torch.linalg.cross(self.at(f"{side}_knee") - self.at(f"{side}_ankle"), ahead)
        return _with_left(left, torch.linalg.cross(ahead, left)), _length(ahead)

    def frame(self, name: str) -> tuple[Tensor, Tensor]:
        """A frame by its name, which may begin with a side."""
        side, _, part = name.partition("_")
        return _OF_SIDES[part](self, side) if part in _OF_SIDES else _FRAMES[name](self)


_FRAMES: dict[str, Callable[[_Body], tuple[Tensor, Tensor]]] = {
    "head": _Body.head,
    "thorax": _Body.thorax,
    "lower_spine": _Body.lower_spine,
    "pelvis": _Body.pelvis,
}
_OF_SIDES: dict[str, Callable[[_Body, str], tuple[Tensor, Tensor]]] = {"thigh": _Body.thigh, "foot": _Body.foot}


def runner_joints(points: Tensor) -> Tensor:
    """The joints (..., 20, 3) of RUNNER20 from canonical points (..., 25, 3), in any axes."""
    body, found = _Body(points), []
    for joint in RUNNER20.joints:
        skin, side = _skin(joint)
        if skin is None:
            found.append(body.at(joint))
            continue
        rotation, length = body.frame(skin.frame.format(side=side))
        offset = points.new_tensor(skin.offset) * _mirror(points, side)
        found.append(body.at(skin.origin.format(side=side)) + length * (rotation @ offset))
    return torch.stack(found, -2)


def local_offsets(points: Tensor, joints: Tensor) -> dict[str, Tensor]:
    """Where joints (..., 20, 3) of RUNNER20 are seen from canonical points (..., 25, 3) of the same people: the
    offsets (..., 3) by the names of the points on the skin, those of both sides one after the other along the
    first axis, as on the left."""
    body = _Body(points)
    found: dict[str, list[Tensor]] = {}
    for index, joint in enumerate(RUNNER20.joints):
        skin, side = _skin(joint)
        if skin is not None:
            rotation, length = body.frame(skin.frame.format(side=side))
            away = joints[..., index, :] - body.at(skin.origin.format(side=side))
            offset = (away[..., None, :] @ rotation)[..., 0, :] / length
            found.setdefault(joint.removeprefix(f"{side}_"), []).append(offset * _mirror(points, side))
    return {name: torch.cat(offsets) for name, offsets in found.items()}


def _skin(joint: str) -> tuple[_Skin | None, str]:
    """The row of a joint, None where it is a joint centre, and its side, "" for none."""
    side, _, part = joint.partition("_")
    if side not in ("left", "right"):
        return _SKIN.get(joint), ""
    return _SKIN.get(f"{{side}}_{part}"), side


def _mirror(points: Tensor, side: str) -> Tensor:
    return points.new_tensor([1.0, -1.0 if side == "right" else 1.0, 1.0])


def _length(vectors: Tensor) -> Tensor:
    length: Tensor = vectors.norm(dim=-1, keepdim=True)
    return length


def _with_left(left: Tensor, up: Tensor) -> Tensor:
    """Rotations (..., 3, 3) that keep the direction to the left; `up` is made orthogonal to it."""
    left = normalize(left, dim=-1)
    forward = normalize(torch.linalg.cross(left, up), dim=-1)
    return torch.stack([forward, left, torch.linalg.cross(forward, left)], -1)


def _with_up(up: Tensor, left: Tensor) -> Tensor:
    """The same that keep the direction up."""
    up = normalize(up, dim=-1)
    forward = normalize(torch.linalg.cross(left, up), dim=-1)
    return torch.stack([forward, torch.linalg.cross(up, forward), up], -1)
