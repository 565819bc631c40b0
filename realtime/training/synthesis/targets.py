"""The joints that a network learns to answer with, of a body in its canonical points (PyTorch, batched)."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ...skeleton import H36M17, RUNNER18, RUNNER20, Skeleton
from ..mocap.canonical25 import CANONICAL25_TO_H36M
from ..mocap.runner import runner_joints

# By skeleton: from canonical points (..., 25, 3) in any axes to joints (..., J, 3).  Human3.6M's need only the
# first 21 points.
TARGETS: dict[str, Callable[[Tensor], Tensor]] = {
    H36M17.name: lambda points: points[..., CANONICAL25_TO_H36M, :],
    RUNNER18.name: lambda points: runner_joints(points)[..., : len(RUNNER18), :],
    RUNNER20.name: runner_joints,
}


def target_joints(points: Tensor, skeleton: Skeleton) -> Tensor:
    """The joints (..., J, 3) of a skeleton of TARGETS, relative to its root."""
    joints = TARGETS[skeleton.name](points)
    return joints - joints[..., skeleton.root, None, :]
