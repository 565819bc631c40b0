"""JSON, CSV and the arrays: what stands in them, for readers that are not ours."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from support.example_estimates import estimate
from support.example_motions import TOUGH_NAME, walk, with_holes
from support.hostile_pickles import GADGETS
from support.keypoint_files import object_npy

from realtime.errors import FormatError
from realtime.formats.joints_npy import about, read_joints, write_joints
from realtime.formats.motion_csv import read_motion_csv, write_motion_csv
from realtime.formats.motion_json import read_motion_json, write_motion_json
from realtime.formats.motion_npz import read_motion_npz, write_motion_npz
from realtime.motion import motion
from realtime.pose import NO_PERSON, Finding, FrameNotes
from realtime.recording.recorder import Recorder
from realtime.skeleton import FIT3D25, H36M17
from realtime.viewer.player import read_recording


def no_constant(name):
    raise AssertionError(f"{name} is no JSON")


def test_json_for_strict_readers(tmp_path):
    made = with_holes(9)
    write_motion_json(tmp_path / "x.json", made)
    text = (tmp_path / "x.json").read_text("ascii")  # whatever the source is called
    data = json.loads(text, parse_constant=no_constant)
    assert (data["format"], data["version"]) == ("realtime-pose3d motion", 1)
    assert (data["unit"], data["axes"], data["origin"]) == ("m", "x right, y away, z up", "pelvis")
    assert data["source"] == f"{TOUGH_NAME}.mp4"
    assert data["skeleton"]["joints"] == list(H36M17.joints)
    assert data["skeleton"]["parents"] == list(H36M17.parents)
    frames = data["frames"]
    assert [frame["valid"] for frame in frames] == made.valid.tolist()
    assert frames[0]["joints"] is None
    assert frames[7]["root_m"] is None
    assert frames[1]["joints"][3] == pytest.approx(made.joints[1, 3], abs=1e-6)
    assert frames[1]["time_s"] == pytest.approx(1 / 29.97, abs=1e-6)


def test_json_of_a_skeleton_that_is_not_ours(tmp_path):
    made = motion(np.ones((2, 25, 3)), 50, skeleton=FIT3D25)
    write_motion_json(tmp_path / "x.json", made)
    assert read_motion_json(tmp_path / "x.json").skeleton is FIT3D25
    text = (tmp_path / "x.json").read_text()
    (tmp_path / "y.json").write_text(text.replace('"fit3d-25"', '"other-25"'))
    other = read_motion_json(tmp_path / "y.json").skeleton
    assert (other.name, other.joints, other.left) == ("other-25", FIT3D25.joints, FIT3D25.left)
    for old, new in (("-1,", "99,"), ("-1,", '"0",'), ('"left": [', '"left": [5, ')):
        (tmp_path / "z.json").write_text(text.replace('"fit3d-25"', '"other-25"').replace(old, new, 1))
        with pytest.raises(FormatError, match="skeleton requires a parent"):
            read_motion_json(tmp_path / "z.json")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"version": 1', '"version": 2'),
        ('realtime-pose3d motion"', 'something else"'),
        ('"frames"', '"images"'),
        ('"time_s": 0.0', '"time_s": 9.0'),
        ('"time_s": 0.0', '"time_s": "soon"'),
        ('"fps": 29.97', '"fps": -1'),
        ('"joints": [[', '"joints": [[1, 2], ['),
        ('"score": [1.0', '"score": [7.0'),
        ('"score": [1.0, ', '"score": ['),
    ],
)
def test_json_with_wrong_content(tmp_path, old, new):
    write_motion_json(tmp_path / "x.json", walk(2))
    text = (tmp_path / "x.json").read_text()
    assert old in text
    (tmp_path / "y.json").write_text(text.replace(old, new, 1))
    with pytest.raises(FormatError) as fault:
        read_motion_json(tmp_path / "y.json")
    assert "\n" not in str(fault.value)


def test_a_table_for_spreadsheets(tmp_path):
    made = with_holes(9)
    write_motion_csv(tmp_path / "x.csv", made)
    text = (tmp_path / "x.csv").read_bytes().decode("ascii")
    assert text.count("\r\n") == text.count("\n") == 10
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(rows[0])[:7] == ["frame", "time_s", "pelvis_x", "pelvis_y", "pelvis_z", "pelvis_score", "right_hip_x"]
    assert list(rows[0])[-3:] == ["root_x", "root_y", "root_z"]
    assert [row["frame"] for row in rows] == [str(i) for i in range(9)]
    assert float(rows[1]["left_wrist_z"]) == pytest.approx(made.joints[1, 13, 2], abs=1e-6)
    assert set(list(rows[0].values())[2:]) == {""}
    assert float(rows[0]["time_s"]) == 0


def test_a_table_that_a_spreadsheet_saved_again(tmp_path):
    write_motion_csv(tmp_path / "x.csv", walk(3))
    rows = list(csv.reader((tmp_path / "x.csv").read_text().splitlines()))
    quoted = "\ufeff" + "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows) + "\n" + "," * 72 + "\n"
    (tmp_path / "y.csv").write_text(quoted, "utf-8")
    assert len(read_motion_csv(tmp_path / "y.csv")) == 3


@pytest.mark.parametrize(
    ("old", "new"), [("0.000000", "nought"), ("frame", "row"), ("1.000000", "1,000000"), ("0,", "")]
)
def test_tables_with_wrong_content(tmp_path, old, new):
    write_motion_csv(tmp_path / "x.csv", walk(3))
    (tmp_path / "y.csv").write_text((tmp_path / "x.csv").read_text().replace(old, new, 1))
    with pytest.raises(FormatError) as fault:
        read_motion_csv(tmp_path / "y.csv")
    assert "\n" not in str(fault.value)


def test_arrays_for_everyone(tmp_path):
    made = with_holes(9)
    write_motion_npz(tmp_path / "x.npz", made)
    with np.load(tmp_path / "x.npz", allow_pickle=False) as plain:
        np.testing.assert_array_equal(plain["joints"], made.joints)
        np.testing.assert_array_equal(plain["valid"], made.valid)
        assert plain["joint_names"].tolist() == list(H36M17.joints)
        assert (str(plain["source"]), str(plain["axes"])) == (made.source, "x right, y away, z up")


@pytest.mark.parametrize("gadget", GADGETS.values(), ids=GADGETS)
def test_pickles_that_would_run_are_refused(tmp_path, monkeypatch, gadget):
    monkeypatch.chdir(tmp_path)
    write_motion_npz(tmp_path / "x.npz", walk(2))
    with zipfile.ZipFile(tmp_path / "x.npz") as good, zipfile.ZipFile(tmp_path / "bad.npz", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, object_npy(gadget) if name == "model.npy" else good.read(name))
    with pytest.raises(FormatError) as fault:
        read_motion_npz(tmp_path / "bad.npz")
    assert "\n" not in str(fault.value)
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"format": 2},
        {"joints": np.zeros((2, 16, 3), np.float32)},
        {"joints": np.full((2, 17, 3), "a")},
        {"valid": np.array([True, False])},
        {"fps": "fast"},
        {"skeleton": "octopus-8"},
        {"times_s": np.array([1.0, 0.0])},
        {"times_s": np.array([0, 1])},
        {"score": None},
    ],
)
def test_arrays_with_wrong_content(tmp_path, changed):
    write_motion_npz(tmp_path / "x.npz", walk(2))
    with np.load(tmp_path / "x.npz") as plain:
        arrays = {name: value for name, value in (dict(plain) | changed).items() if value is not None}
    np.savez(tmp_path / "y.npz", **arrays)
    with pytest.raises(FormatError) as fault:
        read_motion_npz(tmp_path / "y.npz")
    assert "\n" not in str(fault.value)


def test_what_the_viewer_reads_is_what_was_written(tmp_path):
    write_joints(tmp_path / "clip.npy", with_holes(9))
    recording = read_recording(tmp_path / "clip.npy")
    assert (len(recording.joints), recording.timed) == (9, True)
    assert recording.t_s[1] == pytest.approx(1 / 29.97)
    assert recording.view(0).headline == "no person"


STEP_NS = 20_000_000  # 50 frames a second


@pytest.mark.parametrize("jump_s", [-3600, -1, 1, 3600], ids=lambda s: f"clock set by {s} s")
def test_a_live_recording_is_read_as_a_motion(tmp_path, monkeypatch, jump_s):
    """Also if somebody sets the clock in the middle of it."""
    recorder = Recorder(tmp_path, H36M17, source="camera 0", model="causal-27", min_free_bytes=0)
    began_s, start_ns = time.time(), time.monotonic_ns()
    for index in range(100):
        if index == 50:
            monkeypatch.setattr(time, "time", lambda: began_s + jump_s)
            monkeypatch.setattr(time, "time_ns", lambda: round((began_s + jump_s) * 1e9))
        seen = estimate(index)
        recorder(replace(seen.pose, t_capture_ns=start_ns + index * STEP_NS))
    recorder.close()
    back = read_joints(tmp_path / "joints.npy")
    assert (len(back), back.source, back.model, round(back.fps)) == (100, "camera 0", "causal-27", 50)
    assert back.valid.all()
    assert back.times_s == pytest.approx(began_s + np.arange(100) / 50, abs=0.1)
    assert np.ptp(back.times_s) == pytest.approx(99 / 50, abs=1e-6)
    assert read_recording(tmp_path / "joints.npy").duration_s == pytest.approx(2, abs=1e-6)
    # The capture stamps come back, as docs/message.md says.
    about = json.loads((tmp_path / "joints.json").read_text())
    stamps_ns = (back.times_s - about["started_unix_s"]) * 1e9 + about["started_monotonic_ns"]
    assert stamps_ns == pytest.approx(start_ns + np.arange(100) * STEP_NS, rel=0, abs=500)


@pytest.mark.parametrize(
    ("jump_s", "there_s"), [(-3600, 1 / 50), (-1, 1 / 50), (3600, 3600 + 1 / 50)], ids=["an hour back", "back", "on"]
)
def test_a_step_back_in_an_older_recording_is_bridged(tmp_path, caplog, jump_s, there_s):
    np.save(tmp_path / "joints.npy", np.zeros((100, 17, 3), np.float32))
    wall_s = 1.7e9 + np.arange(100) / 50 + np.where(np.arange(100) < 50, 0, jump_s)
    np.save(tmp_path / "joints_time.npy", wall_s)
    steps = np.full(99, 1 / 50)
    steps[49] = there_s  # a step on may be somebody's absence, and stays
    back = read_joints(tmp_path / "joints.npy")
    assert np.diff(back.times_s) == pytest.approx(steps, abs=1e-6)
    assert (back.times_s[0], round(back.fps)) == (1.7e9, 50)
    told = [record.message for record in caplog.records]
    assert told == (
        ["joints_time.npy steps back 1 time: the clock was set back; there it continues evenly"] * (jump_s < 0)
    )
    caplog.clear()
    assert np.diff(read_recording(tmp_path / "joints.npy").t_s) == pytest.approx(steps, abs=1e-6)
    assert len(caplog.records) == (jump_s < 0)


def test_equal_times_do_not_move_the_later_ones(tmp_path, caplog):
    np.save(tmp_path / "joints.npy", np.zeros((5, 17, 3), np.float32))
    np.save(tmp_path / "joints_time.npy", np.array([0.0, 0.1, 0.1, 0.1, 0.2]))
    back = read_joints(tmp_path / "joints.npy")
    assert back.times_s == pytest.approx([0, 0.1, 0.1, 0.1, 0.2], abs=1e-5)
    assert not caplog.records
    np.save(tmp_path / "joints_time.npy", np.array([5.0, 4.0, 3.0, 2.0, 1.0]))
    assert read_joints(tmp_path / "joints.npy").times_s == pytest.approx(5 + np.arange(5) / 30)
    np.save(tmp_path / "joints_time.npy", np.array([5.0, np.nan, 3.0, 2.0, 1.0]))
    with pytest.raises(FormatError, match="must be finite"):
        read_joints(tmp_path / "joints.npy")


def test_live_and_offline_are_described_alike(tmp_path):
    Recorder(tmp_path / "live", H36M17, source="camera 0", model="m", min_free_bytes=0).close()
    write_joints(tmp_path / "joints.npy", walk(2))
    live, offline = (
        json.loads(path.read_text()) for path in (tmp_path / "live" / "joints.json", tmp_path / "joints.json")
    )
    assert live.keys() - offline.keys() == {"started_monotonic_ns"}
    differing = {k for k in offline if live[k] != offline[k]}
    assert differing - {"started_unix_s"} == {"source", "model", "joints_time.npy"}
    assert "1970" in live["joints_time.npy"]
    assert "start of the source" in offline["joints_time.npy"]
    assert about(H36M17, "seconds", {})["skeleton"] == "h36m-17"


def test_arrays_without_what_lies_beside_them(tmp_path):
    np.save(tmp_path / "joints.npy", np.zeros((4, 17, 3), np.float32))
    alone = read_joints(tmp_path / "joints.npy")
    assert (alone.fps, alone.source, alone.times_s[1]) == (30, "", pytest.approx(1 / 30))
    np.save(tmp_path / "joints_time.npy", np.array([5.0, 5.02, 5.04]))
    assert len(read_joints(tmp_path / "joints.npy")) == 3
    (tmp_path / "joints.json").write_text('{"skeleton": "coco-17"}')
    assert read_joints(tmp_path / "joints.npy").skeleton.name == "coco-17"
    for broken in ('{"skeleton": "octopus-8"}', "[]", "{", "\xff"):
        (tmp_path / "joints.json").write_text(broken, "latin1")
        with pytest.raises(FormatError):
            read_joints(tmp_path / "joints.npy")


def noted(frames):
    """A motion as `lift` makes it: with what was seen in each frame, and a finding."""
    notes = FrameNotes(
        reason=("ok", NO_PERSON) * (frames // 2),
        people=np.array([2, -1] * (frames // 2), np.int16),
        height_px=np.array([300.25, np.nan] * (frames // 2), np.float32),
        at_edge=np.array([4, -1] * (frames // 2), np.int16),
    )
    finding = Finding("several_people", "more than one person in view", 0.5, {"most_people": 2})
    return replace(walk(frames), notes=notes, findings=(finding,))


def test_json_tells_what_was_seen_and_is_read_as_before(tmp_path):
    write_motion_json(tmp_path / "x.json", noted(4))
    data = json.loads((tmp_path / "x.json").read_text(), parse_constant=no_constant)
    assert data["trust"] == [
        {
            "name": "several_people",
            "text": "more than one person in view",
            "share": 0.5,
            "figures": {"most_people": 2},
        }
    ]
    told = [{key: frame[key] for key in ("reason", "people", "height_px", "at_edge")} for frame in data["frames"]]
    assert told[0] == {"reason": "ok", "people": 2, "height_px": 300.2, "at_edge": 4}
    assert told[1] == {"reason": NO_PERSON, "people": None, "height_px": None, "at_edge": None}
    assert np.allclose(read_motion_json(tmp_path / "x.json").joints, walk(4).joints, atol=1e-6)


def test_csv_tells_what_was_seen_and_is_read_as_before(tmp_path):
    write_motion_csv(tmp_path / "x.csv", noted(4))
    rows = list(csv.DictReader((tmp_path / "x.csv").read_text().splitlines()))
    told = [[row[name] for name in ("reason", "people", "height_px", "at_edge")] for row in rows]
    assert told[:2] == [["ok", "2", "300.2", "4"], [NO_PERSON, "", "", ""]]
    assert list(rows[0])[-4:] == ["reason", "people", "height_px", "at_edge"]
    again = read_motion_csv(tmp_path / "x.csv")
    assert np.allclose(again.joints, walk(4).joints, atol=1e-6)
    assert np.allclose(again.root_m, walk(4).root_m, atol=1e-6)
