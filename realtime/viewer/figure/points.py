"""The points of the figure: the 17 joints, and those of the head and the feet."""

from __future__ import annotations

import numpy as np

from ...skeleton import H36M17, Skeleton
from ..view import Floats
from .feet import feet_at_rest
from .head import Head, head

_PARENTS = {"jaw": "neck", "crown": "jaw"}
_PARENTS |= {f"{side}_heel": f"{side}_ankle" for side in ("left", "right")}
_PARENTS |= {f"{side}_toe": f"{side}_heel" for side in ("left", "right")}
_DRAWN = ("jaw", "crown", "left_heel", "left_toe", "right_heel", "right_toe")
_NAMES = (*H36M17.joints, *_DRAWN)

FIGURE = Skeleton(
    name="figure",
    joints=_NAMES,
    parents=(*H36M17.parents, *(_NAMES.index(_PARENTS[name]) for name in _DRAWN)),
    left=(*H36M17.left, _NAMES.index("left_heel"), _NAMES.index("left_toe")),
    right=(*H36M17.right, _NAMES.index("right_heel"), _NAMES.index("right_toe")),
)


def figure_points(joints: Floats, feet: Floats | None = None) -> tuple[Floats, Head]:
    """The points (23, 3) m of FIGURE, and the head, of joints (17, 3) that stand on z = 0.  `feet`
    (2, 2, 3) are heel and toe of the left and the right foot; by default ankles are at rest."""
    with np.errstate(all="ignore"):
        top = head(joints)
        feet = feet_at_rest(joints).points() if feet is None else feet
        points = np.concatenate([joints, top.centres, feet.reshape(-1, 3)])
    lost = ~np.isfinite(points).all(-1)
    points[lost] = joints[H36M17.root]
    return points, top
