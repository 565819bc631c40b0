"""RunningPose's joints from named markers."""

from __future__ import annotations

import numpy as np
import pytest

from realtime.errors import FormatError
from realtime.formats.qualisys_markers import runner20
from realtime.skeleton import RUNNER20

MIDDLE = ("HeadFront", "SpineThoracic2", "SpineThoracic12", "WaistBack")
SIDED = ("ShoulderTop", "Thigh2", "Forefoot2", "HeelBack")
BETWEEN = ("Elbow", "Wrist", "Knee", "Ankle")
NAMES = [
    *MIDDLE,
    *(side + name for side in "LR" for name in SIDED),
    *(side + name + part for side in "LR" for name in BETWEEN for part in ("Out", "In")),
]
# Marker n is at (n, 10 n, 100 n) in the first frame and at 0 in the second.
MARKERS = {name: np.array([[n, 10 * n, 100 * n], [0, 0, 0]], float) for n, name in enumerate(NAMES)}


def test_every_joint_is_its_marker_or_between_its_two():
    joints = runner20(MARKERS)
    assert joints.shape == (2, 20, 3)
    first = dict(zip(RUNNER20.joints, joints[0].tolist(), strict=True))
    of = {name: xyz[0].tolist() for name, xyz in MARKERS.items()}
    assert first["head_front"] == of["HeadFront"]
    assert first["waist_back"] == of["WaistBack"]
    assert first["left_hip"] == of["LThigh2"]
    assert first["right_toe"] == of["RForefoot2"]
    assert first["right_heel"] == of["RHeelBack"]
    n = NAMES.index("LKneeOut") + 0.5
    assert first["left_knee"] == [n, 10 * n, 100 * n]
    assert len({tuple(xyz) for xyz in joints[0].tolist()}) == 20
    assert not joints[1].any()


def test_the_older_names_of_the_same_markers_are_known():
    older = {"Thigh2": "TrochanterMajor", "Forefoot2": "Forefoot"}
    renamed = {name[0] + older.get(name[1:], name[1:]): xyz for name, xyz in MARKERS.items()}
    assert "LTrochanterMajor" in renamed
    assert (runner20(renamed) == runner20(MARKERS)).all()


def test_a_missing_marker_is_named():
    without = {name: xyz for name, xyz in MARKERS.items() if name != "LThigh2"}
    with pytest.raises(FormatError, match="no marker LTrochanterMajor or LThigh2, which runner-20 needs"):
        runner20(without)
