"""RunningPose's table of joints."""

from __future__ import annotations

import numpy as np
import pytest
from support.runners import runner

from realtime.errors import FormatError, RecordError
from realtime.formats.runningpose.joints_csv import read_runner_csv, write_runner_csv
from realtime.formats.runningpose.names import JOINT_NAMES
from realtime.pose import ROOM
from realtime.skeleton import RUNNER18

HEADER = (
    "HeadFront,SpineThoracic2,SpineThoracic12,LShoulderTop,RShoulderTop,WaistBack,LTrochanterMajor,LForefoot,"
    "RTrochanterMajor,RForefoot,LElbow,RElbow,LWrist,RWrist,LKnee,RKnee,LAnkle,RAnkle"
)


def test_three_rows_a_frame_in_mm_and_no_column_of_numbers(tmp_path):
    points = np.zeros((2, 18, 3))
    points[0, 0] = 1.5, -0.25, 2.0
    points[1, 17] = 0, 0, 0.1234
    points[1, 16] = np.nan
    write_runner_csv(tmp_path / "a.csv", points)
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert lines[0] == HEADER
    assert len(lines) == 1 + 2 * 3
    assert [line.split(",")[0] for line in lines[1:4]] == ["1500.000", "-250.000", "2000.000"]
    assert lines[6].split(",")[16:] == ["", "123.400"]


def test_there_and_back(tmp_path):
    run = runner(5)
    write_runner_csv(tmp_path / "a.csv", run.placed)
    back = read_runner_csv(tmp_path / "a.csv")
    assert (back.skeleton, back.fps, back.place, back.source) == (RUNNER18, 85, ROOM, "a.csv")
    np.testing.assert_allclose(back.placed, run.placed, atol=1e-6)
    with pytest.raises(RecordError, match="exists already"):
        write_runner_csv(tmp_path / "a.csv", run.placed)


def test_a_file_of_runningpose_with_the_number_of_the_row_before_it(tmp_path):
    run = runner(2)
    write_runner_csv(tmp_path / "a.csv", run.placed)
    header, *rows = (tmp_path / "a.csv").read_text().splitlines()
    theirs = ["," + header, *(f"{number},{row}" for number, row in enumerate(rows))]
    (tmp_path / "b.csv").write_text("\n".join(theirs) + "\n")
    np.testing.assert_allclose(read_runner_csv(tmp_path / "b.csv").placed, run.placed, atol=1e-6)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no column HeadFront"),
        (HEADER.replace("LKnee", "Knee"), "there is no column LKnee"),
        (HEADER + "\n" + ",".join("0" * 18), "not three rows of numbers for each frame"),
        (HEADER + "\n" + "0,0\n" * 3, "not three rows of numbers for each frame"),
        (HEADER + "\n" + (",".join("x" * 18) + "\n") * 3, "not three rows of numbers for each frame"),
        (HEADER + "\n", "has at least one frame"),
    ],
)
def test_another_table_is_said_in_one_line(tmp_path, text, says):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(FormatError, match=says) as fault:
        read_runner_csv(tmp_path / "a.csv")
    assert "\n" not in str(fault.value)
    assert len(JOINT_NAMES) == len(RUNNER18)
