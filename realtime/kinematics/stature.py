"""How tall a person is, from the lengths of the bones: arrays and tensors alike."""

from __future__ import annotations

from typing import Any

from ..skeleton import Skeleton

# Leg, trunk and head as measured below, over the height with bare feet.  It is 0.953 to 0.958 in the eight
# rendered people of benchmarks/clips, whose height is known.
_SHARE = 0.955
# Bent trunks measure too short, so a person's height is that in upright poses.
UPRIGHT = 0.8  # quantile of the poses

_LEGS = [(f"{side}_{a}", f"{side}_{b}") for side in ("left", "right") for a, b in (("hip", "knee"), ("knee", "ankle"))]
_MIDDLE = [("pelvis", "spine"), ("spine", "neck"), ("neck", "head_top")]


def bone_stature(points: Any, skeleton: Skeleton) -> Any:
    """Heights (...) m by the bones of poses (..., J, 3) m of a skeleton with Human3.6M's joints; of bent trunks a few
    percent too low."""

    def total(bones: list[tuple[str, str]]) -> Any:
        upper, lower = ([skeleton.index(bone[end]) for bone in bones] for end in (0, 1))
        bone = points[..., upper, :] - points[..., lower, :]
        return ((bone * bone).sum(-1) ** 0.5).sum(-1)

    return (total(_LEGS) / 2 + total(_MIDDLE)) / _SHARE
