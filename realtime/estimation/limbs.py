"""The limb joints of a pose where 2D detectors mean them: at the centres of the joints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..kinematics.anatomy import HIP_INWARDS, SHOULDER_DOWN
from ..pose import Array
from ..skeleton import LIMB_JOINTS, RUNNER18, RUNNER20, Skeleton

LimbCentres = Callable[[Array], Array]


def limb_centres(skeleton: Skeleton) -> LimbCentres:
    """The function from joints (J, 3) of a skeleton to the centres (12, 3) of LIMB_JOINTS.  A runner's hips and
    shoulders are points on the skin; their centres are those of `kinematics.anatomy`, but for what is not linear in
    the joints (a hip is 3 cm behind): this runs several times a frame."""
    order = skeleton.indices(LIMB_JOINTS)
    if skeleton not in (RUNNER18, RUNNER20):
        return lambda joints: joints[order]
    weights = _weights(skeleton)
    return lambda joints: weights @ joints


def _weights(skeleton: Skeleton) -> Array:
    """Matrix (12, J)."""
    weights = np.eye(len(skeleton), dtype=np.float32)[skeleton.indices(LIMB_JOINTS)]
    for row, name in enumerate(LIMB_JOINTS):
        joint = skeleton.index(name)
        if name.endswith("hip"):
            weights[row, [joint, skeleton.mirror[joint]]] = 1 - HIP_INWARDS, HIP_INWARDS
        elif name.endswith("shoulder"):
            weights[row, skeleton.indices(("spine_t12", "spine_t2"))] = SHOULDER_DOWN, -SHOULDER_DOWN
    return weights
