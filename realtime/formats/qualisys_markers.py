"""RunningPose's joints from the markers of a Qualisys recording (Chalmers 2022, TIFX04-22-10/runningpose).

Which markers its format_qtmdata keeps, and which it averages: elbows, wrists, knees and ankles are the middle of
the markers on both sides of the joint; all others are single markers on the skin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ..errors import FormatError
from ..motion import Floats
from ..runtime.text import listed
from ..skeleton import RUNNER20

# The names in qtm_labels.txt, and after them those of the same markers in updated_labels.txt.
_MIDDLE: dict[str, tuple[str, ...]] = {
    "head_front": ("HeadFront",),
    "spine_t2": ("SpineThoracic2",),
    "spine_t12": ("SpineThoracic12",),
    "waist_back": ("WaistBack",),
}
_SIDED = {
    "shoulder": ("ShoulderTop",),
    "hip": ("TrochanterMajor", "Thigh2"),
    "toe": ("Forefoot", "Forefoot2"),  # on the head of the second metatarsal
    "heel": ("HeelBack",),
}
_BETWEEN = ("elbow", "wrist", "knee", "ankle")


def runner20(markers: Mapping[str, Floats]) -> Floats:
    """The joints (T, 20, 3) of RUNNER20 from trajectories (T, 3) by marker, in the unit and the axes that these
    are in; of RUNNER18 they are the first 18.  Raises FormatError, which names a marker that is missing."""
    points = dict(_points(markers))
    return np.stack([points[joint] for joint in RUNNER20.joints], 1)


def _points(markers: Mapping[str, Floats]) -> Iterator[tuple[str, Floats]]:
    for joint, names in _MIDDLE.items():
        yield joint, _marker(markers, *names)
    for side in ("left", "right"):
        letter = side[0].upper()
        for joint, names in _SIDED.items():
            yield f"{side}_{joint}", _marker(markers, *(letter + name for name in names))
        for joint in _BETWEEN:
            out, within = (_marker(markers, f"{letter}{joint.title()}{part}") for part in ("Out", "In"))
            yield f"{side}_{joint}", (out + within) / 2


def _marker(markers: Mapping[str, Floats], *names: str) -> Floats:
    for name in names:
        if name in markers:
            return markers[name]
    raise FormatError(
        f"there is no marker {' or '.join(names)}, which {RUNNER20.name} needs; there is: {listed(markers)}"
    )
