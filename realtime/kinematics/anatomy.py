"""Points of the body by their anatomical names, whatever skeleton they come in."""

from __future__ import annotations

from ..motion import Floats
from ..skeleton import RUNNER18, RUNNER20, Skeleton

# From the greater trochanter a quarter of the way to the other one (Weinhandl & O'Connor, "Assessment of
# a greater trochanter-based method of locating the hip joint center", J. Biomech. 43(13), 2010).
_HIP_CENTRE = 0.25


def body_points(joints: Floats, skeleton: Skeleton) -> dict[str, Floats]:
    """Trajectories (..., 3) of the points of joints (..., J, 3): those of the skeleton by their names, but
    with hips at the joint centres and with a pelvis between them; neck and spine where they can be told."""
    at = {name: joints[..., i, :] for i, name in enumerate(skeleton.joints)}
    if skeleton in (RUNNER18, RUNNER20):
        left, right = at["left_hip"], at["right_hip"]
        at |= {"left_hip": left + _HIP_CENTRE * (right - left), "right_hip": right + _HIP_CENTRE * (left - right)}
    at.setdefault("pelvis", (at["left_hip"] + at["right_hip"]) / 2)
    return at
