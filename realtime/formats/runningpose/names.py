"""RunningPose's names of its 18 joints."""

from __future__ import annotations

from ...errors import FormatError
from ...skeleton import RUNNER18

RATE_HZ = 85.0  # of its files: every second frame of 170 a second, as its videos have

# fmt: off
# In the order of RUNNER18.
JOINT_NAMES = (
    "HeadFront", "SpineThoracic2", "SpineThoracic12", "LShoulderTop", "RShoulderTop", "WaistBack",
    "LTrochanterMajor", "LForefoot", "RTrochanterMajor", "RForefoot",
    "LElbow", "RElbow", "LWrist", "RWrist", "LKnee", "RKnee", "LAnkle", "RAnkle",
)
# fmt: on


def runner18_columns(names: list[str]) -> list[int]:
    """Where the joints of RUNNER18 are among columns with these names, which may have others beside them.  Raises
    FormatError, which names one that is missing."""
    places = {name: column for column, name in enumerate(names)}
    if lacking := [name for name in JOINT_NAMES if name not in places]:
        raise FormatError(f"there is no column {lacking[0]}, one of the {len(RUNNER18)} joints of RunningPose")
    return [places[name] for name in JOINT_NAMES]
