"""Joint angles as a table: units in the header, empty cells where there is no angle."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from support.example_motions import walk, with_holes
from support.standing import standing

from realtime.errors import NotRepresentable, RecordError
from realtime.formats.angles_csv import write_angles_csv
from realtime.kinematics.angles import joint_angles_deg
from realtime.motion import motion
from realtime.skeleton import RUNNER20, Skeleton


def written(tmp_path, motion):
    path = tmp_path / "walk_angles.csv"
    write_angles_csv(path, motion)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_column_for_each_angle_left_beside_right(tmp_path):
    rows = written(tmp_path, walk(5))
    columns = list(rows[0])
    assert columns[:3] == ["time_s", "hip_flexion_l_deg", "hip_flexion_r_deg"]
    assert not any(name.startswith(("ankle", "foot")) for name in columns)
    found = joint_angles_deg(walk(5).joints.astype(float), walk(5).skeleton)
    for name, path in found.items():
        cells = [float(row[f"{name}_deg"] or "nan") for row in rows]
        assert cells == pytest.approx(path, abs=6e-4, nan_ok=True)
    assert [float(row["time_s"]) for row in rows] == pytest.approx(walk(5).times_s, abs=1e-6)


def test_a_frame_without_a_person_is_a_row_of_empty_cells(tmp_path):
    rows = written(tmp_path, with_holes(12))
    assert len(rows) == 12
    assert set(list(rows[4].values())[1:]) == {""}
    assert rows[5]["knee_angle_l_deg"]


def test_a_runner_has_ankles_and_straight_legs_have_no_rotation(tmp_path):
    (row,) = written(tmp_path, motion(standing(RUNNER20)[None], 30, skeleton=RUNNER20))
    assert float(row["ankle_angle_r_deg"]) == 0
    assert row["hip_rotation_l_deg"] == ""


def test_a_skeleton_without_limbs_is_refused(tmp_path):
    head = Skeleton("head", ("left_ear", "right_ear", "nose"), (-1, 0, 0), (0,), (1,))
    with pytest.raises(NotRepresentable, match="head does not have the joints of any angle"):
        written(tmp_path, motion(np.zeros((1, 3, 3)), 30, skeleton=head))


def test_a_file_that_exists_is_kept(tmp_path):
    written(tmp_path, walk(2))
    with pytest.raises(RecordError, match="exists"):
        written(tmp_path, walk(3))
