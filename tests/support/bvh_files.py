"""The joints in a BVH, and those that it was written from."""

from __future__ import annotations

import numpy as np

from realtime.formats.bvh.reader import read_bvh
from realtime.motion import to_z_up
from realtime.skeleton import H36M17


def joints_of(text):
    """(T, 17, 3) m, z up, by the forward kinematics that training reads motion capture with."""
    rig = read_bvh(text)
    return to_z_up(np.stack([rig.point(joint) for joint in H36M17.joints], 1), "y")


def held(motion):
    """The joints as they stood, frames that are not whole replaced by the last one that is."""
    whole = motion.known.all(1)
    shown = np.maximum.accumulate(np.where(whole, np.arange(len(motion)), np.argmax(whole)))
    return motion.placed[shown]
