"""Somebody who stands upright with hanging arms, in several skeletons: metres, z up, faces +y, right is +x."""

from __future__ import annotations

import numpy as np

from realtime.skeleton import RUNNER20, Skeleton

_LIMBS = {"knee": (0.1, 0, -0.4), "ankle": (0.1, 0, -0.8), "elbow": (0.2, 0, 0.2), "wrist": (0.2, 0, -0.05)}
_FEET = {"heel": (0.1, -0.05, -0.87), "toe": (0.1, 0.15, -0.87), "small_toe": (0.15, 0.12, -0.87)}
_HEAD = {
    "nose": (0, 0.1, 0.6),
    "head_top": (0, 0, 0.75),
    "pelvis": (0, 0, 0),
    "spine": (0, 0, 0.25),
    "neck": (0, 0, 0.5),
}
_FACE = {"eye": (0.03, 0.08, 0.64), "ear": (0.07, 0, 0.62)}
_RUNNER = {
    "head_front": (0, 0.1, 0.68),
    "spine_t2": (0, -0.08, 0.5),
    "spine_t12": (0, -0.1, 0.22),
    "waist_back": (0, -0.12, 0.03),
}


def _sides(points: dict[str, tuple[float, float, float]]) -> dict[str, tuple[float, float, float]]:
    right = {f"right_{name}": place for name, place in points.items()}
    return right | {f"left_{name}": (-x, y, z) for name, (x, y, z) in points.items()}


STANDING = _HEAD | _sides(_LIMBS | _FEET | _FACE | {"hip": (0.1, 0, 0), "shoulder": (0.2, 0, 0.5)})
RUNNER_STANDING = _RUNNER | _sides(_LIMBS | _FEET | {"hip": (0.2, 0, 0.03), "shoulder": (0.18, 0, 0.54)})


def standing(skeleton: Skeleton, **moved: tuple[float, float, float]) -> np.ndarray:
    """Joints (J, 3), some of them moved.  Points that are in no table stand at the wrist or the ear."""
    place = (RUNNER_STANDING if skeleton.name.startswith("runner") else STANDING) | moved
    return np.array([place[name] if name in place else place[_near(name)] for name in skeleton.joints], float)


def _near(name: str) -> str:
    side, _, part = name.partition("_")
    body = "ankle" if part.startswith("foot") else "eye" if part.startswith(("eye", "mouth")) else "wrist"
    return f"{side}_{body}"


def mirrored(joints: np.ndarray, skeleton: Skeleton = RUNNER20) -> np.ndarray:
    """The pose (..., J, 3) in a mirror: left and right exchanged, x reversed."""
    return joints[..., list(skeleton.mirror), :] * [-1.0, 1.0, 1.0]
