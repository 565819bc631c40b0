"""A head from neck, nose and head top: two spheres with a common hull, like an egg.

Human3.6M's head top is the crown, its neck lies between the shoulders, and its nose is half way
up the line between them and half its length before it.  The head hangs below the crown on that
line, moved a little towards the face, and grows with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...skeleton import H36M17
from ..view import Floats
from .vectors import unit

# Shares of the distance from neck to head top (0.265 m of an adult, whose head is 0.225 m high).
CROWN_RADIUS, JAW_RADIUS = 0.315, 0.275
_AXIS = 0.26  # between the centres of the two spheres
_AHEAD = 0.14, 0.19  # of the crown's and the jaw's centre
_LONGEST_M = 0.5  # a head top that a bad pose has thrown far away makes no giant head

_JOINTS = H36M17.indices(("neck", "nose", "head_top"))


@dataclass(frozen=True, eq=False)
class Head:
    """`centres` (2, 3) m of the jaw's and the crown's sphere, and their `radii` (2,) m."""

    centres: Floats
    radii: Floats


def head(joints: Floats) -> Head:
    """The head of the joints (17, 3) m."""
    neck, nose, top = joints[_JOINTS]
    line = top - neck
    length = min(float(np.sqrt(line @ line)), _LONGEST_M)
    up = unit(line)
    ahead = nose - neck
    ahead = unit(ahead - (ahead @ up) * up)
    crown = top - CROWN_RADIUS * length * up
    centres = np.stack([crown - _AXIS * length * up, crown]) + np.outer(_AHEAD[::-1], ahead) * length
    return Head(centres, length * np.array([JAW_RADIUS, CROWN_RADIUS]))
