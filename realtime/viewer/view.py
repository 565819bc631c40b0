"""What to draw, independent of how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

FARTHEST_M = 100.0  # from the pelvis; beyond that it is no body, and projecting it overflows


def can_be_drawn(joints: Floats) -> bool:
    """Whether joints (J, 3) m are finite and within `FARTHEST_M` of the origin."""
    return bool((np.abs(joints) < FARTHEST_M).all())  # False for NaN


@dataclass(frozen=True, eq=False)
class View:
    """`joints` (17, 3) m of a person on the floor z = 0, or None for no person; `dim` if they
    are stale; a `headline` in large and `details` in small text, '' for none.  `feet` (2, 2, 3)
    are heel and toe of the left and the right foot; None draws them by the legs.  `own_feet`: they were answered
    as the joints were, and are drawn like them.  `t_s` is the time of the pose on any clock."""

    joints: Floats | None = None
    feet: Floats | None = field(default=None, kw_only=True)
    own_feet: bool = field(default=False, kw_only=True)
    t_s: float = field(default=0.0, kw_only=True)
    headline: str = ""
    details: str = ""
    dim: bool = False
