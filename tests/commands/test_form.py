"""`form`, on real files."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace

import av
import numpy as np
import pytest
from PIL import Image
from support.demo_clip import demo_limbs
from support.example_motions import walk
from support.exercising import USUAL, Exerciser, Rep
from support.html_pages import Page
from support.keypoint_files import keypoint_file
from support.poses import ROOT

from realtime.commands.form import main as form
from realtime.errors import FormatError, RecordError, UsageError
from realtime.formats.keypoints_npz import write_keypoints
from realtime.formats.writers import WRITERS
from realtime.motion import motion
from realtime.offline.reports.form import ENDINGS
from realtime.skeleton import COCO17, LIMB_JOINTS
from realtime.track import single_person_track

SQUAT = replace(USUAL["squat"], rest_s=0.5, down_s=1.0, pause_s=0.1, up_s=0.8)
SQUATS = Exerciser("squat", (SQUAT, SQUAT), after_s=0.8)
FPS = 15.0


def write(path, exerciser, fps=FPS, **more):
    made = exerciser.motion(fps, model="symmetric-81@1a2b3c4d", **{"facing_deg": 60, **more})
    return str(WRITERS["npz"](path, made)[0])


@pytest.fixture
def squats(tmp_path):
    return write(tmp_path / "set", SQUATS)


def page_of(folder, stem="set"):
    return Page((folder / f"{stem}_form.html").read_text("utf-8"))


def result_of(folder, stem="set"):
    return json.loads((folder / f"{stem}_form.json").read_text("utf-8"))["result"]


def test_six_files_that_agree(squats, tmp_path, capsys):
    out = tmp_path / "out"
    assert form([squats, "--out", str(out), "--exercise", "squat"]) == 0
    told = capsys.readouterr().err
    assert "set.npz: " in told
    assert " frames, squat, 2 repetitions" in told
    assert f"open {out / 'set_form.html'} in a browser" in told
    assert {path.name for path in out.iterdir()} == {f"set{ending}" for ending in ENDINGS}
    result = result_of(out)
    with (out / "set_form.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["number"]) for row in rows] == [1, 2]
    for row, one, span in zip(rows, result["repetitions"], SQUATS.spans(), strict=True):
        assert float(row["end_s"]) == pytest.approx(one["repetition"]["end_s"], abs=1e-4)
        assert float(row["bottom_s"]) == pytest.approx((span.bottom_s + span.leaves_s) / 2, abs=0.2)
    page = page_of(out)
    assert page.loads() == []
    assert "Squat: 2 repetitions" in page.text
    for one in result["repetitions"][0]["measures"]:
        assert one["label"] in page.text
    drawn = [a for a in page.all("svg") if a["aria-label"] == "the body from the side"]
    assert len(drawn) == 6 + sum(len(one["faults"]) for one in result["repetitions"])
    with av.open(str(out / "set_form.mp4")) as film:
        frames = sum(1 for _ in film.decode(video=0))
    assert frames == len(SQUATS.motion(FPS))


def test_an_exercise_that_was_tried_on_synthetic_motion_says_so(tmp_path):
    path = write(tmp_path / "set", Exerciser("push-up", (Rep(depth_m=0.3, rest_s=0.5),) * 2), facing_deg=90)
    assert form([path, "--out", str(tmp_path / "out"), "--exercise", "push-up"]) == 0
    page = page_of(tmp_path / "out")
    assert "Push-up: 2 repetitions" in page.text
    assert "synthetic motion only" in page.text


def test_a_tilt_that_is_told_levels_motion_in_a_file_too(squats, tmp_path, capsys):
    words = [squats, "--exercise", "squat", "--camera-pitch", "5", "--fov", "60", "--end", "3"]
    assert form([*words, "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().err
    assert "--fov: no effect on set.npz, whose joints are there already" in told
    assert result_of(tmp_path / "out")["tilt"] == {
        "pitch_deg": 5.0,
        "how": "told",
        "error_deg": 1.0,
    }
    assert "5.0° down (told)" in page_of(tmp_path / "out").text


def test_a_part_of_motion(squats, tmp_path, capsys):
    end_s = SQUATS.spans()[0].end_s + 0.3
    words = [squats, "--exercise", "squat", "--end", f"{end_s:.2f}"]
    assert form([*words, "--out", str(tmp_path / "out")]) == 0
    assert "1 repetition," in capsys.readouterr().err


def test_standing_is_a_report_that_says_so_and_has_no_film(tmp_path, capsys):
    still = walk(1)
    frames = np.repeat(still.joints, 120, 0)
    path = WRITERS["npz"](tmp_path / "still", motion(frames, 30.0, root_m=np.repeat(still.root_m, 120, 0)))[0]
    assert form([str(path), "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().err
    assert "no repetitions found: " in told
    assert "csv and json" in told
    page = page_of(tmp_path / "out", "still")
    assert "No repetitions found" in page.text
    assert "How to film" in page.text
    assert not (tmp_path / "out" / "still_form.mp4").exists()
    (tmp_path / "out" / "still_form.mp4").write_text("two squats of an earlier report")
    (tmp_path / "out" / "other_form.mp4").write_text("another recording's")
    assert form([str(path), "--out", str(tmp_path / "out"), "--force"]) == 0
    assert [one.name for one in (tmp_path / "out").glob("*.mp4")] == ["other_form.mp4"]


def test_nothing_is_overwritten_and_that_is_said_before_the_work(squats, tmp_path):
    (tmp_path / "set_form.mp4").write_text("mine")
    with pytest.raises(RecordError, match=r"set_form.mp4 exists already and is not overwritten: --force"):
        form([squats, "--out", str(tmp_path)])
    assert (tmp_path / "set_form.mp4").read_text() == "mine"
    assert not list(tmp_path.glob("*.html"))


def test_a_film_that_cannot_be_written_leaves_the_page_and_is_told(squats, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    assert form([squats, "--out", str(tmp_path / "out"), "--exercise", "squat"]) == 1
    told = capsys.readouterr().err
    assert "no mp4: " in told
    assert "in a browser" in told
    assert "set_form.mp4" not in page_of(tmp_path / "out").text
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(f"set{e}" for e in ENDINGS[:-1])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--exercise", "squt"], "--exercise takes one of auto, squat, lunge"),
        (["--end", "1", "--start", "2"], "--end must be later"),
        (["--camera-pitch", "100"], "--camera-pitch takes a number from -90 to 90"),
        (["--exersise", "squat"], "did you mean --exercise"),
    ],
)
def test_wrong_words_are_one_line(words, told, squats, tmp_path):
    with pytest.raises(UsageError, match=told):
        form([squats, "--out", str(tmp_path / "out"), *words])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "fault"), [("0", UsageError), ("rtsp://cam", UsageError), ("a.mot", FormatError)])
def test_what_is_no_recording_is_one_line(name, fault, tmp_path):
    if "." in name and "/" not in name:
        name = str(tmp_path / name)
    with pytest.raises(fault) as error:
        form([name, "--out", str(tmp_path / "out")])
    assert "\n" not in str(error.value)


def test_a_picture_has_no_repetitions(tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "a.png")
    with pytest.raises(UsageError, match="single picture; form needs a video"):
        form([str(tmp_path / "a.png"), "--out", str(tmp_path / "out")])


def test_a_broken_input_does_not_stop_the_rest(squats, tmp_path, capsys):
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    words = [str(tmp_path / "broken.mp4"), squats, "--exercise", "squat", "--end", "1"]
    assert form([*words, "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "1/2 broken.mp4" in told
    assert "2/2 set.npz: 15 frames, " in told
    assert [path.name for path in (tmp_path / "out").glob("*.html")] == ["set_form.html"]


@pytest.fixture(scope="module")
def demo_points(tmp_path_factory):
    """The exact limbs of the bundled clip as keypoints, and a head above them."""
    points = np.full((324, 17, 3), 0.9, np.float32)
    points[:, COCO17.indices(LIMB_JOINTS), :2] = demo_limbs()
    shoulders, hips = (points[:, COCO17.indices([f"left_{a}", f"right_{a}"]), :2].mean(1) for a in ("shoulder", "hip"))
    points[:, :5, :2] = (shoulders + 0.5 * (shoulders - hips))[:, None]
    path = tmp_path_factory.mktemp("points") / "points.npz"
    write_keypoints(path, single_person_track(points, (854, 480), COCO17, 30.0))
    return str(path)


def test_the_two_squats_of_the_bundled_clip_have_pictures_and_a_film(demo_points, tmp_path, capsys):
    words = ["demo", "--detector", "replay", "--keypoints", demo_points, "--start", "6", "--exercise", "squat"]
    assert form([*words, "--out", str(tmp_path), "--height", "1.75"]) == 0
    assert "squat, 2 repetitions" in capsys.readouterr().err
    result, page = result_of(tmp_path, "demo"), page_of(tmp_path, "demo")
    assert len(page.all("img")) == 6 + sum(len(one["faults"]) for one in result["repetitions"])
    assert "1.75 m, told" in page.text
    assert "demo_form.mp4" in page.text
    assert (tmp_path / "demo_form.html").stat().st_size < 3_000_000
    with av.open(str(tmp_path / "demo_form.mp4")) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(frames) == 324 - 180
    height = frames[0].shape[0]
    counter = [frame[480:height, :160].astype(int) for frame in frames]
    changes = [place for place in range(1, len(counter)) if np.abs(counter[place] - counter[place - 1]).mean() > 5]
    ends_s = [one["repetition"]["end_s"] for one in result["repetitions"]]
    assert [6 + place / 30 for place in changes] == pytest.approx(ends_s, abs=0.1)  # 0 → 1 → 2, at lock-out


def test_keypoints_have_drawings_instead(tmp_path, capsys):
    source = keypoint_file(tmp_path / "points.npz")
    assert form([source, "--out", str(tmp_path / "out")]) == 0
    assert "points.npz: 40 frames, no repetitions found" in capsys.readouterr().err
    assert page_of(tmp_path / "out", "points").all("img") == []


def test_from_a_shell_a_refusal_is_one_line(squats, tmp_path):
    (tmp_path / "set_form.html").write_text("mine")
    words = [sys.executable, "-m", "realtime", "form", squats, "--out", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1
