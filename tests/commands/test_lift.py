"""The offline commands, on real files through the real stages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image
from support.keypoint_files import FRAMES, copies, keypoint_file, walk, walker, write_videopose3d_video
from support.networks import save_small
from support.poses import CASES, ROOT
from support.processes import realtime_session, run_realtime
from support.video_files import film

from realtime.commands.infer import main as infer
from realtime.commands.lift import main as lift
from realtime.errors import PoseError, UsageError
from realtime.formats.keypoints_npz import read_keypoints, write_keypoints
from realtime.formats.motion_npz import read_motion_npz
from realtime.formats.videopose3d_npz import write_video_set
from realtime.formats.writers import WRITERS
from realtime.lifting.model_files import digest_of
from realtime.offline.lift import lift_video
from realtime.recording.folder_lock import FolderLock
from realtime.skeleton import H36M17, RUNNER20


@pytest.fixture
def source(tmp_path):
    return keypoint_file(tmp_path / "walk.npz")


def test_every_format_of_one_input(source, tmp_path, capsys):
    out = tmp_path / "out"
    assert lift([source, "--out", str(out), "--write", f"{','.join(WRITERS)},mp4,gif,png,2d,angles"]) == 0
    assert f"walk.npz: {FRAMES} frames, {FRAMES} with a person" in capsys.readouterr().err
    joints = np.load(out / "walk.npy")
    assert joints.shape == (FRAMES, 17, 3)
    assert np.isfinite(joints).all()
    assert np.load(out / "walk_time.npy") == pytest.approx(np.arange(FRAMES) / 25)
    again = read_motion_npz(out / "walk.npz")
    assert np.array_equal(again.joints, joints)
    assert again.fps == pytest.approx(25)
    with av.open(str(out / "walk.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == FRAMES
    assert np.allclose(read_keypoints(out / "walk_2d.npz").best(), walk(), atol=1e-3)
    for theirs in ("walk_detectron2.npz", "data_2d_custom_walk.npz"):
        assert np.allclose(read_keypoints(out / theirs).best()[..., :2], walk()[..., :2], atol=1e-3)
    record = json.loads((out / "walk.lift.json").read_text())
    assert {path.name for path in out.iterdir()} == {*(file[0] for file in record["files"]), "walk.lift.json"}


def test_offline_equals_live_bit_for_bit(source, tmp_path):
    assert lift([source, "--out", str(tmp_path / "offline"), "--write", "npy", "--quality", "fast"]) == 0
    flags = ["--source", source, "--every-frame", "--bind", "tcp://127.0.0.1:*", "--out", str(tmp_path / "live")]
    subprocess.run([sys.executable, "run.py", *flags], cwd=ROOT, check=True, capture_output=True)
    live, offline = np.load(tmp_path / "live" / "joints.npy"), np.load(tmp_path / "offline" / "walk.npy")
    assert np.array_equal(live, offline)


@pytest.mark.parametrize("place", ["pelvis", "room"])
def test_a_runner_network_gives_twenty_joints_in_every_format_of_joints(source, tmp_path, place):
    model = save_small(tmp_path, "causal-runner-9", joints=RUNNER20)
    out = tmp_path / "out"
    words = [source, "--out", str(out), "--model", str(model), "--window", "9", "--place", place]
    assert lift([*words, "--write", "npy,npz,json,csv,trc,c3d"]) == 0
    assert np.load(out / "walk.npy").shape == (FRAMES, 20, 3)
    motion = read_motion_npz(out / "walk.npz")
    assert (motion.skeleton, motion.place) == (RUNNER20, place)
    # The keypoints are COCO's: what heels and toes do follows from the legs, and their score says so.
    feet = RUNNER20.indices(f"{side}_{part}" for side in ("left", "right") for part in ("heel", "toe"))
    ankles = RUNNER20.indices(("left_ankle", "right_ankle"))
    assert motion.score[:, feet].max() <= np.float32(0.3)
    assert motion.score[:, ankles].max() > 0.3


def test_of_two_people_the_one_asked_for_is_lifted(tmp_path, capsys):
    left, right = walker(20, at=(50, 100)), walker(20, at=(300, 100)) * (1.5, 1)
    write_videopose3d_video(tmp_path / "two.npz", [list(pair) for pair in zip(left, right, strict=True)], [[1, 1]] * 20)
    for words, body in (([], right), (["--person", "1"], left), (["--person", "centre"], right)):
        out = tmp_path / "_".join(["out", *words])
        assert lift([str(tmp_path / "two.npz"), "--out", str(out), "--write", "2d", *words]) == 0
        assert np.allclose(read_keypoints(out / "two_2d.npz").best()[..., :2], body)
        assert "\n  more than one person in view (100% of the looks): " in capsys.readouterr().err
    assert lift([str(tmp_path / "two.npz"), "--out", str(tmp_path / "none"), "--person", "3"]) == 1
    assert "shows at most 2" in capsys.readouterr().err


def test_what_is_done_is_not_done_again_and_force_does(source, tmp_path, capsys):
    words = [source, "--out", str(tmp_path), "--write", "csv"]
    assert lift(words) == 0
    first = (tmp_path / "walk.csv").stat().st_mtime_ns
    assert lift(words) == 0
    assert "done before" in capsys.readouterr().err
    assert (tmp_path / "walk.csv").stat().st_mtime_ns == first
    for other in (["--window", "81"], ["--max-frames", "9"]):
        assert lift([*words, *other]) == 1
        assert "other settings" in capsys.readouterr().err
    assert lift([*words, "--force"]) == 0
    assert (tmp_path / "walk.csv").stat().st_mtime_ns > first
    keypoint_file(tmp_path / "walk.npz", walk(seed=5))
    assert lift(words) == 1
    assert "another input" in capsys.readouterr().err


def test_other_outputs_are_added_to_those_that_are_there(source, tmp_path, capsys):
    out = tmp_path / "out"
    words = [source, "--out", str(out)]
    assert lift([*words, "--write", "npy,csv"]) == 0
    first = {path.name: path.stat().st_mtime_ns for path in out.glob("walk*.[nc]*")}
    assert lift([*words, "--write", "csv,trc"]) == 0
    told = capsys.readouterr().err
    assert "→ walk.trc\n" in told
    assert first == {path.name: path.stat().st_mtime_ns for path in out.glob("walk*.[nc]*")}
    record = json.loads((out / "walk.lift.json").read_text())
    assert set(record["settings"]["write"]) == {"npy", "csv", "trc"}
    assert {entry[0] for entry in record["files"]} == {*first, "walk.json", "walk.trc"}
    for earlier in ("npy,csv", "trc", "npy"):
        assert lift([*words, "--write", earlier]) == 0
        assert "done before" in capsys.readouterr().err
    assert lift([*words, "--write", "trc", "--force"]) == 0  # alone, as --force replaces what is there
    assert {path.name for path in out.iterdir()} == {"walk.trc", "walk.lift.json"}


def test_a_file_of_the_user_is_never_replaced(source, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "walk.csv").write_text("mine")
    for _ in range(2):  # nor noted as ours the first time
        assert lift([source, "--out", str(out), "--write", "npy,csv", "--force"]) == 1
        assert "exists already" in capsys.readouterr().err
    assert (out / "walk.csv").read_text() == "mine"
    assert not (out / "walk.npy").exists()


def test_a_broken_input_does_not_stop_the_rest(source, tmp_path, capsys):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    missing = tmp_path / "missing.mp4"
    assert lift([str(broken), source, str(missing), "--out", str(tmp_path / "out"), "--write", "npy"]) == 1
    told = capsys.readouterr().err
    assert "2 of 3 could not be lifted" in told
    assert "broken.mp4 is not a video" in told
    assert "missing.mp4 cannot be read" in told
    assert np.load(tmp_path / "out" / "walk.npy").shape == (FRAMES, 17, 3)


def test_several_at_a_time_give_the_same(tmp_path, capsys):
    inputs = [keypoint_file(tmp_path / f"{n}.npz", walk(seed=n)) for n in range(3)]
    for jobs, out in (("1", "one"), ("2", "two")):
        assert lift([*inputs, "--out", str(tmp_path / out), "--write", "npy", "--jobs", jobs]) == 0
    assert "3/3" in capsys.readouterr().err
    for n in range(3):
        assert np.array_equal(*(np.load(tmp_path / out / f"{n}.npy") for out in ("one", "two")))


@pytest.mark.parametrize("name", ['it\'s 1 "run".npz', "Läufer ü.npz", "2024 walk.npz", "-dash.npz"])
def test_odd_names(name, tmp_path):
    path = keypoint_file(tmp_path / name)
    assert lift([path, "--out", str(tmp_path / "out"), "--write", "npy,trc,mp4"]) == 0
    assert (tmp_path / "out" / f"{Path(name).stem}.mp4").stat().st_size


def test_two_inputs_of_one_name_get_names_of_their_own(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    inputs = [keypoint_file(tmp_path / folder / "walk.npz") for folder in ("a", "b")]
    assert lift([*inputs, "--out", str(tmp_path / "out"), "--write", "npy"]) == 0
    assert {p.name for p in (tmp_path / "out").glob("*.npz.npy")} == {"a_walk.npz.npy", "b_walk.npz.npy"}


def test_nobody_at_all_is_an_empty_result_that_says_so(tmp_path, capsys):
    path = keypoint_file(tmp_path / "empty.npz", np.full((9, 17, 3), np.nan, np.float32))
    assert lift([path, "--out", str(tmp_path / "out"), "--write", "npy,json,csv,2d,mp4"]) == 0
    assert "nobody was seen" in capsys.readouterr().err
    assert np.isnan(np.load(tmp_path / "out" / "empty.npy")).all()


@pytest.mark.parametrize(
    ("flags", "frames", "fps"),
    [
        (["--start", "0.4"], range(10, 40), 25),
        (["--end", "0.4"], range(10), 25),
        (["--start", "0.2", "--end", "1"], range(5, 25), 25),
        (["--fps", "5"], range(0, 40, 5), 5),
        (["--fps", "20"], [t for t in range(40) if t % 5 != 1], 20),
        (["--fps", "200"], range(40), 25),
        (["--max-frames", "7"], range(7), 25),
        (["--start", "0.2", "--fps", "5", "--max-frames", "3"], range(5, 20, 5), 5),
    ],
)
def test_parts_and_rates(source, tmp_path, flags, frames, fps):
    assert lift([source, "--out", str(tmp_path / "out"), "--write", "npy,npz", *flags]) == 0
    times_s = np.load(tmp_path / "out" / "walk_time.npy")
    assert times_s == pytest.approx(np.array(frames) / 25)
    assert read_motion_npz(tmp_path / "out" / "walk.npz").fps == pytest.approx(fps)


def test_a_part_without_a_frame_is_told(source, tmp_path, capsys):
    assert lift([source, "--out", str(tmp_path / "out"), "--start", "100"]) == 1
    assert "no frame in the part" in capsys.readouterr().err


def test_a_killed_run_is_begun_anew(tmp_path):
    path = keypoint_file(tmp_path / "long.npz", walk(4000))
    out = tmp_path / "out"
    words = ["lift", path, "--out", str(out), "--write", "npy,mp4"]
    process = subprocess.Popen([sys.executable, "-m", "realtime", *words], cwd=ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (out / ".long.lifting" / "long.part.mp4").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (out / "long.mp4").exists()
    assert lift([*words[1:], "--end", "1"]) == 0
    assert len(np.load(out / "long.npy")) == 25
    assert {path.name for path in out.iterdir()} == {
        *("long.npy", "long_time.npy", "long.json", "long.mp4", "long.lift.json")
    }


def test_force_keeps_what_is_there_until_the_new_is_made(source, tmp_path, capsys):
    words = [source, "--out", str(tmp_path / "out"), "--write", "npy"]
    assert lift(words) == 0
    before = np.load(tmp_path / "out" / "walk.npy")
    assert lift([*words, "--force", "--model", "nosuch.bin"]) == 1
    assert "cannot read the network" in capsys.readouterr().err
    assert np.array_equal(np.load(tmp_path / "out" / "walk.npy"), before)
    assert lift(words) == 0


def test_a_record_removes_only_what_it_made(source, tmp_path, capsys):
    out = tmp_path / "out"
    assert lift([source, "--out", str(out), "--write", "npy,csv"]) == 0
    (out / "walk.csv").write_text("mine now")
    assert lift([source, "--out", str(out), "--write", "npy,csv", "--force"]) == 1
    assert "walk.csv exists already" in capsys.readouterr().err
    assert (out / "walk.csv").read_text() == "mine now"
    (out / "precious").write_text("x")
    (out / "walk.lift.json").write_text('{"files": [["precious", 1, 1], ["a\\u0000b", 1, 1], ["", 1, 1], "../up"]}')
    assert lift([source, "--out", str(out), "--write", "trc", "--force"]) == 1
    assert "walk.lift.json exists already" in capsys.readouterr().err
    assert (out / "precious").exists()
    assert not (out / "walk.trc").exists()


def test_a_record_is_not_written_over_another_inputs_results(source, tmp_path, capsys):
    named_alike = keypoint_file(tmp_path / "walk.lift.npz")  # its npy comes with a walk.lift.json
    out = str(tmp_path / "out")
    with pytest.raises(UsageError, match=r"would both write walk\.lift\.json"):
        lift([named_alike, source, "--out", out, "--write", "npy"])
    assert lift([named_alike, "--out", out, "--write", "npy"]) == 0
    about = (tmp_path / "out" / "walk.lift.json").read_bytes()
    assert lift([source, "--out", out, "--write", "npy"]) == 1
    assert "walk.lift.json exists already" in capsys.readouterr().err
    assert (tmp_path / "out" / "walk.lift.json").read_bytes() == about


def test_where_its_files_lie_makes_no_difference_to_what_is_done(source, tmp_path, capsys, monkeypatch):
    model = save_small(tmp_path, "m-9")
    out = str(tmp_path / "out")
    assert lift([source, "--out", out, "--write", "npy", "--model", str(model)]) == 0
    monkeypatch.chdir(tmp_path)
    assert lift([source, "--out", out, "--write", "npy", "--model", model.name]) == 0
    assert "done before" in capsys.readouterr().err


def test_an_input_is_never_replaced_by_its_results(tmp_path, capsys):
    path = keypoint_file(tmp_path / "walk.npz")
    for flags in ([], ["--force"]):
        assert lift([path, "--out", str(tmp_path), "--write", "npz", *flags]) == 1
        assert "would replace its own input" in capsys.readouterr().err
    assert len(read_keypoints(tmp_path / "walk.npz")) == FRAMES


def test_another_network_of_the_same_name_is_noticed(source, tmp_path, capsys):
    network = save_small(tmp_path, "net-9")
    words = [source, "--out", str(tmp_path / "out"), "--write", "npy", "--model", str(network)]
    assert lift(words) == 0
    assert lift(words) == 0
    assert "done before" in capsys.readouterr().err
    save_small(tmp_path, "net-9", seed=1)
    assert lift(words) == 1
    assert "another network or file of the same name" in capsys.readouterr().err
    record = json.loads((tmp_path / "out" / "walk.lift.json").read_text())
    assert lift([*words, "--force"]) == 0
    again = json.loads((tmp_path / "out" / "walk.lift.json").read_text())
    assert record["uses"]["model"] != again["uses"]["model"] == digest_of(network)


def folder_of_pictures(folder):
    folder.mkdir()
    for number in range(3):
        cv2.imwrite(str(folder / f"{number}.png"), np.zeros((48, 64, 3), np.uint8))
    return folder


def test_other_keypoints_under_the_same_name_are_noticed(tmp_path, capsys):
    points = keypoint_file(tmp_path / "points.npz")
    source = folder_of_pictures(tmp_path / "pictures")
    words = [
        str(source),
        "--write",
        "npy",
        "--detector",
        "replay",
        "--keypoints",
        points,
        "--out",
        str(tmp_path / "out"),
    ]
    assert lift(words) == 0
    keypoint_file(tmp_path / "points.npz", walk(seed=9))
    assert lift(words) == 1
    assert "another network or file of the same name" in capsys.readouterr().err


def test_a_folder_of_images_is_known_by_its_images(tmp_path, capsys):
    points = keypoint_file(tmp_path / "points.npz")
    source = folder_of_pictures(tmp_path / "pictures")
    words = [str(source), "--write", "npy", "--detector", "replay", "--keypoints", points, "--out", str(source)]
    assert lift(words) == 0  # the results lie beside the images
    (source / "notes.txt").write_text("mine")
    assert lift(words) == 0
    assert "done before" in capsys.readouterr().err
    before = (source / "1.png").stat()
    (source / "1.png").rename(source / "3.png")  # neither size nor time of any file has changed
    assert (source / "3.png").stat().st_mtime_ns == before.st_mtime_ns
    assert lift(words) == 1
    assert "another input" in capsys.readouterr().err
    cv2.imwrite(str(source / "4.png"), np.zeros((48, 64, 3), np.uint8))
    assert lift([*words, "--force"]) == 0
    assert len(np.load(source / "pictures.npy")) == 4


@pytest.mark.parametrize("name", ["0", "auto", "demo"])
def test_a_folder_whose_name_means_something_else(tmp_path, monkeypatch, name):
    points = keypoint_file(tmp_path / "points.npz")
    (tmp_path / name).mkdir()
    cv2.imwrite(str(tmp_path / name / "1.png"), np.zeros((48, 64, 3), np.uint8))
    monkeypatch.chdir(tmp_path)
    words = ["--write", "npy", "--detector", "replay", "--keypoints", points]
    assert lift([f"./{name}", *words]) == 0
    assert len(np.load(tmp_path / "lifted" / f"{name}.npy")) == 1


ASSUMED = "one.npz has no frame rate: assuming 30 fps (--fps)"


def one_without_rate(path, layout):
    """The keypoints of one.npz in a file of the layout."""
    track = read_keypoints(CASES / "one.npz")
    if layout == "video":
        path.write_bytes((CASES / "one.npz").read_bytes())
    elif layout == "set":
        write_video_set(path, {"one.mp4": track})
    else:
        write_keypoints(path, track)
    return str(path)


@pytest.mark.parametrize("layout", ["video", "set", "own"])
@pytest.mark.parametrize("fps", [None, 50])
def test_keypoints_without_a_rate_have_the_one_given(layout, fps, tmp_path, capsys):
    source, out = one_without_rate(tmp_path / "one.npz", layout), tmp_path / "out"
    words = [] if fps is None else ["--fps", str(fps)]
    rate = fps or 30
    words += ["--end", str(24.5 / rate)]
    assert lift([source, "--out", str(out), "--write", "npy,npz,trc,bvh,mp4,2d", *words]) == 0
    assert capsys.readouterr().err.count(ASSUMED) == (fps is None)
    times = np.load(out / "one_time.npy")
    assert times == pytest.approx(np.arange(25) / rate)
    assert read_motion_npz(out / "one.npz").fps == pytest.approx(rate)
    assert read_keypoints(out / "one_2d.npz").fps == pytest.approx(rate)
    assert (out / "one.trc").read_text().splitlines()[2].startswith(f"{rate}\t{rate}\t25\t")
    assert f"Frame Time: {1 / rate:.6f}" in (out / "one.bvh").read_text()
    with av.open(str(out / "one.mp4")) as film:
        assert [frame.time for frame in film.decode(video=0)] == pytest.approx(list(times), abs=1e-3)


def test_the_rate_that_is_assumed_is_told_by_other_processes_too(tmp_path):
    inputs = [one_without_rate(tmp_path / name, "video") for name in ("one.npz", "two.npz")]
    words = ["lift", *inputs, "--out", str(tmp_path / "out"), "--write", "npy", "--jobs", "2"]
    call = [sys.executable, "-m", "realtime", *words]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in ("one.npz", "two.npz"):
        assert done.stderr.count(f"{name} has no frame rate: assuming 30 fps (--fps)") == 1


def test_keypoints_with_a_rate_keep_it_and_fps_is_a_limit(source, tmp_path):
    assert lift([source, "--out", str(tmp_path), "--write", "npy", "--fps", "5"]) == 0
    assert np.load(tmp_path / "walk_time.npy") == pytest.approx(np.arange(0, FRAMES, 5) / 25)


def animation(path, durations=40):
    first, *others = (Image.fromarray(np.full((48, 64, 3), 9 * number, np.uint8)) for number in range(10))
    first.save(path, save_all=True, append_images=others, **({"duration": durations} if durations else {}))
    return str(path)


@pytest.mark.parametrize(
    ("name", "fps", "times_s"),
    [
        ("a.gif", None, np.arange(10) / 25),
        ("a.webp", 5, np.arange(0, 10, 5) / 25),
        ("a.tif", None, np.arange(10) / 30),
        ("a.tif", 50, np.arange(10) / 50),
    ],
)
def test_animations_and_stacks_are_lifted_whole(name, fps, times_s, tmp_path, capsys):
    points = keypoint_file(tmp_path / "points.npz")
    path = animation(tmp_path / name, None if name == "a.tif" else 40)
    words = ["--out", str(tmp_path), "--write", "npy", "--detector", "replay", "--keypoints", points]
    assert lift([path, *words, *([] if fps is None else ["--fps", str(fps)])]) == 0
    assert np.load(tmp_path / "a_time.npy") == pytest.approx(times_s)
    assert ("assuming 30 fps (--fps)" in capsys.readouterr().err) == (name == "a.tif" and fps is None)


def test_infer_takes_an_animation_for_a_video_and_the_flags_of_lift(tmp_path):
    points = keypoint_file(tmp_path / "points.npz")
    words = ["--detector", "replay", "--keypoints", points]
    path = animation(tmp_path / "a.gif")
    assert infer([path, *words]) == 0
    assert len(np.load(tmp_path / "a_pose.npy")) == 10
    assert (tmp_path / "a_pose.mp4").exists()
    part = ["--fps", "12", "--start", "0.08", "--max-frames", "2", "--write", "npy,csv", "--out", str(tmp_path / "out")]
    assert infer([path, *words, *part]) == 0
    assert np.load(tmp_path / "out" / "a_pose_time.npy") == pytest.approx([0.08, 0.2])
    assert (tmp_path / "out" / "a_pose.csv").exists()


@pytest.mark.parametrize("words", [[], ["a.jpg", "--image", "b.jpg"], ["--fps", "5"]])
def test_infer_takes_one_input(words):
    with pytest.raises(UsageError, match=r"^infer takes one INPUT: a video, an image"):
        infer(words)


def test_an_image_gives_a_picture(tmp_path, capsys):
    points = keypoint_file(tmp_path / "points.npz")
    words = ["--detector", "replay", "--keypoints", points, "--out", str(tmp_path / "out")]
    cv2.imwrite(str(tmp_path / "me.jpg"), np.zeros((48, 64, 3), np.uint8))
    assert lift([str(tmp_path / "me.jpg"), animation(tmp_path / "a.gif"), *words]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"me.png", "a.mp4"}
    assert not (tmp_path / "out" / "me.mp4").exists()


def test_infer_keeps_an_image_and_a_video_of_one_name_apart(tmp_path, capsys):
    points = keypoint_file(tmp_path / "points.npz")
    cv2.imwrite(str(tmp_path / "me.jpg"), np.zeros((48, 64, 3), np.uint8))
    with av.open(str(tmp_path / "me.mp4"), "w") as film:
        stream = film.add_stream("libx264", rate=25)
        stream.width, stream.height = 64, 48
        for _ in range(4):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="bgr24")))
        film.mux(stream.encode(None))
    for _ in range(2):
        for flag, name in (("--image", "me.jpg"), ("--video", "me.mp4")):
            assert infer([flag, str(tmp_path / name), "--detector", "replay", "--keypoints", points]) == 0
    assert capsys.readouterr().err.count("done before") == 2
    assert len(np.load(tmp_path / "me_pose.npy")) == 1
    assert len(np.load(tmp_path / "me.mp4_pose.npy")) == 4
    assert (tmp_path / "me.mp4_pose.mp4").exists()


def test_two_runs_at_one_input(source, tmp_path, capsys):
    (tmp_path / "out" / ".walk.lifting").mkdir(parents=True)
    with closing(FolderLock(tmp_path / "out" / ".walk.lifting")):
        assert lift([source, "--out", str(tmp_path / "out"), "--write", "npy"]) == 1
    assert "another run" in capsys.readouterr().err
    assert (tmp_path / "out" / ".walk.lifting").is_dir()


def test_two_inputs_that_would_write_one_file_are_refused(tmp_path):
    inputs = [keypoint_file(tmp_path / name) for name in ("walk.npz", "walk_time.npz")]
    with pytest.raises(UsageError, match="both write"):
        lift([*inputs, "--out", str(tmp_path / "out"), "--write", "npy"])


def nobody_left(session):
    """Whether all processes of a session end within five seconds."""
    for _ in range(100):
        try:
            os.killpg(session, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def half_hours(tmp_path_factory):
    """Three keypoint files, each of which takes a while."""
    return copies(keypoint_file(tmp_path_factory.mktemp("long") / "0.npz", walk(60_000)), 3)


@pytest.mark.parametrize("to_group", [True, False])
def test_ctrl_c_with_several_processes(half_hours, tmp_path, to_group):
    words = ["lift", *half_hours, "--out", tmp_path / "out", "--write", "npy", "--jobs", "2"]
    with realtime_session(*words) as process:
        while len(list(tmp_path.glob("out/.*.lifting"))) < 2:
            assert process.poll() is None
            time.sleep(0.05)
        (os.killpg if to_group else os.kill)(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert nobody_left(process.pid)


@pytest.mark.parametrize(("flag", "suffix", "picture"), [("--image", ".jpg", ".png"), ("--video", ".mp4", ".mp4")])
def test_infer_writes_beside_its_input(flag, suffix, picture, tmp_path, capsys):
    source = tmp_path / f"me{suffix}"
    with av.open(str(ROOT / "realtime" / "assets" / "demo.mp4")) as demo:
        image = next(demo.decode(video=0)).to_image()
    if flag == "--image":
        image.save(source)
    else:
        with av.open(str(source), "w") as film:
            stream = film.add_stream("libx264", rate=25)
            stream.width, stream.height = image.size[0] // 2 * 2, image.size[1] // 2 * 2
            for _ in range(5):
                film.mux(stream.encode(av.VideoFrame.from_image(image)))
            film.mux(stream.encode(None))
    assert infer([flag, str(source)]) == 0
    assert "with a person" in capsys.readouterr().err
    assert len(np.load(tmp_path / "me_pose.npy")) == (1 if flag == "--image" else 5)
    assert (tmp_path / f"me_pose{picture}").stat().st_size > 1000


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a.mp4", "--write", "npy,xyz"], "--write takes one or more of npy, npz, json"),
        (["a.mp4", "--jobs", "0"], "from 1 to"),
        (["a.mp4", "a.mp4"], "given twice"),
        (["a.mp4", "--windw", "9"], "did you mean"),
        (["0"], "cameras and addresses are for python run.py --source"),
        (["/dev/video0"], "cameras and addresses are for python run.py --source"),
        (["rtsp://me:secret@cam/1"], "cameras and addresses are for python run.py --source"),
        (["~nobody-of-that-name/a.mp4"], "home directory"),
        ([], "INPUT"),
    ],
)
def test_wrong_words_are_one_line(words, told, capsys):
    with pytest.raises(PoseError) as caught:
        lift(words)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capsys.readouterr() == ("", "")


def test_wrong_words_leave_with_2():
    done = run_realtime("lift", "a.mp4", "--windw", "9")
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: ")
    assert "did you mean" in line


# A live recording


LIMBS = H36M17.indices(
    [
        f"{side}_{joint}"
        for side in ("left", "right")
        for joint in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
    ]
)


def test_a_live_recording_that_kept_its_video_is_lifted_again(tmp_path, monkeypatch, capsys):
    """From the demo clip at its own pace, as from a camera; the video was compressed once more."""
    flags = ["--source", "demo", "--save-video", "--max-frames", "90", "--bind", "tcp://127.0.0.1:*"]
    words = [sys.executable, str(ROOT / "run.py"), *flags]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    live = tmp_path / "out_files"
    before = {path.name: path.read_bytes() for path in live.iterdir() if path.is_file()}
    monkeypatch.chdir(tmp_path)
    assert lift(["out_files", "--out", "out_files", "--write", "npy", "--quality", "fast"]) == 0
    told = capsys.readouterr().err
    assert f"{Path('out_files/video.mp4')}: the video of a live recording; its results are" in told
    assert {path.name: path.read_bytes() for path in live.iterdir() if path.name in before} == before
    assert {path.name for path in live.iterdir()} - before.keys() == {
        "out_files.npy",
        "out_files_time.npy",
        "out_files.json",
        "out_files.lift.json",
    }
    about, manifest = (json.loads((live / f"out_files.{end}").read_text()) for end in ("json", "lift.json"))
    assert about["time_0_unix_s"] == manifest["time_0_unix_s"] == np.load(live / "video_time.npy")[0]
    # The joints of the same instants.
    lifted_at = np.load(live / "out_files_time.npy") + about["time_0_unix_s"]
    assert lifted_at == pytest.approx(np.load(live / "video_time.npy")[: len(lifted_at)], abs=1e-5)
    live_at = np.load(live / "joints_time.npy")
    rows = np.abs(lifted_at - live_at[:, None]).argmin(1)
    same = np.abs(lifted_at[rows] - live_at) < 1e-4  # a busy machine may leave a frame out of the video
    assert same.sum() > 45
    apart = np.load(live / "out_files.npy")[rows][:, LIMBS] - np.load(live / "joints.npy")[:, LIMBS]
    assert np.linalg.norm(apart[same], axis=-1).mean() < 0.012
    assert lift_video("out_files", max_frames=3).time_0_unix_s == about["time_0_unix_s"]


def test_recordings_are_named_after_their_folders(tmp_path, capsys):
    for name in ("2026-11-21T10-30-00", "2026-11-21T10-31-00"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "joints.json").write_text("{}")
        film(tmp_path / name / "video.mp4", 3)
    folders = [str(path) for path in sorted(tmp_path.glob("2026*"))]
    assert lift([*folders, "--out", str(tmp_path / "out"), "--write", "npy"]) == 0
    assert len(np.load(tmp_path / "out" / "2026-11-21T10-31-00.npy")) == 3
    assert "2026-11-21T10-30-00/video.mp4: 3 frames, nobody was seen" in capsys.readouterr().err
    assert infer([folders[0]]) == 0
    assert len(np.load(tmp_path / "2026-11-21T10-30-00_pose.npy")) == 3
    # Without video_time.npy the motion has its own clock only.
    assert "time_0_unix_s" not in json.loads((tmp_path / "out" / "2026-11-21T10-31-00.json").read_text())


def test_a_recording_without_its_video_is_one_line(tmp_path, capsys):
    (tmp_path / "joints.json").write_text("{}")
    assert lift([str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "is a recording without its video; run with --save-video to keep it" in line
