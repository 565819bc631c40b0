"""`gait`, on real files."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from support.demo_clip import demo_limbs
from support.example_motions import walk
from support.html_pages import Page
from support.keypoint_files import keypoint_file
from support.live_walks import keypoint_file as walking_keypoints
from support.poses import ROOT
from support.qualisys_files import standing_markers, write_text_layout

from realtime.commands.gait import main as gait
from realtime.detectors.blazepose import KINDS
from realtime.errors import FormatError, RecordError, UsageError
from realtime.formats.keypoints_npz import write_keypoints
from realtime.formats.writers import WRITERS
from realtime.lifting.choice import NetworkUse, can_be_lifted
from realtime.motion import motion
from realtime.offline.reports.gait import ENDINGS
from realtime.skeleton import BLAZEPOSE33, COCO17, LIMB_JOINTS, RUNNER20
from realtime.track import single_person_track

STRIDES_MIN = 60.0  # of the walker, 60 frames a stride at 60 Hz


@pytest.fixture
def trc(tmp_path):
    return str(WRITERS["trc"](tmp_path / "walk", walk(480, 60.0))[0])


def page_of(folder, stem="walk"):
    return Page((folder / f"{stem}_gait.html").read_text("utf-8"))


def test_five_files_that_agree(trc, tmp_path, capsys):
    out = tmp_path / "out"
    assert gait([trc, "--out", str(out)]) == 0
    told = capsys.readouterr().err
    assert "walk.trc: 480 frames, walking" in told
    assert "120 steps/min (both feet), 60.0 strides/min" in told
    assert f"open {out / 'walk_gait.html'} in a browser" in told
    assert {path.name for path in out.iterdir()} == {f"walk{ending}" for ending in ENDINGS}
    result = json.loads((out / "walk_gait.json").read_text("utf-8"))["result"]
    with (out / "walk_gait.csv").open(newline="") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}
    assert rows.keys() == {one["key"] for one in result["measures"]}
    assert float(rows["stride_rate"]["both"]) == pytest.approx(STRIDES_MIN, rel=0.01)
    assert float(rows["cadence"]["both"]) == pytest.approx(2 * STRIDES_MIN, rel=0.01)
    page = page_of(out)
    for one in result["measures"]:
        assert one["label"] in page.text
    assert page.loads() == []
    assert len([a for a in page.all("svg") if a["aria-label"] == "the body from the side"]) == 6


def test_the_report_of_a_packed_file_is_called_without_both_endings(tmp_path):
    write_text_layout(tmp_path / "Anna1.txt.gz", standing_markers(200))
    assert gait([str(tmp_path / "Anna1.txt.gz"), "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "Anna1_gait.html").is_file()


def test_the_folder_of_a_live_recording_is_called_by_its_name(tmp_path, capsys):
    live = walk(240, 30.0)
    live = replace(live, times_s=live.times_s + 1.8e9)
    WRITERS["npy"](tmp_path / "morning" / "joints", live)
    assert gait([str(tmp_path / "morning"), "--out", str(tmp_path / "out")]) == 0
    assert "morning: 240 frames, walking" in capsys.readouterr().err
    data = json.loads((tmp_path / "out" / "morning_gait.json").read_text("utf-8"))
    assert data["recording"]["name"] == "morning"
    assert data["recording"]["network"] == "causal-27"
    assert all(event["t_s"] < 10 for event in data["result"]["events"])
    assert "by the ankle: the points have no heel" in {event["low"] for event in data["result"]["events"]}


def test_nothing_is_overwritten_and_that_is_said_before_the_work(trc, tmp_path, capsys):
    (tmp_path / "walk_gait_events.csv").write_text("mine")
    other = str(WRITERS["csv"](tmp_path / "other", walk(480, 60.0))[0])
    with pytest.raises(RecordError, match=r"walk_gait_events.csv exists already and is not overwritten: --force"):
        gait([other, trc, "--out", str(tmp_path)])
    assert (tmp_path / "walk_gait_events.csv").read_text() == "mine"
    assert not list(tmp_path.glob("*.html"))
    assert gait([trc, "--out", str(tmp_path), "--force"]) == 0
    assert (tmp_path / "walk_gait_events.csv").read_text().startswith("side,")
    assert capsys.readouterr().err


def test_a_part_of_motion_and_flags_without_effect(trc, tmp_path, capsys):
    assert gait([trc, "--out", str(tmp_path / "out"), "--start", "2", "--end", "6", "--height", "1.8"]) == 0
    told = capsys.readouterr().err
    assert "walk.trc: 240 frames" in told
    assert "--height: no effect on walk.trc, whose joints are there already" in told


def test_standing_is_a_report_that_says_so(tmp_path, capsys):
    still = walk(1)
    frames = np.repeat(still.joints, 120, 0)
    path = WRITERS["npz"](tmp_path / "still", motion(frames, 30.0, root_m=np.repeat(still.root_m, 120, 0)))[0]
    assert gait([str(path), "--out", str(tmp_path / "out")]) == 0
    assert "no gait found: Standing" in capsys.readouterr().err
    page = page_of(tmp_path / "out", "still")
    assert "No gait found" in page.text
    assert "How to film" in page.text


def test_methods_are_chosen_and_named(trc, tmp_path):
    out = tmp_path / "out"
    assert gait([trc, "--out", str(out), "--methods", "ankle-lowest,knee-straightest"]) == 0
    events = json.loads((out / "walk_gait.json").read_text("utf-8"))["result"]["events"]
    assert {event["method"] for event in events} <= {"ankle-lowest", "knee-straightest"}
    assert "ankle-lowest" in page_of(out).text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--methods", "zeni-heel,zeni-ankle"], "both find a contact"),
        (["--methods", "zeni"], "--methods takes one or more of"),
        (["--gait", "hop"], "--gait takes one of auto, walk, run"),
        (["--treadmill", "yes"], "--treadmill takes one of auto, on, off"),
        (["--end", "1", "--start", "2"], "--end must be later"),
    ],
)
def test_wrong_words_are_one_line(words, told, trc, tmp_path):
    with pytest.raises(UsageError, match=told):
        gait([trc, "--out", str(tmp_path / "out"), *words])
    assert not (tmp_path / "out").exists()


def test_a_method_that_needs_what_is_not_there_fails_that_input_only(trc, tmp_path, capsys):
    assert gait([trc, "--out", str(tmp_path / "out"), "--methods", "zeni-heel"]) == 1
    assert "zeni-heel needs the heel" in capsys.readouterr().err
    assert not list((tmp_path / "out").glob("*.html"))


def test_a_report_of_before_is_not_shown_as_that_of_an_input_that_failed(trc, tmp_path, capsys):
    (tmp_path / "walk_gait.html").write_text("of before")
    assert gait([trc, "--out", str(tmp_path), "--force", "--start", "100"]) == 1
    told = capsys.readouterr().err
    assert "no frame is in the part" in told
    assert "in a browser" not in told
    assert (tmp_path / "walk_gait.html").read_text() == "of before"


@pytest.mark.parametrize(("name", "fault"), [("0", UsageError), ("rtsp://cam", UsageError), ("a.mot", FormatError)])
def test_what_is_no_recording_is_one_line(name, fault, tmp_path):
    if "." in name and "/" not in name:
        name = str(tmp_path / name)
    with pytest.raises(fault) as error:
        gait([name, "--out", str(tmp_path / "out")])
    assert "\n" not in str(error.value)


def test_a_picture_has_no_gait(tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "a.png")
    with pytest.raises(UsageError, match="single picture"):
        gait([str(tmp_path / "a.png"), "--out", str(tmp_path / "out")])


def test_a_broken_input_does_not_stop_the_rest(trc, tmp_path, capsys):
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    assert gait([str(tmp_path / "broken.mp4"), trc, "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "1/2 broken.mp4" in told
    assert "2/2 walk.trc: 480 frames, walking" in told
    assert [path.name for path in (tmp_path / "out").glob("*.html")] == ["walk_gait.html"]


@pytest.fixture(scope="module")
def demo_points(tmp_path_factory):
    """The exact limbs of the bundled clip as keypoints."""
    points = np.full((324, 17, 3), 300.0, np.float32)
    points[..., 2] = 0.9
    points[:, COCO17.indices(LIMB_JOINTS), :2] = demo_limbs()
    path = tmp_path_factory.mktemp("points") / "points.npz"
    write_keypoints(path, single_person_track(points, (854, 480), COCO17, 30.0))
    return str(path)


def test_a_video_is_lifted_and_its_pictures_are_in_the_page(demo_points, tmp_path, capsys):
    words = ["demo", "--detector", "replay", "--keypoints", demo_points, "--model", "symmetric-81", "--quality", "good"]
    assert gait([*words, "--out", str(tmp_path), "--max-frames", "200", "--height", "1.75"]) == 0
    told = capsys.readouterr().err
    assert "demo.mp4: 200 frames" in told
    page = page_of(tmp_path, "demo")
    assert len(page.all("img")) == 6
    assert "1.75 m, told" in page.text
    assert "symmetric-81" in page.text
    assert (tmp_path / "demo_gait.html").stat().st_size < 3_000_000


def test_a_network_for_the_joints_of_a_runner_ships_for_what_blazepose_finds():
    for landmarks in KINDS:
        assert can_be_lifted(NetworkUse(81, None, landmarks, BLAZEPOSE33, RUNNER20))


def test_a_file_that_is_not_there(tmp_path, capsys):
    assert gait([str(tmp_path / "nope.mp4"), "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"nope.mp4: there is no file or folder {tmp_path / 'nope.mp4'}\n"


def test_feet_follow_the_legs_in_keypoints_without_them(demo_points, tmp_path, capsys):
    assert gait([demo_points, "--out", str(tmp_path), "--max-frames", "120"]) == 0
    data = json.loads((tmp_path / "points_gait.json").read_text("utf-8"))
    assert data["result"]["skeleton"] == RUNNER20.name
    assert data["recording"]["network"].startswith("causal-runner-27")
    assert "points.npz: 120 frames, " in capsys.readouterr().err


def test_heels_and_toes_in_a_keypoint_file_are_used(tmp_path):
    assert gait([str(walking_keypoints(tmp_path / "walk.npz")), "--out", str(tmp_path)]) == 0
    result = json.loads((tmp_path / "walk_gait.json").read_text("utf-8"))["result"]
    assert (result["kind"], result["skeleton"]) == ("walk", RUNNER20.name)
    assert {(event["method"], event["low"]) for event in result["events"]} == {("zeni-heel", ""), ("zeni-toe", "")}


def test_keypoints_have_drawings_instead(tmp_path, capsys):
    source = keypoint_file(tmp_path / "points.npz")
    assert gait([source, "--out", str(tmp_path / "out"), "--model", "symmetric-81", "--quality", "good"]) == 0
    assert "points.npz: 40 frames, no gait found" in capsys.readouterr().err
    assert page_of(tmp_path / "out", "points").all("img") == []


@pytest.mark.parametrize("name", ["<b>&'\".trc", "näme with  blanks.trc"])
def test_odd_names(name, tmp_path):
    WRITERS["trc"](tmp_path / "walk", walk(480, 60.0))
    (tmp_path / "walk.trc").rename(tmp_path / name)
    assert gait([str(tmp_path / name), "--out", str(tmp_path / "out")]) == 0
    html = next((tmp_path / "out").glob("*.html")).read_text("utf-8")
    assert name in "".join(Page(html).texts).replace("\n", " ")


def test_from_a_shell_a_refusal_is_one_line(trc, tmp_path):
    (tmp_path / "walk_gait.html").write_text("mine")
    words = [sys.executable, "-m", "realtime", "gait", trc, "--out", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1
