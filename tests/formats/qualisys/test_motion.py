"""Qualisys recordings as the motion of a runner."""

from __future__ import annotations

import numpy as np
import pytest
from support.qualisys_files import CORPUS, UPDATED, standing_markers, write_text_layout, write_tsv

from realtime.errors import FormatError
from realtime.formats.qualisys.motion import is_qualisys, missing, read_qualisys
from realtime.pose import ROOM
from realtime.skeleton import RUNNER20

M = {name: number for number, name in enumerate(UPDATED)}


def at_m(number):
    """Where standing_markers puts a marker, in the first frame, m."""
    return [0.1, 0.01 * number, 1 + 0.01 * number]


@pytest.mark.parametrize("name", ["run.txt", "run.txt.gz"])
def test_the_text_layout_is_the_joints_of_a_runner_in_the_room(tmp_path, name):
    run = read_qualisys(write_text_layout(tmp_path / name, standing_markers(4, step_mm=17)))
    assert (run.skeleton, run.fps, run.source, run.place) == (RUNNER20, 170, name, ROOM)
    np.testing.assert_allclose(run.times_s, np.arange(4) / 170)
    np.testing.assert_allclose(run.root_m[0], at_m(M["WaistBack"]), atol=1e-6)
    first = dict(zip(RUNNER20.joints, run.placed[0], strict=True))
    np.testing.assert_allclose(first["left_toe"], at_m(M["LForefoot2"]), atol=1e-6)
    np.testing.assert_allclose(first["right_heel"], at_m(M["RHeelBack"]), atol=1e-6)
    np.testing.assert_allclose(first["left_knee"], at_m((M["LKneeOut"] + M["LKneeIn"]) / 2), atol=1e-6)
    np.testing.assert_allclose(run.root_m[3] - run.root_m[0], (0.051, 0, 0), atol=1e-6)


def test_the_published_order_of_markers_where_no_file_names_them(tmp_path):
    run = read_qualisys(write_text_layout(tmp_path / "run.txt", standing_markers(1), labels=None))
    np.testing.assert_allclose(run.placed[0, RUNNER20.index("left_hip")], at_m(M["LThigh2"]), atol=1e-6)


def test_labels_in_the_folder_above_as_runningpose_keeps_them(tmp_path):
    folder = tmp_path / "MoCap_data"
    folder.mkdir()
    path = write_text_layout(folder / "run.txt", standing_markers(1)[:, ::-1], labels=None)
    (tmp_path / "qtm_labels.txt").write_text("\n".join(UPDATED[::-1]), encoding="utf-8")
    assert read_qualisys(path).placed[0, 0] == pytest.approx(at_m(M["HeadFront"]), abs=1e-6)


def test_the_export_of_qtm(tmp_path):
    run = read_qualisys(write_tsv(tmp_path / "run.tsv", standing_markers(3, step_mm=10)))
    assert (run.fps, len(run)) == (100, 3)
    np.testing.assert_allclose(run.root_m[2], np.add(at_m(M["WaistBack"]), (0.02, 0, 0)), atol=1e-6)


@pytest.mark.parametrize("lost", [np.nan, 0.0])
@pytest.mark.parametrize("name", ["run.txt", "run.tsv"])
def test_a_joint_without_one_of_its_markers_is_not_known_and_counted(tmp_path, name, lost):
    points = standing_markers(5)
    points[1:3, M["LKneeIn"]] = lost
    points[4, M["WaistBack"]] = lost
    write = write_tsv if name.endswith("tsv") else write_text_layout
    run = read_qualisys(write(tmp_path / name, points))
    knee = RUNNER20.index("left_knee")
    assert run.known[:, knee].tolist() == [True, False, False, True, False]
    assert run.valid.tolist() == [True, True, True, True, False]  # without the root no joint has a place about it
    counts = missing(run)
    assert (counts["left_knee"], counts["right_knee"], len(counts)) == (3, 1, 20)
    assert missing(read_qualisys(write(tmp_path / f"whole-{name}", standing_markers(2)))) == {}


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("run.txt", "1,2,3\n4,5,6\n", "a row of x, y, z for each is wanted, and it has 2 rows of 3 numbers"),
        ("run.txt", "1,2,x\n", "is not a table of numbers"),
        ("run.txt", "1,2,inf\n", "numbers that are not finite"),
        ("run.txt", "", "does not contain any numbers"),
        ("run.csv", "1,2,3\n", "not a Qualisys recording by its name: that ends in .tsv, .txt, .txt.gz"),
        ("run.tsv", "1\t2\n", "is not a QTM export"),
    ],
)
def test_what_is_no_recording_is_said_in_one_line(tmp_path, name, text, says):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=says) as fault:
        read_qualisys(tmp_path / name)
    assert "\n" not in str(fault.value)


def test_markers_that_a_runner_needs_are_named(tmp_path):
    path = write_tsv(tmp_path / "run.tsv", standing_markers(1)[:, :10], labels=UPDATED[:10])
    with pytest.raises(FormatError, match=r"run\.tsv: there is no marker WaistBack"):
        read_qualisys(path)


def test_names_of_recordings():
    assert [is_qualisys(CORPUS / name) for name in ("a.TXT", "a.txt.gz", "a.tsv", "a.csv", "a.gz")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the Qualisys recordings are not here")
def test_a_published_run():
    run = read_qualisys(CORPUS / "Tindra3.txt.gz")
    assert (len(run), run.fps, missing(run)) == (665, 170, {})
    lowest_m = run.placed[..., 2].min()
    assert 0 < lowest_m < 0.1  # markers on feet that stand on the floor at 0
    assert run.placed[-1, 0, 0] - run.placed[0, 0, 0] == pytest.approx(9.5, abs=0.3)
