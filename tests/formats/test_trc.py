"""TRC: the header to the letter, axes, units, and what other programs leave out."""

from __future__ import annotations

import numpy as np
import pytest
from support.example_motions import TOUGH_NAME, walk

from realtime.errors import FormatError
from realtime.formats.markers import marker_name, marker_names
from realtime.formats.trc import read_trc, read_trc_markers, write_trc
from realtime.motion import motion
from realtime.skeleton import H36M17

# As OpenSim, Mokka and hand-written files have them: CRLF, millimetres, a blank cell for a lost
# marker, NaN, e-notation, rows that end with a tab or too early.
FOREIGN = (
    "PathFileType\t4\t(X/Y/Z)\tC:\\data\\walk 1.trc\r\n"
    "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\r\n"
    "100.00\t100.00\t4\t2\tmm\t100.00\t1\t4\r\n"
    "Frame#\tTime\tR.ASIS\t\t\tTop Head\t\t\r\n"
    "\t\tX1\tY1\tZ1\tX2\tY2\tZ2\r\n"
    "\r\n"
    "1\t0.000\t1000\t2000\t3000\t\t\t\r\n"
    "2\t0.010\t1e3\t2.0e+03\t3000.0\t1\t2\t3\t\r\n"
    "3\t0.020\tNaN\tnan\tNaN\t1\t2\t3\r\n"
    "4\t0.030\t1000\t2000\t3000\r\n"
)


def foreign(tmp_path, text):
    (tmp_path / "x.trc").write_bytes(text.encode())
    return tmp_path / "x.trc"


def test_the_header_to_the_letter(tmp_path):
    write_trc(tmp_path / f"{TOUGH_NAME}.trc", walk(2))
    lines = (tmp_path / f"{TOUGH_NAME}.trc").read_text("utf-8").split("\n")
    names = "Hip RHip RKnee RAnkle LHip LKnee LAnkle Spine Neck Nose Head".split()
    names += "LShoulder LElbow LWrist RShoulder RElbow RWrist".split()
    assert lines[0] == f"PathFileType\t4\t(X/Y/Z)\t{TOUGH_NAME}.trc"
    assert lines[1] == (
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames"
    )
    assert lines[2] == "29.97\t29.97\t2\t17\tm\t29.97\t1\t2"
    assert lines[3] == "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t\t"
    assert lines[4] == "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, 18)) + "\t"
    assert lines[5] == ""
    assert lines[6].startswith("1\t0.000000\t0.000000\t-0.100000\t-4.000000\t")
    assert lines[7].startswith("2\t0.033367\t")
    assert lines[8:] == [""]


def test_a_person_stands_upright_where_y_is_up(tmp_path):
    write_trc(tmp_path / "x.trc", walk(1))
    row = [float(cell) for cell in (tmp_path / "x.trc").read_text().splitlines()[6].split("\t")]
    at = dict(zip(marker_names(H36M17), np.array(row[2:]).reshape(-1, 3), strict=True))
    assert at["Head"][1] > at["Neck"][1] > at["Hip"][1] > at["RKnee"][1] > at["RAnkle"][1]
    assert at["Hip"].tolist() == [0, -0.1, -4]  # 4 m before the camera, which looks along -z


def test_empty_cells_where_nobody_is_and_one_tab_more(tmp_path):
    joints = np.zeros((3, 17, 3))
    joints[1] = np.nan
    joints[2, 16] = np.nan
    write_trc(tmp_path / "x.trc", motion(joints, 30))
    rows = (tmp_path / "x.trc").read_text().splitlines()[6:]
    assert [row.count("\t") for row in rows] == [52, 53, 53]
    assert rows[1] == "2\t0.033333" + "\t" * 52
    assert rows[2].endswith("\t0.000000\t\t\t\t")


def test_a_file_of_another_program(tmp_path):
    markers = read_trc_markers(foreign(tmp_path, FOREIGN))
    assert markers.names == ("R.ASIS", "Top Head")
    assert (markers.rate_hz, markers.times_s.tolist()) == (100, [0, 0.01, 0.02, 0.03])
    assert markers.points[0, 0].tolist() == [1, -3, 2]  # y up → z up
    assert markers.points[1].tolist() == [[1, -3, 2], [0.001, -0.003, 0.002]]
    assert np.isnan(markers.points[[0, 2, 3], [1, 0, 1]]).all()
    assert read_trc_markers(foreign(tmp_path, FOREIGN), up="z").points[0, 0].tolist() == [1, 2, 3]
    with pytest.raises(FormatError, match=r"no marker Hip \(pelvis\), only R.ASIS, Top Head"):
        read_trc(tmp_path / "x.trc")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("PathFileType", "Frame"),
        ("\tmm\t", "\tinch\t"),
        ("100.00\t100.00\t4", "fast\t100.00\t4"),
        ("100.00\t100.00\t4", "0\t100.00\t4"),
        ("1e3", "1e3\t5\t5"),
        ("1e3", "one"),
        ("DataRate\tCameraRate", "Rate"),
    ],
)
def test_what_is_wrong_with_it_is_told(tmp_path, old, new):
    with pytest.raises(FormatError) as fault:
        read_trc_markers(foreign(tmp_path, FOREIGN.replace(old, new)))
    assert "\n" not in str(fault.value)


def test_names_of_joints_and_their_subject(tmp_path):
    ours = FOREIGN.replace("R.ASIS", "Anna:RKnee")
    assert list(read_trc_markers(foreign(tmp_path, ours)).named()) == ["RKnee", "Top Head"]
    assert [marker_name(j) for j in ("left_big_toe", "right_eye", "pelvis")] == ["LBigToe", "REye", "Hip"]
